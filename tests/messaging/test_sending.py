import datetime as dt
import threading

import pytest
from django.db import connection
from django.db.models.functions import Now

from apps.messaging.enums import MessageState
from apps.messaging.models import OutboxMessage
from apps.messaging.services import deliver, queue, sending, suppress

from .letters import DAY, NOW, mail, queue_some


def states():
    return list(OutboxMessage.objects.order_by("id").values_list("state", flat=True))


def let_pauses_pass():
    OutboxMessage.objects.update(claimed_until=Now() - dt.timedelta(seconds=1))


@pytest.mark.django_db
def test_deliver_sends_each_mail_once_over_one_connection(post_office):
    queue_some(120)

    first, second = deliver(now=NOW), deliver(now=NOW)

    assert (first.sent, second.sent) == (120, 0)
    assert post_office.addresses == [f"desk{n}@example.invalid" for n in range(1, 121)]
    assert post_office.connections == 1
    assert set(states()) == {"sent"}
    assert not OutboxMessage.objects.filter(sent_at=None).exists()


@pytest.mark.django_db
def test_deliver_of_nothing_opens_no_connection(post_office):
    assert deliver(now=NOW).sent == 0
    assert post_office.connections == 0


@pytest.mark.django_db
def test_deliver_takes_one_statement_per_mail(post_office, monkeypatch):
    queue_some(60)
    executed = []
    kept = sending._Sender._execute

    def count(self, statement, *arguments, **options):
        executed.append(statement)
        return kept(self, statement, *arguments, **options)

    monkeypatch.setattr(sending._Sender, "_execute", count)
    deliver(now=NOW)

    # two batches, and each closes its last mail by a statement of its own
    assert len(executed) == 60 + 2


@pytest.mark.django_db
def test_deliver_goes_past_one_bad_address_and_shows_why(post_office):
    queue_some(3)
    post_office.answers["desk2@example.invalid"] = "550 5.1.1 no such mailbox"

    delivery = deliver(now=NOW)

    assert (delivery.sent, delivery.failed) == (2, 1)
    assert states() == ["sent", "failed", "sent"]
    failed = OutboxMessage.objects.get(state="failed")
    assert failed.error == "550 5.1.1 no such mailbox"


@pytest.mark.django_db
def test_deliver_gives_up_a_mail_whose_address_is_none(post_office):
    queue([mail(1, address="nobody"), mail(2)])

    deliver(now=NOW)

    assert states() == ["failed", "sent"]


@pytest.mark.django_db
def test_deliver_fails_a_mail_whose_content_is_refused(post_office):
    queue_some(2)
    post_office.content_answers["desk1@example.invalid"] = "554 5.7.1 not wanted"

    deliver(now=NOW)

    assert states() == ["failed", "sent"]


@pytest.mark.django_db
def test_deliver_puts_off_what_the_server_will_take_later(post_office):
    queue_some(2)
    post_office.answers["desk1@example.invalid"] = "451 4.3.0 try again"

    first = deliver(now=NOW)
    second = deliver(now=NOW)
    row = OutboxMessage.objects.get(address="desk1@example.invalid")
    post_office.answers.clear()
    let_pauses_pass()
    third = deliver(now=NOW)

    assert (first.sent, first.postponed) == (1, 1)
    assert (second.sent, second.postponed) == (0, 0)
    assert (row.state, row.tries, row.error) == ("queued", 1, "451 4.3.0 try again")
    assert third.sent == 1
    assert states() == ["sent", "sent"]
    assert OutboxMessage.objects.get(pk=row.pk).error == ""


@pytest.mark.django_db
def test_deliver_gives_up_after_many_tries(post_office):
    queue_some(1)
    OutboxMessage.objects.update(tries=sending.MOST_TRIES - 1)
    post_office.answers["desk1@example.invalid"] = "451 4.3.0 try again"

    deliver(now=NOW)

    assert states() == ["failed"]


def test_pause_grows_up_to_an_hour():
    minutes = [sending.pause(tries) // dt.timedelta(minutes=1) for tries in (1, 2, 3, 7, 20)]

    assert minutes == [1, 2, 4, 60, 60]


@pytest.mark.django_db
def test_deliver_keeps_mail_over_the_quiet_hours(post_office):
    morning = NOW + dt.timedelta(hours=10)
    queue([mail(1, not_before=morning), mail(2)])

    deliver(now=NOW)
    before = states()
    deliver(now=morning)

    assert before == ["queued", "sent"]
    assert states() == ["sent", "sent"]


@pytest.mark.django_db
def test_deliver_lets_what_is_urgent_go_first(post_office):
    queue([mail(1), mail(2, kind="flash")])

    deliver(now=NOW)

    assert post_office.addresses == ["desk2@example.invalid", "desk1@example.invalid"]


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["held", "suppressed", "failed"])
def test_deliver_leaves_alone_what_is_not_to_be_sent(post_office, state):
    queue_some(1)
    OutboxMessage.objects.update(state=state)

    deliver(now=NOW)

    assert states() == [state]
    assert post_office.taken == []


