"""Services of beneficiaries: sealing, registering once, folding."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.assistance import services
from apps.assistance.enums import KINDS, NOUNS, Circumstance
from apps.assistance.models import Beneficiary, label_of
from apps.assistance.personal import plain_name, plain_phone
from apps.assistance.selectors.caseload import same_person, suspects
from apps.core.errors import ConflictError
from tests.factories import BeneficiaryFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def fresh(unit, community, **fields):
    row = Beneficiary(
        ref=fields.pop("ref", uuid.uuid4()),
        unit=unit,
        community=community,
        kind="household",
        circumstance="isolated",
        **fields,
    )
    row.name, row.phone = "王芳", "13912345678"
    return row


def test_every_circumstance_has_its_kinds_and_its_noun():
    assert set(KINDS) == set(NOUNS) == set(Circumstance)
    assert label_of("城东路社区", "isolated") == "城东路社区一被隔离家庭"
    assert label_of("城东路社区", "frontline") == "城东路社区一户一线防控人员家庭"


def test_nothing_that_identifies_reaches_the_database_in_clear(household):
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(b)::text FROM assistance_beneficiary b")
        (stored,) = cursor.fetchone()

    assert "王芳" not in stored
    assert "13912345678" not in stored
    assert "2单元501" not in stored
    assert Beneficiary.objects.get().name == "王芳"


def test_nothing_that_identifies_reaches_the_trail(household):
    household.phone = "13900000000"
    household.save()

    told = str(list(AuditEntry.objects.filter(table="assistance_beneficiary").values()))
    assert "1390000" not in told
    assert "'phone_sealed': 'changed'" in told
    assert household.phone_index not in told


@pytest.mark.parametrize(
    "typed", ["138-0000-0001", "138 0000 0001", "+8613800000001", "１３８０００００００１"]
)
def test_a_phone_is_one_number_however_it_is_typed(typed):
    assert plain_phone(typed) == "13800000001"


def test_a_name_is_one_name_however_it_is_spaced():
    assert plain_name(" 王 芳　") == "王芳"


def test_the_same_submission_registers_once(unit, community, reporter):
    mark = uuid.uuid4()

    first = services.register_beneficiary(fresh(unit, community, ref=mark), by=reporter)
    again = services.register_beneficiary(fresh(unit, community, ref=mark), by=reporter)

    assert again == first
    assert Beneficiary.objects.count() == 1


def test_somebody_elses_submission_is_refused(unit, community, reporter, staff):
    mark = uuid.uuid4()
    services.register_beneficiary(fresh(unit, community, ref=mark), by=reporter)

    with pytest.raises(services.BeneficiaryRefusedError, match="已由他人提交"):
        services.register_beneficiary(fresh(unit, community, ref=mark), by=staff)


def test_the_kind_must_fit_the_circumstance(household):
    with pytest.raises(IntegrityError), transaction.atomic():
        Beneficiary.objects.filter(pk=household.pk).update(kind="firm")


def test_two_editors_do_not_overwrite_each_other(household):
    mine, theirs = (Beneficiary.objects.get(pk=household.pk) for _ in range(2))
    theirs.people = 5
    services.change_beneficiary(theirs, version=1, by=UserFactory(), now=NOW)
    mine.people = 4

    with pytest.raises(ConflictError) as conflict:
        services.change_beneficiary(mine, version=1, by=UserFactory(), now=NOW)

    [difference] = conflict.value.differences
    assert (difference.label, difference.mine, difference.theirs) == ("人数", 4, 5)
    household.refresh_from_db()
    assert household.people == 5


def fold(row, *, of):
    services.mark_duplicate(row, of=of, by=UserFactory(), now=NOW)


def test_duplicates_always_point_to_the_first_registration():
    first, second, third = BeneficiaryFactory.create_batch(3)

    fold(third, of=second)
    fold(second, of=first)

    assert {row.duplicate_of for row in (second, Beneficiary.objects.get(pk=third.pk))} == {first}


def test_a_duplicate_of_a_duplicate_points_to_the_first():
    first, second, third = BeneficiaryFactory.create_batch(3)

    fold(second, of=first)
    fold(third, of=second)

    assert Beneficiary.objects.get(pk=third.pk).duplicate_of == first


def test_two_are_not_duplicates_of_each_other():
    first, second = BeneficiaryFactory.create_batch(2)
    fold(second, of=first)

    for row, of in ((first, second), (first, first)):
        with pytest.raises(services.BeneficiaryRefusedError, match="不能标为与自身重复"):
            fold(row, of=of)
    assert Beneficiary.objects.get(pk=first.pk).duplicate_of is None


def test_a_duplicate_may_be_counted_apart_again():
    first, second = BeneficiaryFactory.create_batch(2)
    fold(second, of=first)

    for _ in range(2):
        services.unmark_duplicate(second, by=UserFactory(), now=NOW)

    assert set(Beneficiary.objects.counted()) == {first, second}
    assert [event.kind for event in second.events.order_by("pk")] == ["folded", "distinct"]


def test_the_whole_phone_or_name_finds_and_no_part_does(household, community):
    assert list(same_person(phone="139-1234-5678")) == [household]
    assert list(same_person(name="王 芳")) == [household]
    assert list(same_person(name="王")) == []
    assert list(same_person(phone="1391234567")) == []
    assert list(same_person()) == []
    assert list(same_person(name="王芳", community=community.pk + 1)) == []


def test_suspects_share_a_phone_or_a_name_in_one_community(household, community):
    by_phone = BeneficiaryFactory(phone="13912345678")
    by_name = BeneficiaryFactory(name="王芳", community=community)
    BeneficiaryFactory(name="王芳")
    folded = BeneficiaryFactory(phone="13912345678", duplicate_of=household)
    BeneficiaryFactory(phone="", name="甲")
    BeneficiaryFactory(phone="", name="乙")

    found = set(suspects(Beneficiary.objects.all()))

    assert found == {household, by_phone, by_name}
    assert folded not in found
