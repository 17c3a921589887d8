"""Writes down what a day asks for, before anything of it runs."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max, Min, Q

from apps.core.dates import business_day, moment_on

from .. import registry
from ..enums import OccurrenceState
from ..models import Occurrence
from .claims import ledger

log = logging.getLogger(__name__)

INSERT = """
INSERT INTO jobs_occurrence
    (job, "on", scope, due_at, state, claimed_by, tries, is_late, result, error)
SELECT job, %s, scope, due_at, 'expected', '', 0, false, '{}', ''
FROM unnest(%s::text[], %s::text[], %s::timestamptz[]) AS planned(job, scope, due_at)
ON CONFLICT (job, "on", scope) DO UPDATE SET due_at = excluded.due_at
WHERE jobs_occurrence.state = 'expected'
"""
MARK = """
INSERT INTO jobs_occurrence
    (job, "on", scope, due_at, state, claimed_by, tries, finished_at, is_late, result, error)
VALUES (%s, %s, '', %s, %s, '', 1, %s, %s, '{}', %s)
ON CONFLICT (job, "on", scope) DO UPDATE
SET state = excluded.state, finished_at = excluded.finished_at, error = excluded.error
"""


def plan_missed_days(*, now: datetime) -> int:
    """Plan today and every day since the last one that was planned whole; how many rows are new.

    A portal that has never planned begins today: what lies before it is history, not work.
    """
    today = business_day(now)
    marks = Occurrence.objects.filter(job=registry.PLAN).aggregate(
        last=Max("on", filter=Q(state=OccurrenceState.DONE)),
        unfinished=Min("on", filter=Q(state=OccurrenceState.FAILED)),
    )
    last = marks["last"]
    first = min(day for day in (last, marks["unfinished"], today) if day is not None)
    new = 0
    for distance in range((today - first).days + 1):
        on = first + timedelta(days=distance)
        added, troubles = _plan(on)
        new += added
        _mark(on, now=now, is_late=on < today and on != last, troubles=troubles)
    return new


def plan_day(on: date, *, jobs: Collection[str] | None = None, scope_prefix: str = "") -> int:
    """Plan one day, whole or in part, leaving no mark; how many rows are new."""
    return _plan(on, jobs=jobs, scope_prefix=scope_prefix)[0]


def _plan(
    on: date, *, jobs: Collection[str] | None = None, scope_prefix: str = ""
) -> tuple[int, list[str]]:
    """New rows, moved hours, and withdrawal of what is not asked for any more.

    One reading when nothing has changed. A job whose plan fails is named among the troubles and
    keeps its rows; the others are planned all the same.
    """
    planned: dict[tuple[str, str], datetime] = {}
    troubles: list[str] = []
    answered: list[str] = []
    for name, job in registry.planned().items():
        if job.plan is None or (jobs is not None and name not in jobs):
            continue
        try:
            with ledger():
                runs = {(name, run.scope): run.due_at for run in job.plan(on)}
        except Exception as error:
            log.warning("job %s could not be planned for %s", name, on, exc_info=True)
            troubles.append(f"{job.label}：{type(error).__name__}: {error}")
        else:
            answered.append(name)
            planned |= {key: due for key, due in runs.items() if within(key[1], scope_prefix)}
    with ledger():
        return _write(on, planned, answered, scope_prefix), troubles


def within(scope: str, prefix: str) -> bool:
    """Whether `scope` is `prefix` or lies below it; `flood` does not hold `flood-2021`."""
    return not prefix or scope == prefix or scope.startswith(f"{prefix}/")


def _write(
    on: date, planned: dict[tuple[str, str], datetime], answered: list[str], prefix: str
) -> int:
    known = {
        (job, scope): (pk, state, due_at)
        for pk, job, scope, state, due_at in Occurrence.objects.filter(
            on=on, job__in=answered
        ).values_list("pk", "job", "scope", "state", "due_at")
    }
    new = [key for key in planned if key not in known]
    moved = [
        key
        for key, due in planned.items()
        if key in known and known[key][1] == OccurrenceState.EXPECTED and known[key][2] != due
    ]
    _insert(on, [(*key, planned[key]) for key in (*new, *moved)])
    withdrawn = [
        pk for key, (pk, *_) in known.items() if key not in planned and within(key[1], prefix)
    ]
    if withdrawn:
        Occurrence.objects.filter(pk__in=withdrawn, state=OccurrenceState.EXPECTED).delete()
    return len(new)


def _insert(on: date, rows: list[tuple[str, str, datetime]]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(INSERT, [on, *(list(column) for column in zip(*rows, strict=True))])


def _mark(on: date, *, now: datetime, is_late: bool, troubles: list[str]) -> None:
    """The day's own row: `finished_at` is the last time the ledger was looked through."""
    state = OccurrenceState.FAILED if troubles else OccurrenceState.DONE
    reason = "\n".join(troubles)
    row: list[Any] = [registry.PLAN, on, moment_on(on, time.min), state, now, is_late, reason]
    with ledger(), connection.cursor() as cursor:
        cursor.execute(MARK, row)
