import pytest
from django.core.management import CommandError, call_command

from apps.accounts.models import AuditEntry, User
from apps.communities.models import District, Measure
from apps.deployments.models import TaskType
from apps.figures.models import Indicator, IndicatorDefinition
from apps.units.models import LiaisonGroup, Posting
from tests.factories import UserFactory

pytestmark = pytest.mark.usefixtures("owner")
PASSWORDS = {
    "SETUP_SYSTEM_PASSWORD": "kaifeng-7-lanterns",
    "SETUP_SECURITY_PASSWORD": "luoyang-8-peonies",
    "SETUP_AUDITOR_PASSWORD": "anyang-9-oracles",
}


@pytest.fixture
def passwords(monkeypatch):
    for name, value in PASSWORDS.items():
        monkeypatch.setenv(name, value)


def test_setup_makes_three_administrators_apart(passwords):
    call_command("setup", system="xitong", verbosity=0)

    held = Posting.objects.order_by("role").values_list("role", "user__username")
    assert list(held) == [
        ("auditor", "auditor"),
        ("security_admin", "security"),
        ("system_admin", "xitong"),
    ]
    assert User.objects.get(username="xitong").check_password("kaifeng-7-lanterns")
    assert User.objects.filter(must_change_password=True).count() == 3


def test_setup_lays_in_the_dictionaries(passwords, capsys):
    call_command("setup")

    assert District.objects.values_list("short_name", flat=True)[0] == "中原"
    assert Indicator.objects.count() == IndicatorDefinition.objects.count() == 44
    assert (TaskType.objects.count(), LiaisonGroup.objects.count()) == (8, 18)
    assert Measure.objects.filter(is_sealed=True).count() == 3
    assert "指标 44 行" in capsys.readouterr().out


def test_setup_is_recorded_under_its_own_name(passwords):
    call_command("setup", verbosity=0)

    actors = AuditEntry.objects.filter(table="accounts_user").values_list("actor", flat=True)
    assert set(actors) == {"command:setup"}


def test_setup_refuses_an_installation_with_accounts(passwords):
    UserFactory()

    with pytest.raises(CommandError, match="已有账号或单位，未作任何改动"):
        call_command("setup", verbosity=0)

    assert not District.objects.exists()


def test_setup_refuses_an_easy_password_and_keeps_nothing(passwords, monkeypatch):
    monkeypatch.setenv("SETUP_AUDITOR_PASSWORD", "1234567890")

    with pytest.raises(CommandError, match="审计管理员："):
        call_command("setup", verbosity=0)

    assert not User.objects.exists()


def test_setup_refuses_one_name_for_two_administrators(passwords):
    with pytest.raises(CommandError, match="不同的用户名"):
        call_command("setup", system="admin", security="admin", verbosity=0)


def test_setup_without_a_terminal_names_the_variable_it_needs():
    with pytest.raises(CommandError, match="SETUP_SYSTEM_PASSWORD") as refusal:
        call_command("setup", verbosity=0)

    assert refusal.value.returncode == 2


def test_an_update_completes_the_dictionaries_of_an_installation_in_use(capsys):
    UserFactory()

    call_command("setup", dictionaries=True)
    call_command("setup", dictionaries=True)

    first, second = capsys.readouterr().out.splitlines()
    assert "指标 44 行" in first
    assert "指标 0 行" in second
    assert User.objects.count() == 1
