import datetime as dt
import threading

import pytest
from django.db import connection
from django.db.models.functions import Now

from apps.core import audit_context
from apps.core.dates import moment_on
from apps.core.errors import DomainError
from apps.jobs import registry
from apps.jobs.enums import OccurrenceState
from apps.jobs.models import Occurrence
from apps.jobs.services import claims, plan_day, retry_occurrence, run_due, run_ticks

DAY = dt.date(2021, 8, 5)
HOUR = dt.timedelta(hours=1)


def state_of(job, **lookup):
    return Occurrence.objects.get(job=job, **lookup).state


def let_pauses_pass():
    Occurrence.objects.filter(state="failed").update(claimed_until=Now() - dt.timedelta(seconds=1))


@pytest.mark.django_db
def test_run_due_runs_what_is_due_once(clockwork, noon):
    clockwork.add("a", at=dt.time(9))
    clockwork.add("b", at=dt.time(13))

    first, second = run_due(now=noon), run_due(now=noon)

    assert clockwork.ran == ["a 5 flood"]
    assert (first.done, first.planned, first.waiting) == (1, 2, 0)
    assert (second.done, second.planned, second.outcomes) == (0, 0, ())
    assert Occurrence.objects.get(job="a").result == {"count": 1}
    assert state_of("b") == "expected"


@pytest.mark.django_db
def test_run_due_with_nothing_to_do_does_nothing(clockwork, noon):
    summary = run_due(now=noon)

    assert (summary.planned, summary.outcomes, summary.waiting) == (0, (), 0)


@pytest.mark.django_db
def test_run_due_keeps_the_order_of_the_hours_then_of_registration(clockwork, noon):
    clockwork.add("lock", at=dt.time(10))
    clockwork.add("remind", at=dt.time(10))
    clockwork.add("open", at=dt.time(0, 5))

    run_due(now=noon)

    assert clockwork.ran == ["open 5 flood", "lock 5 flood", "remind 5 flood"]


@pytest.mark.django_db
def test_a_failure_is_kept_and_tried_again_after_a_pause(clockwork, noon):
    clockwork.add("a")
    clockwork.failing.add("a")

    first = run_due(now=noon)
    at_once = run_due(now=noon)
    failed = Occurrence.objects.get(job="a")
    clockwork.failing.clear()
    let_pauses_pass()
    later = run_due(now=noon)

    assert (first.failed, first.waiting) == (1, 1)
    assert at_once.outcomes == ()
    assert (failed.state, failed.error) == ("failed", "RuntimeError('a is broken')")
    assert later.done == 1
    again = Occurrence.objects.get(job="a")
    assert (again.state, again.error, again.tries) == ("done", "", 2)


@pytest.mark.django_db
def test_a_failure_stops_no_other_campaign(clockwork, noon):
    clockwork.add("open", at=dt.time(8), scopes=("flood", "drill"))
    clockwork.add("lock", at=dt.time(9), scopes=("flood", "drill"))
    clockwork.failing.add("open 5 drill")

    run_due(now=noon)

    assert clockwork.ran == ["open 5 flood", "lock 5 flood"]
    assert state_of("lock", scope="drill") == "expected"


@pytest.mark.django_db
def test_work_of_all_campaigns_waits_for_each_of_them(clockwork, noon):
    clockwork.add("lock", at=dt.time(8), scopes=("flood", "drill"))
    clockwork.add("digest", at=dt.time(9), scopes=("all/group-03",))
    clockwork.failing.add("lock 5 drill")

    run_due(now=noon)

    assert clockwork.ran == ["lock 5 flood"]


@pytest.mark.django_db
def test_later_work_goes_past_what_keeps_failing(clockwork, noon):
    clockwork.add("open", at=dt.time(8))
    clockwork.add("lock", at=dt.time(9))
    clockwork.failing.add("open")

    for _ in range(claims.PATIENT_TRIES):
        run_due(now=noon)
        let_pauses_pass()

    assert clockwork.ran == ["lock 5 flood"]


@pytest.mark.django_db
def test_a_run_that_never_succeeds_is_given_up_until_a_person_asks(clockwork, noon):
    clockwork.add("a")
    clockwork.failing.add("a")
    for _ in range(claims.MOST_TRIES + 2):
        run_due(now=noon)
        let_pauses_pass()
    given_up = Occurrence.objects.get(job="a")

    clockwork.failing.clear()
    quiet = run_due(now=noon)
    retry_occurrence(given_up)
    run_due(now=noon)

    assert given_up.tries == claims.MOST_TRIES
    assert quiet.waiting == 0
    assert clockwork.ran == ["a 5 flood"]


