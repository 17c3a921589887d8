import datetime as dt
import json
from email import message_from_bytes, policy

import pytest
from django.core.management import call_command

from apps.messaging.models import OutboxMessage
from tests.cast import client_for
from tests.counting import cells, statements
from tests.factories import OutboxMessageFactory

pytestmark = pytest.mark.django_db


def test_ledger_is_the_offices(staff, leader, reporter, liaison, city):
    OutboxMessageFactory()

    assert len(cells(client_for(staff).get("/messages/mail/"))) == 1
    assert len(cells(client_for(leader).get("/messages/mail/"))) == 1
    for user in (reporter, liaison, city):
        assert client_for(user).get("/messages/mail/").status_code == 403


def test_ledger_filters_by_state_kind_and_world(staff):
    OutboxMessageFactory(recipient="甲", state="failed", error="550 no")
    OutboxMessageFactory(recipient="乙", is_drill=True)
    OutboxMessageFactory(recipient="丙", kind="night")
    client = client_for(staff)

    def recipients(query):
        return {row[3] for row in cells(client.get(f"/messages/mail/?{query}"))}

    assert recipients("state=failed") == {"甲"}
    assert recipients("world=drill") == {"乙"}
    assert recipients("kind=night") == {"丙"}


def test_ledger_takes_as_many_statements_for_three_as_for_one(staff):
    client = client_for(staff)
    OutboxMessageFactory()
    one = statements(client, "/messages/mail/")
    OutboxMessageFactory.create_batch(2)

    assert statements(client, "/messages/mail/") == one


def test_body_stands_alone_under_a_policy_that_lets_nothing_run(staff):
    row = OutboxMessageFactory(html='<p style="color:red">示例</p><script>alert(1)</script>')

    answer = client_for(staff).get(f"/messages/mail/{row.pk}/body/")

    policy_parts = {part.strip() for part in answer["Content-Security-Policy"].split(";")}
    assert policy_parts == {
        "default-src 'none'",
        "style-src 'unsafe-inline' 'self'",
        "font-src 'self'",
        "img-src data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'none'",
        "frame-ancestors 'self'",
        "sandbox",
    }
    mail, *fonts = answer.content.decode().split('<link rel="stylesheet" href="')
    assert mail == row.html
    assert [font.endswith('.css">') and "/vendor/noto/" in font for font in fonts] == [True, True]


def test_record_shows_the_mail_in_a_sandboxed_frame(staff):
    row = OutboxMessageFactory(state="failed", error="550 no such mailbox")

    page = client_for(staff).get(f"/messages/mail/{row.pk}/").content.decode()

    assert f'sandbox src="/messages/mail/{row.pk}/body/"' in page
    assert "550 no such mailbox" in page
    assert f'action="/messages/mail/resend/?pk={row.pk}"' in page


def test_one_mail_is_resent_from_its_record(staff):
    row = OutboxMessageFactory(state="failed")

    client_for(staff).post(f"/messages/mail/resend/?pk={row.pk}")

    row.refresh_from_db()
    assert row.state == "queued"


def test_file_is_the_mail_as_it_leaves(staff):
    row = OutboxMessageFactory(subject="请报送日报")

    answer = client_for(staff).get(f"/messages/mail/{row.pk}/file/")

    message = message_from_bytes(answer.content, policy=policy.default)
    assert (message["Subject"], message["Message-ID"]) == ("请报送日报", row.message_id)
    assert answer["Content-Disposition"] == f'attachment; filename="mail-{row.pk}.eml"'


def test_staff_resends_the_failed_and_lets_the_held_go(staff):
    failed = OutboxMessageFactory(state="failed")
    held = OutboxMessageFactory(state="held")
    sent = OutboxMessageFactory(state="sent")
    client = client_for(staff)
    ids = [failed.pk, held.pk, sent.pk]

    client.post("/messages/mail/resend/", {"pk": ids})
    client.post("/messages/mail/release/", {"pk": ids})

    states = dict(OutboxMessage.objects.values_list("pk", "state"))
    assert states == {failed.pk: "queued", held.pk: "queued", sent.pk: "sent"}


def test_who_only_reads_the_ledger_sends_nothing(leader, reporter):
    failed = OutboxMessageFactory(state="failed")

    for user in (leader, reporter):
        answer = client_for(user).post("/messages/mail/resend/", {"pk": [failed.pk]})
        assert answer.status_code == 403
    failed.refresh_from_db()
    assert failed.state == "failed"


def test_outbox_command_tells_counts_and_the_oldest_as_one_document(capsys):
    first = OutboxMessageFactory()
    OutboxMessageFactory()
    OutboxMessageFactory(state="failed", kind="night")

    call_command("outbox", "--json")

    told = json.loads(capsys.readouterr().out)
    assert [(m["kind"], m["state"], m["count"]) for m in told["messages"]] == [
        ("night", "failed", 1),
        ("reminder_unit", "queued", 2),
    ]
    assert told["states"]["queued"] == 2
    assert told["states"]["sent"] == 0
    queued_at = OutboxMessage.objects.get(pk=first.pk).queued_at
    moment = dt.datetime.fromisoformat(told["oldest_waiting"])
    assert abs(moment - queued_at) < dt.timedelta(milliseconds=1)
    assert moment.utcoffset() == dt.timedelta(hours=8)


def test_outbox_command_of_an_empty_outbox(capsys):
    call_command("outbox")

    assert capsys.readouterr().out == "还没有邮件。\n没有待发邮件。\n"
