import datetime as dt

import pytest
import time_machine
from axes.utils import reset
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.enums import SecurityEventKind
from apps.accounts.models import AuditEntry, SecurityEvent
from apps.core import audit_context
from tests.cast import client_for
from tests.factories import SecurityEventFactory, UnitFactory, UserFactory

PASSWORD = "correct-horse-battery"


@pytest.fixture(autouse=True)
def no_attempts(db):
    reset()


def log_in(client, username, password, **more):
    return client.post(reverse("login"), {"username": username, "password": password}, **more)


def kinds(username):
    found = SecurityEvent.objects.filter(username=username).order_by("id")
    return list(found.values_list("kind", flat=True))


def test_log_in_leads_to_the_page_asked_for(client):
    UserFactory(username="li", password=PASSWORD)

    answer = client.post(
        reverse("login"), {"username": "li", "password": PASSWORD, "next": "/account/"}
    )

    assert (answer.status_code, answer.url) == (302, "/account/")
    assert kinds("li") == [SecurityEventKind.LOGIN]


def test_log_in_never_leads_to_another_host(client):
    UserFactory(username="li", password=PASSWORD)

    answer = client.post(
        reverse("login"), {"username": "li", "password": PASSWORD, "next": "https://elsewhere/"}
    )

    assert answer.url == "/"


def test_log_in_changes_the_session_key(client):
    UserFactory(username="li", password=PASSWORD)
    session = client.session
    session["seen"] = True
    session.save()
    before = session.session_key

    log_in(client, "li", PASSWORD)

    assert client.session.session_key != before


def test_log_in_of_a_disabled_account_is_refused_like_a_wrong_password(client):
    UserFactory(username="li", password=PASSWORD, is_active=False)
    UserFactory(username="wang", password=PASSWORD)

    disabled = log_in(client, "li", PASSWORD)
    wrong = log_in(client, "wang", "wrong")

    assert "_auth_user_id" not in client.session
    assert list(disabled.context["form"].non_field_errors()) == list(
        wrong.context["form"].non_field_errors()
    )


def test_log_in_with_an_endless_name_is_refused_like_a_wrong_password(client):
    answer = log_in(client, "名" * 300, PASSWORD)

    assert answer.status_code == 200
    assert answer.context["form"].non_field_errors() == [
        "请输入一个正确的用户名和密码。注意，两者都区分大小写。"
    ]


def test_disabling_an_account_ends_its_session(staff):
    client = client_for(staff)
    staff.is_active = False
    staff.save()

    answer = client.get(reverse("accounts:account"))

    assert answer.url == "/login/?next=/account/"


def test_failed_log_in_is_recorded_without_the_password(client):
    UserFactory(username="li", password=PASSWORD)

    log_in(client, "li", "not-the-password")

    event = SecurityEvent.objects.get()
    assert (event.kind, event.username, event.address) == ("login_failed", "li", "127.0.0.1")
    assert "not-the-password" not in str(vars(event))


def test_failed_log_in_keeps_no_unknown_name_whole(client):
    log_in(client, "my-secret-password", "x")

    assert SecurityEvent.objects.get().username == "my…"


def test_five_wrong_passwords_lock_the_name_for_a_quarter_of_an_hour(client):
    UserFactory(username="li", password=PASSWORD)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(4):
            assert log_in(client, "li", "wrong").status_code == 200
        locked = log_in(client, "li", "wrong")
        clock.shift(dt.timedelta(minutes=10))
        still = log_in(client, "li", PASSWORD)
        clock.shift(dt.timedelta(minutes=6))
        free = log_in(client, "li", PASSWORD)

    assert (locked.status_code, locked.context["minutes"]) == (429, 15)
    assert "default-src 'self'" in locked.headers["Content-Security-Policy"]
    assert "请 15 分钟后再试" in locked.content.decode()
    assert (still.status_code, still.context["minutes"]) == (429, 5)
    assert free.status_code == 302
    assert SecurityEventKind.LOCKED_OUT in kinds("li")


def test_lock_of_one_address_leaves_another_free(client):
    UserFactory(username="li", password=PASSWORD)
    for _ in range(5):
        log_in(client, "li", "wrong")

    answer = log_in(Client(REMOTE_ADDR="192.0.2.7"), "li", PASSWORD)

    assert answer.status_code == 302


def test_log_out_is_by_post_only(staff):
    client = client_for(staff)

    assert client.get(reverse("logout")).status_code == 405
    assert client.post(reverse("logout")).url == "/login/"
    assert "_auth_user_id" not in client.session
    assert kinds("staff")[-1] == SecurityEventKind.LOGOUT


def test_log_in_page_names_no_demo_account_outside_the_demonstration(client, settings):
    settings.DEMO_PASSWORD = ""

    assert "unit001" not in client.get(reverse("login")).content.decode()


def test_log_in_page_of_the_demonstration_names_accounts_but_no_password(client, settings):
    settings.DEMO_PASSWORD = "shown-in-the-window"
    settings.DATABASES["default"]["EMBEDDED"] = True

    page = client.get(reverse("login")).content.decode()

    assert "unit001" in page
    assert "shown-in-the-window" not in page


def test_password_change_ends_the_other_sessions_and_is_recorded():
    user = UserFactory(username="li", password=PASSWORD)
    here, there = client_for(user), client_for(user)

    answer = here.post(
        reverse("password_change"),
        {
            "old_password": PASSWORD,
            "new_password1": "another-long-secret",
            "new_password2": "another-long-secret",
        },
    )

    assert answer.url == "/account/"
    assert here.get(reverse("accounts:account")).status_code == 200
    assert there.get(reverse("accounts:account")).status_code == 302
    assert SecurityEventKind.PASSWORD in kinds("li")