@pytest.mark.django_db
def test_deliver_without_a_server_keeps_everything_and_says_why(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    queue_some(3)

    delivery = deliver(now=NOW)

    assert delivery.trouble.startswith("邮件服务器无法连接")
    assert states() == ["queued"] * 3
    assert set(OutboxMessage.objects.values_list("tries", "claimed_until")) == {(0, None)}


@pytest.mark.django_db
def test_deliver_goes_on_after_the_server_hung_up_and_repeats_only_that_mail(post_office):
    queue_some(3)
    post_office.hang_up.add("desk2@example.invalid")

    deliver(now=NOW)
    after_first = states()
    let_pauses_pass()
    deliver(now=NOW)

    assert after_first == ["sent", "queued", "sent"]
    assert states() == ["sent", "sent", "sent"]
    copies = [raw for raw in post_office.taken if b"desk2@" in raw]
    assert len(post_office.taken) == 4
    # the receiver can tell that it is the same mail, byte for byte
    assert len(copies) == 2
    assert copies[0] == copies[1]


@pytest.mark.django_db
def test_stale_sending_goes_again_under_the_same_message_id(post_office):
    queue_some(2)
    past = Now() - dt.timedelta(minutes=5)
    OutboxMessage.objects.update(state="sending", tries=1, claimed_by="dead", claimed_until=past)

    deliver(now=NOW)

    assert states() == ["sent", "sent"]
    ids = list(OutboxMessage.objects.order_by("id").values_list("message_id", flat=True))
    assert post_office.message_ids() == ids


@pytest.mark.django_db
def test_a_living_lease_is_respected(post_office):
    queue_some(2)
    alive = Now() + dt.timedelta(minutes=1)
    OutboxMessage.objects.update(state="sending", claimed_by="other", claimed_until=alive)

    assert deliver(now=NOW).sent == 0
    assert states() == ["sending", "sending"]


@pytest.mark.django_db
def test_mail_called_back_while_leased_does_not_leave(post_office, monkeypatch):
    queue_some(3)
    kept = sending._Sender._claim

    def claim_and_call_back(self, now):
        rows = kept(self, now)
        suppress(DAY, "reminder_unit", "hint", addresses=["desk2@example.invalid"])
        return rows

    monkeypatch.setattr(sending._Sender, "_claim", claim_and_call_back)
    deliver(now=NOW)

    assert states() == ["sent", "suppressed", "sent"]
    assert post_office.addresses == ["desk1@example.invalid", "desk3@example.invalid"]


def deliver_twice_at_once():
    """Two senders that start together, each on a connection of its own."""
    together = threading.Barrier(2)
    deliveries = []

    def work():
        together.wait(10)
        try:
            deliveries.append(deliver(now=NOW))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return deliveries


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_each_mail_once(post_office):
    queue_some(120)

    deliveries = deliver_twice_at_once()

    assert sum(delivery.sent for delivery in deliveries) == 120
    assert len(post_office.taken) == len(set(post_office.addresses)) == 120


@pytest.mark.django_db(transaction=True)
def test_leases_alone_keep_two_senders_apart(post_office, monkeypatch):
    monkeypatch.setattr(sending, "SIT_DOWN", "SELECT %s::text, %s::bigint IS NOT NULL")
    queue_some(120)

    deliveries = deliver_twice_at_once()

    assert sum(delivery.sent for delivery in deliveries) == 120
    assert len(post_office.taken) == len(set(post_office.addresses)) == 120


@pytest.mark.django_db(transaction=True)
def test_without_lock_and_lease_two_senders_do_send_twice(post_office, monkeypatch):
    """The control arm: what the two tests above would let through if they could not fail."""
    monkeypatch.setattr(sending, "SIT_DOWN", "SELECT %s::text, %s::bigint IS NOT NULL")
    monkeypatch.setattr(sending._Sender, "_claim", lambda _self, _now: unsent())
    monkeypatch.setattr(sending, "ADVANCE", OWNERLESS)
    queue_some(120)

    deliver_twice_at_once()

    assert len(post_office.taken) > 120
    assert set(states()) == {"sent"}


OWNERLESS = sending.ADVANCE.replace("claimed_by = %(worker)s", "%(worker)s::text IS NOT NULL")


def unsent():
    return list(OutboxMessage.objects.exclude(state=MessageState.SENT).order_by("id")[:50])


@pytest.mark.django_db(transaction=True)
def test_database_restart_between_two_mails_costs_no_mail_and_no_copy(post_office, monkeypatch):
    queue_some(6)
    kept = sending._Sender._send

    def send_and_lose_the_server(self, row):
        is_sent = kept(self, row)
        if row.address == "desk3@example.invalid":
            connection.connection.close()
        return is_sent

    monkeypatch.setattr(sending._Sender, "_send", send_and_lose_the_server)
    delivery = deliver(now=NOW)

    assert delivery.trouble.startswith("数据库连接中断")
    assert len(post_office.taken) == 6
    assert set(states()) == {"sent"}
    assert set(OutboxMessage.objects.values_list("tries", flat=True)) == {1}
