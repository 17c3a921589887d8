import pytest
from django.db import transaction

from apps.jobs.models import Occurrence
from apps.jobs.services import note_within, request, requests, run_due, run_requested


@pytest.mark.django_db
def test_a_request_runs_once_and_says_how_far_it_is(clockwork, noon):
    clockwork.add_requested("import")
    request("import", scope="import-1", now=noon)
    request("import", scope="import-1", now=noon)

    first, second = run_requested(now=noon), run_requested(now=noon)

    assert clockwork.ran == ["import import-1"]
    assert clockwork.noted == [{"done": 1, "total": 2}]
    assert (first.done, second.done) == (1, 0)
    assert Occurrence.objects.get().result == {"rows": 2}


@pytest.mark.django_db
def test_the_days_planning_leaves_requests_alone(clockwork, noon):
    clockwork.add_requested("import")
    request("import", scope="import-1", now=noon)

    run_due(now=noon)
    waiting = Occurrence.objects.get(job="import").state
    run_requested(now=noon)

    assert waiting == "expected"
    assert clockwork.ran == ["import import-1"]


@pytest.mark.django_db
def test_a_failed_request_does_not_hold_up_the_next(clockwork, noon):
    clockwork.add_requested("import")
    clockwork.add_requested("export")
    clockwork.failing.add("import")
    request("import", scope="import-1", now=noon)
    request("export", scope="export-1", now=noon)

    run_requested(now=noon)

    assert clockwork.ran == ["export export-1"]
    assert Occurrence.objects.get(job="import").state == "failed"


@pytest.mark.django_db(transaction=True)
def test_the_bell_rings_for_a_request(clockwork, noon, settings):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    clockwork.add_requested("import")

    request("import", scope="import-1", now=noon)

    assert clockwork.ran == ["import import-1"]


@pytest.mark.django_db(transaction=True)
def test_others_see_how_far_a_run_is_that_is_one_transaction(clockwork, noon, monkeypatch):
    monkeypatch.setattr(requests, "TOLD_EVERY", 0)
    clockwork.add_requested("close")
    occurrence = request("close", scope="close-1", now=noon)
    Occurrence.objects.update(state="running", claimed_by="us")
    occurrence.refresh_from_db()

    with transaction.atomic():
        note_within(occurrence)(3, 4)
        transaction.set_rollback(True)

    assert Occurrence.objects.get().result == {"done": 3, "total": 4}


def test_only_jobs_that_run_on_request_can_be_asked_for(clockwork, noon):
    clockwork.add("lock")

    with pytest.raises(ValueError, match="lock does not run on request"):
        request("lock", scope="x", now=noon)