@pytest.mark.django_db
def test_only_a_failed_run_can_be_asked_for_again(clockwork, noon):
    clockwork.add("a")
    run_due(now=noon)

    with pytest.raises(DomainError, match="失败"):
        retry_occurrence(Occurrence.objects.get(job="a"))
    with pytest.raises(DomainError, match="失败"):
        retry_occurrence(Occurrence.objects.get(job=registry.PLAN))


def test_pause_grows_up_to_half_an_hour():
    seconds = [claims.pause(tries).total_seconds() for tries in (1, 2, 3, 7, 12)]

    assert seconds == [30, 60, 120, 1800, 1800]


@pytest.mark.django_db
def test_what_ran_long_after_its_hour_is_marked_late(clockwork, noon):
    clockwork.add("a", at=dt.time(11, 55))
    clockwork.add("b", at=dt.time(11, 45))

    summary = run_due(now=noon)

    assert dict(Occurrence.objects.values_list("job", "is_late")) == {
        "plan": False,
        "a": False,
        "b": True,
    }
    assert summary.late == 1


@pytest.mark.django_db
def test_an_old_reminder_is_skipped_and_not_run(clockwork, noon):
    clockwork.add("remind", at=dt.time(9), expires_after=HOUR)
    clockwork.add("lock", at=dt.time(9, 30))

    summary = run_due(now=noon)

    assert clockwork.ran == ["lock 5 flood"]
    assert state_of("remind") == "skipped"
    assert (summary.skipped, summary.done, summary.late) == (1, 1, 1)
    assert run_due(now=noon).outcomes == ()


@pytest.mark.django_db
def test_a_reminder_within_its_time_is_run(clockwork, noon):
    clockwork.add("remind", at=dt.time(11, 30), expires_after=HOUR)

    run_due(now=noon)

    assert clockwork.ran == ["remind 5 flood"]


@pytest.mark.django_db
@pytest.mark.parametrize("dark", [1, 3, 7])
def test_dark_days_are_caught_up_in_order_and_old_reminders_are_not(clockwork, noon, dark):
    clockwork.add("open", at=dt.time(0, 5))
    clockwork.add("remind", at=dt.time(17), expires_after=HOUR)
    clockwork.add("lock", at=dt.time(19))
    run_due(now=noon + dt.timedelta(hours=8))
    clockwork.ran.clear()

    summary = run_due(now=noon + dt.timedelta(days=dark + 1))

    days = range(6, 6 + dark)
    caught_up = [f"{job} {day} flood" for day in days for job in ("open", "lock")]
    assert clockwork.ran == [*caught_up, f"open {6 + dark} flood"]
    assert (summary.skipped, summary.waiting) == (dark, 0)
    assert Occurrence.objects.filter(job="lock", on__gt=DAY, is_late=True).count() == dark


@pytest.mark.django_db
def test_run_due_of_one_day_leaves_every_other_alone(clockwork, noon):
    clockwork.add("a")
    plan_day(DAY)

    summary = run_due(now=noon, on=DAY - dt.timedelta(days=2))

    assert clockwork.ran == ["a 3 flood"]
    assert summary.late == 1
    assert state_of("a", on=DAY) == "expected"
    assert not Occurrence.objects.filter(job=registry.PLAN).exists()


@pytest.mark.django_db
def test_run_due_can_be_narrowed_to_jobs_and_a_campaign(clockwork, noon):
    clockwork.add("a", scopes=("flood", "drill"))
    clockwork.add("b", scopes=("flood", "drill"))

    run_due(now=noon, jobs={"b"}, scope_prefix="drill")

    assert clockwork.ran == ["b 5 drill"]
    with pytest.raises(ValueError, match="unknown jobs: c"):
        run_due(now=noon, jobs={"c"})


@pytest.mark.django_db
def test_run_due_tells_its_progress(clockwork, noon):
    clockwork.add("a", at=dt.time(8), expires_after=HOUR)
    clockwork.add("b")
    told = []

    run_due(now=noon, progress=told.append)

    assert [(outcome.job, outcome.state) for outcome in told] == [("a", "skipped"), ("b", "done")]


@pytest.mark.django_db
def test_a_run_acts_under_the_name_of_its_job(clockwork, noon):
    seen = []

    def run(_occurrence):
        seen.append(audit_context.current())
        return {}

    plan = [registry.Planned("flood", noon)]
    registry.register(registry.Job("a", "甲", lambda _: plan, run))

    run_due(now=noon)

    assert seen == [("job:a", "")]


