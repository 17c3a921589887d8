from django.urls import reverse

from apps.accounts.models import AuditEntry
from tests.cast import client_for


def test_answer_carries_the_number_of_the_request(client):
    answer = client.get(reverse("login"))

    assert len(answer.headers["X-Request-ID"]) == 32


def test_number_of_the_proxy_is_kept(client):
    answer = client.get(reverse("login"), headers={"X-Request-ID": "proxy-0000.42"})

    assert answer.headers["X-Request-ID"] == "proxy-0000.42"


def test_number_that_is_none_is_replaced(client):
    answer = client.get(reverse("login"), headers={"X-Request-ID": "a b;drop"})

    assert answer.headers["X-Request-ID"] != "a b;drop"


def test_write_of_a_request_is_recorded_under_its_user_and_number(staff):
    client_for(staff).post(
        reverse("accounts:email_update"),
        {"email": "new@example.invalid"},
        headers={"X-Request-ID": "request-0042"},
    )

    entry = AuditEntry.objects.filter(table="accounts_user", key=str(staff.pk)).first()
    assert (entry.actor, entry.request, entry.operation) == ("staff", "request-0042", "U")
    assert entry.before == {"email": "staff@example.invalid"}
    assert entry.after == {"email": "new@example.invalid"}
