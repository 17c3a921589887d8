import pytest
from django.db import transaction
from django.test import RequestFactory

from apps.accounts.enums import SecurityEventKind
from apps.accounts.models import SecurityEvent
from apps.accounts.services import events_kept, known_username, record_event
from tests.factories import UserFactory


def test_event_of_a_request_outlives_the_undone_transaction(db):
    with events_kept(), transaction.atomic():
        record_event(SecurityEventKind.DENIED, username="li", reason="x")
        transaction.set_rollback(True)

    event = SecurityEvent.objects.get()
    assert (event.username, event.detail) == ("li", {"reason": "x"})


def test_event_of_a_failing_request_is_kept(db):
    def fail():
        with events_kept():
            record_event(SecurityEventKind.DENIED, username="li")
            raise LookupError

    with pytest.raises(LookupError):
        fail()

    assert SecurityEvent.objects.count() == 1


def test_event_outside_a_request_is_stored_at_once(db):
    record_event(SecurityEventKind.PASSWORD, username="li")

    assert SecurityEvent.objects.get().address is None


def test_event_names_the_place_it_came_from(db):
    request = RequestFactory().get("/somewhere/", REMOTE_ADDR="192.0.2.7")

    record_event(SecurityEventKind.DENIED, request=request)

    event = SecurityEvent.objects.get()
    assert (event.address, event.path, event.username) == ("192.0.2.7", "/somewhere/", "")


@pytest.mark.parametrize(("typed", "kept"), [("li", "li"), ("secret", "se…"), ("", "")])
def test_typed_name_is_kept_whole_only_when_it_is_one(db, typed, kept):
    UserFactory(username="li")

    assert known_username(typed) == kept