@pytest.mark.parametrize("weak", ["short", "1234567890123", "password123", "username-li"])
def test_password_change_refuses_what_is_easily_guessed(weak):
    user = UserFactory(username="username-li", password=PASSWORD)

    answer = client_for(user).post(
        reverse("password_change"),
        {"old_password": PASSWORD, "new_password1": weak, "new_password2": weak},
    )

    assert answer.context["form"].errors["new_password2"]
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_password_that_must_change_bars_every_other_page():
    user = UserFactory(username="li", password=PASSWORD, must_change_password=True)
    client = client_for(user)

    assert client.get(reverse("accounts:account")).url == "/password/"
    assert client.get("/account/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == (
        "/password/"
    )
    assert client.get(reverse("password_change")).status_code == 200

    client.post(
        reverse("password_change"),
        {
            "old_password": PASSWORD,
            "new_password1": "another-long-secret",
            "new_password2": "another-long-secret",
        },
    )

    assert client.get(reverse("accounts:account")).status_code == 200


def test_own_account_shows_the_latest_log_ins_of_nobody_else(staff):
    SecurityEventFactory(username="staff", address="192.0.2.1")
    SecurityEventFactory(username="leader", address="192.0.2.99")

    page = client_for(staff).get(reverse("accounts:account")).content.decode()

    assert "192.0.2.1" in page
    assert "192.0.2.99" not in page


def test_own_email_can_be_changed(staff):
    answer = client_for(staff).post(
        reverse("accounts:email_update"), {"email": "new@example.invalid", "username": "leader"}
    )

    assert answer.url == "/account/"
    staff.refresh_from_db()
    assert (staff.email, staff.username) == ("new@example.invalid", "staff")


def test_own_email_refuses_what_is_none(staff):
    answer = client_for(staff).post(reverse("accounts:email_update"), {"email": "not mail"})

    assert answer.status_code == 422
    assert answer.context["form"]["email"].value() == "not mail"
    staff.refresh_from_db()
    assert staff.email == "staff@example.invalid"


@pytest.mark.parametrize(
    ("page", "allowed"),
    [
        ("accounts:audit_list", {"auditor"}),
        ("accounts:event_list", {"auditor", "security_admin"}),
    ],
)
@pytest.mark.parametrize(
    "who", ["leader", "staff", "steward", "auditor", "security_admin", "system_admin", "outsider"]
)
def test_trails_open_to_those_who_watch_over_them(request, page, allowed, who):
    user = request.getfixturevalue(who)

    answer = client_for(user).get(reverse(page))

    assert answer.status_code == (200 if who in allowed else 403)


def test_refusal_is_recorded_with_who_and_where(staff):
    client_for(staff).get(reverse("accounts:audit_list"))

    event = SecurityEvent.objects.get(kind=SecurityEventKind.DENIED)
    assert (event.username, event.path, event.detail) == ("staff", "/audit/", {"method": "GET"})


@pytest.mark.parametrize("page", ["accounts:audit_list", "accounts:event_list"])
def test_trail_takes_as_many_queries_for_many_rows_as_for_one(
    auditor, page, django_assert_max_num_queries
):
    client = client_for(auditor)
    SecurityEventFactory()
    client.get(reverse(page))
    with django_assert_max_num_queries(30) as few:
        client.get(reverse(page))
    for _ in range(3):
        SecurityEventFactory()
        UserFactory()

    with django_assert_max_num_queries(30) as many:
        client.get(reverse(page))

    assert len(many) == len(few)


def test_admin_has_no_door_of_its_own(client, staff):
    assert client.get("/admin/login/?next=/admin/").url.startswith("/login/")


def test_admin_refuses_those_who_may_not_enter_it(staff):
    answer = client_for(staff).get("/admin/", follow=True)

    assert answer.status_code == 403


def test_audit_list_is_found_by_table_actor_and_day(auditor):
    with time_machine.travel("2021-08-05T09:00:00+08:00"), audit_context.acting("li"):
        unit = UnitFactory(short_name="示例甲")
    client = client_for(auditor)

    def keys(**asked):
        page = client.get(reverse("accounts:audit_list"), asked)
        return [line.row["key"] for line in page.context["table"].lines]

    today = timezone.localdate().isoformat()
    assert keys(table="units_unit", actor="li", on=today) == [str(unit.pk)]
    assert keys(table="units_unit", actor="wang") == []
    assert keys(table="units_unit", actor="li", on="2021-08-05") == []


def test_audit_entry_shows_what_changed_in_words(auditor, staff):
    client_for(staff).post(reverse("accounts:email_update"), {"email": "new@example.invalid"})
    entry = AuditEntry.objects.filter(table="accounts_user", operation="U").get()

    page = client_for(auditor).get(reverse("accounts:audit_detail", args=[entry.pk]))

    (change,) = page.context["changes"].rows
    assert (change.label, change.before, change.after) == (
        "电子邮箱",
        "staff@example.invalid",
        "new@example.invalid",
    )


def test_security_events_are_found_by_name_and_kind(security_admin):
    SecurityEventFactory(username="zhang", kind=SecurityEventKind.DENIED)
    SecurityEventFactory(username="zhang", kind=SecurityEventKind.LOGIN)
    client = client_for(security_admin)

    page = client.get(reverse("accounts:event_list"), {"q": "zhang", "kind": "denied"})

    assert [line.row["username"] for line in page.context["table"].lines] == ["zhang"]
