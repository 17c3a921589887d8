import datetime as dt

import pytest

from apps.core.dates import moment_on
from apps.jobs import registry
from apps.jobs.enums import OccurrenceState
from apps.jobs.models import Occurrence
from apps.jobs.services import plan_day, plan_missed_days

pytestmark = pytest.mark.django_db

DAY = dt.date(2021, 8, 5)


def planned(on=DAY):
    rows = Occurrence.objects.filter(on=on).exclude(job=registry.PLAN).order_by("job", "scope")
    return list(rows.values_list("job", "scope"))


def test_plan_day_writes_each_run_once(clockwork):
    clockwork.add("a", scopes=("flood", "drill"))
    clockwork.add("b", scopes=("",))

    assert plan_day(DAY) == 3
    assert plan_day(DAY) == 0
    assert planned() == [("a", "drill"), ("a", "flood"), ("b", "")]


def test_plan_day_with_nothing_new_reads_once_and_writes_nothing(
    clockwork, django_assert_num_queries
):
    clockwork.add("a")
    plan_day(DAY)

    # savepoints of the test's own transaction, who is acting, and the one reading
    with django_assert_num_queries(5) as captured:
        plan_day(DAY)

    statements = [query["sql"].split()[0] for query in captured.captured_queries]
    assert statements.count("SELECT") == 1
    assert {"INSERT", "UPDATE", "DELETE"}.isdisjoint(statements)


def test_plan_day_follows_an_hour_that_was_moved_until_it_ran(clockwork):
    clockwork.add("a", at=dt.time(17))
    clockwork.add("b", at=dt.time(17))
    plan_day(DAY)
    Occurrence.objects.filter(job="b").update(state=OccurrenceState.DONE)

    clockwork.add("a", at=dt.time(18))
    clockwork.add("b", at=dt.time(18))
    plan_day(DAY)

    due = dict(Occurrence.objects.values_list("job", "due_at"))
    assert due == {"a": moment_on(DAY, dt.time(18)), "b": moment_on(DAY, dt.time(17))}


def test_plan_day_withdraws_what_is_no_longer_asked_for_and_has_not_run(clockwork):
    clockwork.add("a", scopes=("flood", "drill"))
    plan_day(DAY)
    Occurrence.objects.filter(scope="flood").update(state=OccurrenceState.DONE)

    clockwork.add("a", scopes=())
    plan_day(DAY)

    assert planned() == [("a", "flood")]


def test_plan_day_of_one_campaign_touches_no_other(clockwork):
    clockwork.add("a", scopes=("flood", "flood-2021", "flood/group-03"))

    assert plan_day(DAY, scope_prefix="flood") == 2
    assert planned() == [("a", "flood"), ("a", "flood/group-03")]


def test_a_job_that_cannot_be_planned_stops_no_other_and_is_told(clockwork):
    def broken(_on):
        raise ValueError("no hours")

    registry.register(registry.Job("a", "甲任务", broken, lambda _: {}))
    clockwork.add("b")

    plan_missed_days(now=moment_on(DAY, dt.time(12)))

    assert planned() == [("b", "flood")]
    mark = Occurrence.objects.get(job=registry.PLAN)
    assert (mark.state, mark.error) == ("failed", "甲任务：ValueError: no hours")


def test_a_portal_that_never_planned_begins_today(clockwork):
    clockwork.add("a")

    plan_missed_days(now=moment_on(DAY, dt.time(12)))

    assert set(Occurrence.objects.values_list("on", flat=True)) == {DAY}


@pytest.mark.parametrize("dark", [1, 3, 7])
def test_days_missed_are_planned_and_marked_late(clockwork, dark):
    clockwork.add("a")
    plan_missed_days(now=moment_on(DAY, dt.time(12)))

    new = plan_missed_days(now=moment_on(DAY + dt.timedelta(days=dark + 1), dt.time(8)))

    assert new == dark + 1
    marks = Occurrence.objects.filter(job=registry.PLAN).order_by("on")
    assert list(marks.values_list("is_late", flat=True)) == [False, *[True] * dark, False]


def test_days_missed_are_those_on_which_a_campaign_ran(clockwork):
    clockwork.add("a", days={DAY, DAY + dt.timedelta(days=2)})
    plan_missed_days(now=moment_on(DAY, dt.time(12)))

    plan_missed_days(now=moment_on(DAY + dt.timedelta(days=7), dt.time(12)))

    days = Occurrence.objects.filter(job="a").order_by("on").values_list("on", flat=True)
    assert list(days) == [DAY, DAY + dt.timedelta(days=2)]


def test_a_day_that_failed_to_be_planned_is_planned_again_later(clockwork):
    def broken(_on):
        raise ValueError("no hours")

    clockwork.add("b")
    plan_missed_days(now=moment_on(DAY, dt.time(12)))
    registry.register(registry.Job("a", "甲任务", broken, lambda _: {}))
    plan_missed_days(now=moment_on(DAY + dt.timedelta(days=1), dt.time(12)))

    clockwork.add("a")
    plan_missed_days(now=moment_on(DAY + dt.timedelta(days=2), dt.time(12)))

    days = Occurrence.objects.filter(job="a").order_by("on").values_list("on", flat=True)
    assert list(days) == [DAY + dt.timedelta(days=n) for n in range(3)]


def test_the_name_of_the_mark_is_not_for_jobs():
    with pytest.raises(ValueError, match="own name"):
        registry.register(registry.Job(registry.PLAN, "", lambda _: [], lambda _: {}))
