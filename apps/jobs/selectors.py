"""Reads of the ledger: when each job last ran, what is late, what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet

from apps.core.dates import business_day, moment_on

from . import registry
from .enums import OPEN, OccurrenceState
from .models import Occurrence
from .services.claims import LATE_AFTER, MOST_TRIES

FAILURES_COUNT_FOR = timedelta(days=1)

IS_EXPECTED = Q(state=OccurrenceState.EXPECTED)
IS_OPEN = Q(state__in=OPEN)
IS_DONE = Q(state=OccurrenceState.DONE)
GIVEN_UP = Q(state=OccurrenceState.FAILED, tries__gte=MOST_TRIES)


@dataclass(frozen=True)
class JobStatus:
    """One job as the status page shows it; counts are of the last `days` days.

    `late` ran after their time, `missing` are due and have not been done, `failed` are those
    among them whose last try failed, `skipped` were too old to be of use.
    """

    name: str
    label: str
    last_done: datetime | None
    next_due: datetime | None
    done: int
    late: int
    missing: int
    failed: int
    skipped: int


def job_statuses(*, now: datetime, days: int = 7) -> list[JobStatus]:
    """Every registered job, and the planning itself, in the order of registration."""
    since = business_day(now) - timedelta(days=days - 1)
    recent, due = Q(on__gte=since), Q(due_at__lte=now)
    rows = Occurrence.objects.order_by().values("job")
    found: dict[str, Mapping[str, Any]] = {
        row["job"]: row
        for row in rows.annotate(
            last_done=Max("finished_at", filter=IS_DONE),
            next_due=Min("due_at", filter=IS_EXPECTED & Q(due_at__gt=now)),
            done=Count("id", filter=IS_DONE & recent),
            late=Count("id", filter=IS_DONE & recent & Q(is_late=True)),
            missing=Count("id", filter=IS_OPEN & due),
            failed=Count("id", filter=Q(state=OccurrenceState.FAILED)),
            skipped=Count("id", filter=Q(state=OccurrenceState.SKIPPED) & recent),
        )
    }
    return [_status(name, found.get(name, {}), now) for name in (registry.PLAN, *registry.jobs())]


def _status(name: str, row: Mapping[str, Any], now: datetime) -> JobStatus:
    counts = {key: row.get(key, 0) for key in ("done", "late", "missing", "failed", "skipped")}
    next_due = row.get("next_due") or _planned_next(name, after=business_day(now))
    return JobStatus(name, registry.label_of(name), row.get("last_done"), next_due, **counts)


def _planned_next(name: str, *, after: date) -> datetime | None:
    """When the job is due tomorrow, while tomorrow is not in the ledger yet."""
    tomorrow = after + timedelta(days=1)
    if name == registry.PLAN:
        return moment_on(tomorrow, time.min)
    plan = registry.jobs()[name].plan
    return min((run.due_at for run in plan(tomorrow)), default=None) if plan else None


@dataclass(frozen=True)
class Progress:
    """How far a run that somebody waits for is; `total` 0 when nobody can tell."""

    done: int
    total: int
    word: str
    trouble: str = ""

    @property
    def percent(self) -> int:
        return min(100 * self.done // self.total, 100) if self.total else 0


def progress_of(job: str, scope: str, *, word: str) -> Progress:
    """What the ledger says of a run on request; `word` while it is at it."""
    run = Occurrence.objects.filter(job=job, scope=scope).first()
    if run is None or run.state == OccurrenceState.EXPECTED:
        return Progress(0, 0, "已排队，等候办理")
    if run.state == OccurrenceState.FAILED:
        return Progress(0, 0, "未能办完，稍后自动再试", run.error)
    return Progress(run.result.get("done", 0), run.result.get("total", 0), word)


def late_occurrences(*, now: datetime) -> QuerySet[Occurrence]:
    """Runs of registered jobs that should have been done and are still to come."""
    rows = Occurrence.objects.open().filter(job__in=registry.jobs())
    return rows.exclude(GIVEN_UP).filter(due_at__lt=now - LATE_AFTER)


def given_up_occurrences(*, now: datetime) -> QuerySet[Occurrence]:
    """Runs of the last day that failed so often that only a person will try them again."""
    return Occurrence.objects.filter(GIVEN_UP, due_at__gte=now - FAILURES_COUNT_FOR)


def last_ring() -> datetime | None:
    """When the ledger was last looked through; None before the first time."""
    return Occurrence.objects.filter(job=registry.PLAN).aggregate(at=Max("finished_at"))["at"]