@pytest.mark.django_db
def test_what_a_dead_worker_held_is_taken_over_when_its_lease_ends(clockwork, noon):
    clockwork.add("a")
    plan_day(DAY)
    reach = claims.Reach(noon, ["a"])
    dead = claims.claim(reach)
    assert dead is not None

    during = run_due(now=noon)
    Occurrence.objects.filter(pk=dead.pk).update(claimed_until=Now() - dt.timedelta(seconds=1))
    after = run_due(now=noon)

    assert (during.done, during.waiting) == (0, 1)
    assert after.done == 1
    # and the dead one, should it wake up, cannot overwrite what the other did
    assert claims.finish(dead, {"count": 99}) is False
    assert Occurrence.objects.get(pk=dead.pk).result == {"count": 1}


@pytest.mark.django_db(transaction=True)
def test_a_lease_is_renewed_while_the_run_goes_on(clockwork, noon, monkeypatch):
    monkeypatch.setattr(claims, "LEASE", dt.timedelta(seconds=0.6))
    other = []

    def run(occurrence):
        threading.Event().wait(1.5)
        other.append(claims.claim(claims.Reach(noon, ["a"])))
        return {}

    plan = [registry.Planned("flood", noon)]
    registry.register(registry.Job("a", "甲", lambda _: plan, run))

    summary = run_due(now=noon)

    assert other == [None]
    assert summary.done == 1


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_held_while_a_job_runs(clockwork, noon):
    seen = []

    def run(_occurrence):
        seen.append(connection.in_atomic_block)
        return {}

    plan = [registry.Planned("flood", noon)]
    registry.register(registry.Job("a", "甲", lambda _: plan, run))

    run_due(now=noon)

    assert seen == [False]


def ring_twice_at_once(now):
    """Two bells that ring together, each on a connection of its own."""
    together = threading.Barrier(2)

    def work():
        together.wait(10)
        try:
            run_due(now=now)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


SCOPES = tuple(f"flood/group-{n:02d}" for n in range(1, 19))


@pytest.mark.django_db(transaction=True)
def test_two_bells_at_once_run_each_thing_once(clockwork, noon):
    clockwork.add("a", scopes=SCOPES)
    clockwork.add("b", scopes=SCOPES, at=dt.time(10))

    ring_twice_at_once(noon)

    assert sorted(clockwork.ran) == sorted(f"{job} 5 {s}" for job in "ab" for s in SCOPES)
    assert clockwork.ran.index("b 5 flood/group-01") >= 18
    assert not Occurrence.objects.exclude(state=OccurrenceState.DONE).exists()


@pytest.mark.django_db(transaction=True)
def test_without_the_claim_two_bells_do_run_things_twice(clockwork, noon, monkeypatch):
    """The control arm: what the test above would let through if it could not fail."""
    clockwork.add("a", scopes=SCOPES)

    def look(reach):
        rows = Occurrence.objects.filter(job="a", state="expected", due_at__lte=reach.now)
        return rows.order_by("id").first()

    def mark(occurrence, _result):
        threading.Event().wait(0.01)
        Occurrence.objects.filter(pk=occurrence.pk).update(state="done")
        return True

    monkeypatch.setattr(claims, "claim", look)
    monkeypatch.setattr(claims, "finish", mark)

    ring_twice_at_once(noon)

    assert len(clockwork.ran) > len(set(clockwork.ran)) == 18


@pytest.mark.django_db
def test_ticks_are_called_each_time_and_one_that_fails_stops_no_other(clockwork, noon):
    calls = []

    def broken(_now):
        raise RuntimeError("no")

    registry.register_tick("broken", broken)
    registry.register_tick("settle", calls.append)

    run_ticks(now=noon)
    run_ticks(now=noon + HOUR)

    assert calls == [noon, noon + HOUR]


@pytest.mark.django_db(transaction=True)
def test_a_tick_that_is_under_way_is_left_to_whoever_is_at_it(clockwork, noon):
    calls, other = [], threading.Barrier(2)

    def slow(now):
        calls.append(now)
        other.wait(timeout=20)
        other.wait(timeout=20)

    registry.register_tick("slow", slow)
    first = threading.Thread(target=ring_ticks, args=(noon,))
    first.start()
    other.wait(timeout=20)

    run_ticks(now=noon + HOUR)
    other.wait(timeout=20)
    first.join()
    assert calls == [noon]

    registry.register_tick("slow", calls.append)
    run_ticks(now=noon + HOUR)
    assert calls == [noon, noon + HOUR]


def ring_ticks(now):
    try:
        run_ticks(now=now)
    finally:
        connection.close()


@pytest.mark.django_db
def test_midnight_in_beijing_begins_the_day(clockwork):
    clockwork.add("open", at=dt.time(0, 5))

    run_due(now=moment_on(DAY, dt.time(0, 6)).astimezone(dt.UTC))

    assert clockwork.ran == ["open 5 flood"]
