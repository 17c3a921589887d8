"""Plan, claim, run: what the bell, the nightly command and the drill all call."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import Q

from apps.core.audit_context import acting
from apps.core.dates import business_day
from apps.core.errors import DomainError
from apps.core.statements import alone_at

from .. import registry
from ..enums import OccurrenceState
from ..models import Occurrence
from . import claims
from .planning import plan_day, plan_missed_days

log = logging.getLogger(__name__)

SKIP_EXPIRED = """
UPDATE jobs_occurrence AS o
SET state = 'skipped', claimed_by = '', claimed_until = NULL,
    finished_at = clock_timestamp(), error = ''
FROM unnest(%(jobs)s::text[], %(limits)s::interval[]) AS expiry(job, after)
WHERE o.job = expiry.job AND o.due_at < %(now)s - expiry.after
  AND o.state IN ('expected', 'running', 'failed')
  AND (o.claimed_until IS NULL OR o.state = 'failed' OR o.claimed_until <= clock_timestamp())
  AND (%(on)s::date IS NULL OR o."on" = %(on)s)
  AND (%(prefix)s = '' OR o.scope = %(prefix)s OR starts_with(o.scope, %(prefix)s || '/'))
RETURNING o.*
"""


@dataclass(frozen=True)
class Outcome:
    """What became of one occurrence."""

    job: str
    on: date
    scope: str
    state: str
    is_late: bool
    result: dict[str, Any]
    error: str = ""

    @classmethod
    def of(
        cls,
        occurrence: Occurrence,
        state: OccurrenceState,
        *,
        result: dict[str, Any] | None = None,
        error: str = "",
    ) -> Outcome:
        o = occurrence
        return cls(o.job, o.on, o.scope, state.value, o.is_late, result or {}, error)


@dataclass(frozen=True)
class RunSummary:
    """What one call did. `waiting`: due by now, and left for later or to another worker."""

    planned: int
    outcomes: tuple[Outcome, ...]
    waiting: int

    @property
    def done(self) -> int:
        return self._count(OccurrenceState.DONE)

    @property
    def failed(self) -> int:
        return self._count(OccurrenceState.FAILED)

    @property
    def skipped(self) -> int:
        return self._count(OccurrenceState.SKIPPED)

    @property
    def late(self) -> int:
        return sum(outcome.is_late for outcome in self.outcomes)

    def _count(self, state: OccurrenceState) -> int:
        return sum(outcome.state == state for outcome in self.outcomes)


def run_due(
    *,
    now: datetime,
    on: date | None = None,
    jobs: Collection[str] | None = None,
    scope_prefix: str = "",
    progress: Callable[[Outcome], object] | None = None,
) -> RunSummary:
    """Run whatever is due at `now`, the oldest first; a second call finds nothing to do.

    Without `on` the days missed since the last planning are planned and caught up too; with it
    only that day is looked at. `jobs` and `scope_prefix` (a campaign's code) narrow further.
    Safe to call from many workers at once. Work of one campaign runs in the order of its hours.
    """
    names = _names(jobs)
    if on is None and jobs is None and not scope_prefix:
        planned = plan_missed_days(now=now)
    else:
        planned = plan_day(on or business_day(now), jobs=names, scope_prefix=scope_prefix)
    reach = claims.Reach(now, names, on, scope_prefix)
    outcomes = list(_skip_expired(reach))
    for outcome in outcomes:
        _tell(progress, outcome)
    outcomes += _run_all(reach, progress)
    return RunSummary(planned, tuple(outcomes), _waiting(reach))


def run_requested(*, now: datetime) -> RunSummary:
    """Run what people have asked for. Apart from the day's work: neither waits for the other."""
    reach = claims.Reach(now, list(registry.requested()))
    return RunSummary(0, tuple(_run_all(reach, None)), _waiting(reach))


def _run_all(
    reach: claims.Reach, progress: Callable[[Outcome], object] | None
) -> Iterator[Outcome]:
    while (occurrence := claims.claim(reach)) is not None:
        outcome = _run(occurrence)
        _tell(progress, outcome)
        yield outcome


def run_ticks(*, now: datetime) -> None:
    """Call what upper apps want called each minute; one that fails does not stop the others.

    Two bells at once change nothing: whoever finds another at a tick leaves it to them.
    """
    for name, tick in registry.ticks().items():
        try:
            with alone_at(f"tick:{name}") as is_ours, acting(f"job:{name}"):
                if is_ours:
                    tick(now)
        except Exception:
            log.warning("tick %s failed", name, exc_info=True)
            _drop_broken_connection()


def retry_occurrence(occurrence: Occurrence) -> None:
    """Have a failed run tried again at the next bell. Raises DomainError when it has not failed."""
    freed = Occurrence.objects.filter(pk=occurrence.pk, state=OccurrenceState.FAILED).exclude(
        job=registry.PLAN
    )
    if not freed.update(tries=0, claimed_until=None):
        raise DomainError("该任务不在“失败”状态，无需再试。")


def _names(jobs: Collection[str] | None) -> list[str]:
    known = list(registry.planned())
    if jobs is None:
        return known
    if unknown := set(jobs) - set(known):
        raise ValueError(f"unknown jobs: {', '.join(sorted(unknown))}")
    return [name for name in known if name in jobs]


def _skip_expired(reach: claims.Reach) -> list[Outcome]:
    expiring = [
        job for name in reach.jobs if (job := registry.jobs()[name]).expires_after is not None
    ]
    if not expiring:
        return []
    parameters = {
        "now": reach.now,
        "on": reach.on,
        "prefix": reach.prefix,
        "jobs": [job.name for job in expiring],
        "limits": [job.expires_after for job in expiring],
    }
    with claims.ledger():
        skipped = list(Occurrence.objects.raw(SKIP_EXPIRED, parameters))
    return [Outcome.of(occurrence, OccurrenceState.SKIPPED) for occurrence in skipped]


def _run(occurrence: Occurrence) -> Outcome:
    job = registry.jobs()[occurrence.job]
    try:
        with acting(f"job:{job.name}"), claims.Renewal(occurrence):
            result = job.run(occurrence) or {}
    except Exception as error:
        reason = error.message if isinstance(error, DomainError) else repr(error)
        log.warning("%s failed, try %s", occurrence, occurrence.tries, exc_info=True)
        _drop_broken_connection()
        claims.fail(occurrence, reason)
        return Outcome.of(occurrence, OccurrenceState.FAILED, error=reason)
    claims.finish(occurrence, result)
    return Outcome.of(occurrence, OccurrenceState.DONE, result=result)


def _drop_broken_connection() -> None:
    """After a database error the connection may be dead; the next statement opens a new one."""
    if connection.in_atomic_block:
        return
    try:
        connection.close_if_unusable_or_obsolete()
    except DatabaseError:
        connection.close()


def _tell(progress: Callable[[Outcome], object] | None, outcome: Outcome) -> None:
    if progress is not None:
        progress(outcome)


def _waiting(reach: claims.Reach) -> int:
    rows = Occurrence.objects.filter(
        Q(state__in=[OccurrenceState.EXPECTED, OccurrenceState.RUNNING])
        | Q(state=OccurrenceState.FAILED, tries__lt=claims.MOST_TRIES),
        due_at__lte=reach.now,
        job__in=reach.jobs,
    )
    if reach.on is not None:
        rows = rows.filter(on=reach.on)
    if reach.prefix:
        rows = rows.filter(Q(scope=reach.prefix) | Q(scope__startswith=f"{reach.prefix}/"))
    return rows.count()
