import pytest

from apps.messaging.enums import MessageKind
from apps.messaging.models import InboxMessage
from apps.messaging.services import Note, notify
from tests.cast import client_for
from tests.counting import cells, statements
from tests.factories import InboxMessageFactory

pytestmark = pytest.mark.django_db


def note(user, key="returned|1", **changes):
    given = {
        "user_id": user.pk,
        "kind": MessageKind.RETURNED,
        "dedupe_key": key,
        "subject": "日报退回核改",
        "text": "示例甲：请核实。",
        "path": "/units/",
    }
    return Note(**{**given, **changes})


def test_notify_puts_each_note_once(reporter, unit_leader, django_assert_num_queries):
    assert notify([note(reporter)]) == 1
    with django_assert_num_queries(1):
        assert notify([note(reporter), note(unit_leader), note(reporter, "returned|2")]) == 2
    assert notify([]) == 0
    assert InboxMessage.objects.count() == 3


def test_inbox_shows_a_user_his_own_only(reporter, unit_leader):
    notify([note(reporter, subject="给联络员"), note(unit_leader, subject="给书记")])

    rows = cells(client_for(reporter).get("/messages/"))

    assert [row[1] for row in rows] == ["给联络员"]


def test_inbox_of_another_is_not_found(reporter, unit_leader):
    message = InboxMessageFactory(user=unit_leader)

    assert client_for(reporter).get(f"/messages/{message.pk}/").status_code == 404
    message.refresh_from_db()
    assert message.read_at is None


def test_inbox_is_closed_to_strangers(client):
    assert client.get("/messages/").url == "/login/?next=/messages/"


def test_opening_a_message_reads_it_and_the_first_reading_counts(reporter):
    message = InboxMessageFactory(user=reporter, path="/units/")
    client = client_for(reporter)

    page = client.get(f"/messages/{message.pk}/")
    message.refresh_from_db()
    first = message.read_at
    client.get(f"/messages/{message.pk}/")
    message.refresh_from_db()

    assert 'href="/units/"' in page.content.decode()
    assert first is not None
    assert message.read_at == first


def test_a_message_never_leads_out_of_the_portal(reporter):
    message = InboxMessageFactory(user=reporter, path="//elsewhere.invalid/")

    page = client_for(reporter).get(f"/messages/{message.pk}/")

    assert "elsewhere.invalid" not in page.content.decode()


def test_mark_all_read_takes_ones_own_only(reporter, unit_leader):
    InboxMessageFactory.create_batch(2, user=reporter)
    InboxMessageFactory(user=unit_leader)

    answer = client_for(reporter).post("/messages/read/")

    assert answer.url == "/messages/"
    assert InboxMessage.objects.unread().get().user == unit_leader


def test_bar_counts_the_unread(reporter):
    InboxMessageFactory.create_batch(3, user=reporter)

    page = client_for(reporter).get("/messages/").content.decode()

    assert "站内信，3 条未读" in page


def test_inbox_filters_the_unread(reporter):
    notify([note(reporter, "a", subject="旧"), note(reporter, "b", subject="新")])
    client = client_for(reporter)
    client.get(f"/messages/{InboxMessage.objects.get(subject='旧').pk}/")

    assert [row[1] for row in cells(client.get("/messages/?unread=1"))] == ["新"]


def test_inbox_takes_as_many_statements_for_three_as_for_one(reporter):
    client = client_for(reporter)
    InboxMessageFactory(user=reporter)
    one = statements(client, "/messages/")
    InboxMessageFactory.create_batch(2, user=reporter)

    assert statements(client, "/messages/") == one
