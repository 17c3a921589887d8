import datetime as dt

import pytest

from apps.messaging.enums import MessageKind, MessageState
from apps.messaging.models import OutboxMessage
from apps.messaging.services import queue, release, release_chosen, resend, suppress

from .letters import DAY, NOW, mail, queue_some

pytestmark = pytest.mark.django_db


def states():
    return list(OutboxMessage.objects.order_by("id").values_list("state", flat=True))


def test_queue_takes_each_mail_once_whatever_became_of_it():
    queue_some(2)
    OutboxMessage.objects.update(state=MessageState.SENT)

    assert queue([mail(1), mail(2), mail(3), mail(3)]) == 1
    assert states() == ["sent", "sent", "queued"]


def test_queue_takes_one_statement_for_many(django_assert_num_queries):
    with django_assert_num_queries(1):
        queue([mail(number) for number in range(500)])


def test_queue_of_nothing_asks_the_database_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert queue([]) == 0


def test_queue_keeps_drill_and_real_apart_and_addresses_without_regard_to_case():
    assert queue([mail(), mail(is_drill=True), mail(address="Desk1@Example.invalid")]) == 2


def test_queue_fixes_a_message_id_of_its_own_for_each_mail():
    queue_some(3)

    ids = set(OutboxMessage.objects.values_list("message_id", flat=True))
    assert len(ids) == 3
    assert {one.partition("@")[2] for one in ids} == {"frontline.invalid>"}


def test_queue_makes_one_line_of_subject_and_recipient():
    queue([mail(subject="请报送\r\nBcc: x@example.invalid", recipient="甲\n乙")])

    row = OutboxMessage.objects.get()
    assert row.subject == "请报送 Bcc: x@example.invalid"
    assert row.recipient == "甲 乙"


def test_held_mail_waits_for_release_of_its_slot_and_world():
    queue([mail(1, held=True), mail(2, held=True, is_drill=True), mail(3, held=True, slot="red")])

    assert release(DAY, MessageKind.REMINDER_UNIT, "hint", is_drill=False) == 1
    assert states() == ["queued", "held", "held"]


def test_suppress_calls_back_the_unsent_of_the_given_addresses():
    queue_some(4)
    OutboxMessage.objects.filter(address="desk2@example.invalid").update(state="sent")

    addresses = ["desk1@example.invalid", "desk2@example.invalid"]

    assert suppress(DAY, MessageKind.REMINDER_UNIT, "hint", addresses=addresses) == 1
    assert states() == ["suppressed", "sent", "queued", "queued"]


def test_resend_takes_only_what_failed_and_keeps_the_message_id():
    queue_some(2)
    first, second = OutboxMessage.objects.order_by("id")
    OutboxMessage.objects.filter(pk=first.pk).update(state="failed", tries=20, error="550 no")

    assert resend([first.pk, second.pk]) == 1

    again = OutboxMessage.objects.get(pk=first.pk)
    assert (again.state, again.tries, again.error) == ("queued", 0, "")
    assert again.message_id == first.message_id


def test_release_chosen_takes_only_what_is_held():
    queue([mail(1, held=True), mail(2)])

    assert release_chosen(list(OutboxMessage.objects.values_list("pk", flat=True))) == 1
    assert states() == ["queued", "queued"]


def test_waiting_leaves_out_what_may_not_leave_yet():
    queue([mail(1, not_before=NOW + dt.timedelta(hours=1)), mail(2, held=True), mail(3)])

    assert [row.address for row in OutboxMessage.objects.waiting(NOW)] == ["desk3@example.invalid"]
