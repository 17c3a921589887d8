import datetime as dt

import pytest
from django.db import OperationalError
from django.utils import timezone

from apps.jobs import registry
from apps.jobs.services import claims
from apps.messaging import selectors as messages
from config import health
from tests.factories import OccurrenceFactory, OutboxMessageFactory
from tests.jobs.clockwork import Clockwork

pytestmark = pytest.mark.django_db


@pytest.fixture
def clockwork(monkeypatch):
    monkeypatch.setattr(registry, "_jobs", {})
    return Clockwork()


@pytest.fixture
def now():
    return timezone.now()


def trouble(client):
    answer = client.get("/healthz")
    return answer.status_code, answer.json()["troubles"]


def test_health_is_public_and_tells_no_more_than_it_must(client, now):
    OccurrenceFactory(job=registry.PLAN, state="done", finished_at=now)

    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert set(answer.json()) == {
        "status",
        "troubles",
        "database",
        "broker",
        "oldest_message",
        "late_jobs",
        "failed_jobs",
        "last_ring",
    }
    assert answer.json()["status"] == "ok"
    assert "no-store" in answer["Cache-Control"]


def test_health_is_cheap(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        client.get("/healthz")


def test_a_mail_that_waits_too_long_is_trouble(client, now):
    row = OutboxMessageFactory()
    assert trouble(client) == (200, [])

    type(row).objects.update(queued_at=now - dt.timedelta(minutes=16))

    assert trouble(client) == (503, ["oldest_message"])


def test_a_mail_kept_over_the_quiet_hours_is_none(client, now):
    long_ago = now - dt.timedelta(hours=7)
    kept = OutboxMessageFactory(not_before=now - dt.timedelta(minutes=1))
    later = OutboxMessageFactory(not_before=now + dt.timedelta(hours=1))
    type(kept).objects.filter(pk__in=[kept.pk, later.pk]).update(queued_at=long_ago)

    assert messages.oldest_waiting(now) == kept.not_before
    assert trouble(client) == (200, [])


def test_a_job_long_past_its_hour_is_trouble(client, clockwork, now):
    clockwork.add("a")
    OccurrenceFactory(job="a", due_at=now - dt.timedelta(minutes=5))
    assert trouble(client) == (200, [])

    OccurrenceFactory(job="a", scope="flood", due_at=now - dt.timedelta(minutes=11))

    assert trouble(client) == (503, ["late_jobs"])


def test_a_job_that_is_gone_from_the_portal_is_none(client, clockwork, now):
    OccurrenceFactory(job="abolished", due_at=now - dt.timedelta(days=1))

    assert trouble(client) == (200, [])


def test_a_job_given_up_is_trouble_for_a_day(client, clockwork, now):
    clockwork.add("a")
    row = OccurrenceFactory(
        job="a", state="failed", tries=claims.MOST_TRIES, due_at=now - dt.timedelta(hours=2)
    )
    assert trouble(client) == (503, ["failed_jobs"])

    type(row).objects.update(due_at=now - dt.timedelta(hours=25))

    assert trouble(client) == (200, [])


def test_a_bell_that_fell_silent_is_trouble(client, now):
    OccurrenceFactory(job=registry.PLAN, state="done", finished_at=now - dt.timedelta(minutes=6))

    assert trouble(client) == (503, ["last_ring"])


def test_a_database_that_is_away_is_told_and_not_an_error_page(client, monkeypatch):
    def away(_now):
        raise OperationalError("gone")

    monkeypatch.setattr(health.messages, "oldest_waiting", away)

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["database"] == "down"
    assert answer.json()["late_jobs"] is None


def test_a_broker_that_is_away_is_told(client, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"

    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()["broker"]) == (503, "down")
