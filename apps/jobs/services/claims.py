"""A claim is a lease: taken in one statement, renewed while the work goes on, given back at its end.

No transaction stays open meanwhile. Leases are measured by the database's clock, which all
workers share; whether something is due is measured by the `now` of the caller.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import TracebackType
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, connection, transaction

from apps.core.audit_context import acting

from ..enums import OccurrenceState
from ..models import Occurrence

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
LONGEST_RUN = timedelta(minutes=30)
"""A run that takes longer hangs: its lease is renewed no more and somebody else takes it."""
LATE_AFTER = timedelta(minutes=10)
MOST_TRIES = 12
PATIENT_TRIES = 3
"""Later work of the same campaign waits for so many tries of an earlier one, then goes past it."""
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=30)

# `e` is due before `o` and not finished. Among equal moments the order of registration decides.
CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id, job, due_at, state, tries, claimed_until, scope,
           split_part(scope, '/', 1) AS line, array_position(%(jobs)s::text[], job::text) AS place
    FROM jobs_occurrence
    WHERE state IN ('expected', 'running', 'failed')
      AND due_at <= %(now)s
      AND job = ANY(%(jobs)s)
      AND (%(on)s::date IS NULL OR "on" = %(on)s)
      AND (%(prefix)s = '' OR scope = %(prefix)s OR starts_with(scope, %(prefix)s || '/'))
), free AS (
    SELECT o.id FROM due o
    WHERE (o.claimed_until IS NULL OR o.claimed_until <= clock_timestamp())
      AND NOT (o.state = 'failed' AND o.tries >= %(most)s)
      AND NOT EXISTS (
          SELECT FROM due e
          WHERE (e.due_at, e.place) < (o.due_at, o.place)
            AND NOT (e.state = 'failed' AND e.tries >= %(patient)s)
            AND (e.line = o.line OR e.line IN ('', 'all') OR o.line IN ('', 'all')))
), taken AS (
    SELECT id FROM jobs_occurrence
    WHERE id IN (SELECT id FROM free)
      AND state IN ('expected', 'running', 'failed')
      AND (claimed_until IS NULL OR claimed_until <= clock_timestamp())
    ORDER BY due_at, array_position(%(jobs)s::text[], job::text), scope, id
    LIMIT 1
    FOR UPDATE SKIP LOCKED
)
UPDATE jobs_occurrence AS claimed
SET state = 'running', claimed_by = %(worker)s, claimed_until = clock_timestamp() + %(lease)s,
    tries = tries + 1, started_at = clock_timestamp(), finished_at = NULL, error = '',
    is_late = is_late OR due_at < %(now)s - %(late)s
FROM taken WHERE claimed.id = taken.id
RETURNING claimed.*
"""
RENEW = """
UPDATE jobs_occurrence SET claimed_until = clock_timestamp() + %s
WHERE id = %s AND claimed_by = %s AND state = 'running'
"""
CLOSE = """
UPDATE jobs_occurrence
SET state = %s, result = %s, error = %s, finished_at = clock_timestamp(),
    claimed_by = '', claimed_until = clock_timestamp() + %s
WHERE id = %s AND claimed_by = %s AND state = 'running'
"""


@dataclass(frozen=True)
class Reach:
    """Which part of the ledger a worker looks at."""

    now: datetime
    jobs: Sequence[str]
    on: date | None = None
    prefix: str = ""


@contextmanager
def ledger() -> Iterator[None]:
    """A short transaction in which the ledger itself acts, not the job and not a person."""
    with acting("job:ledger"), transaction.atomic():
        yield


def claim(reach: Reach) -> Occurrence | None:
    """Take the next run that is due and free, or None. Two workers never hold the same one."""
    worker = f"{socket.gethostname()[:50]}:{os.getpid()}:{secrets.token_hex(4)}"
    parameters = {
        "now": reach.now,
        "jobs": list(reach.jobs),
        "on": reach.on,
        "prefix": reach.prefix,
        "worker": worker,
        "lease": LEASE,
        "late": LATE_AFTER,
        "most": MOST_TRIES,
        "patient": PATIENT_TRIES,
    }
    with ledger():
        return next(iter(Occurrence.objects.raw(CLAIM, parameters)), None)


def finish(occurrence: Occurrence, result: dict[str, Any]) -> bool:
    """Mark the run done; False when the lease was lost meanwhile and the run is not ours."""
    return _close(occurrence, OccurrenceState.DONE, result=result)


def fail(occurrence: Occurrence, error: str) -> bool:
    """Keep the reason and let the run be tried again after a pause that grows."""
    return _close(occurrence, OccurrenceState.FAILED, error=error, pause=pause(occurrence.tries))


def pause(tries: int) -> timedelta:
    """How long to wait after the `tries`-th failure: 30 s, 1, 2, 4 … at most 30 minutes."""
    return min(FIRST_PAUSE * 2 ** max(min(tries, 12) - 1, 0), LONGEST_PAUSE)


def _close(
    occurrence: Occurrence,
    state: OccurrenceState,
    *,
    result: dict[str, Any] | None = None,
    error: str = "",
    pause: timedelta | None = None,
) -> bool:
    stored = json.dumps(result or {}, cls=DjangoJSONEncoder, ensure_ascii=False)
    row: list[Any] = [
        state.value,
        stored,
        error[:4000],
        pause,
        occurrence.pk,
        occurrence.claimed_by,
    ]
    with ledger(), connection.cursor() as cursor:
        cursor.execute(CLOSE, row)
        is_ours = bool(cursor.rowcount == 1)
    if not is_ours:
        log.warning("the lease of %s was lost before it ended", occurrence)
    return is_ours


class Renewal:
    """Renews the lease of one run from a thread of its own, on a connection of its own."""

    def __init__(self, occurrence: Occurrence) -> None:
        self._occurrence = occurrence
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._renew, name="lease", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _renew(self) -> None:
        hangs_at = time.monotonic() + LONGEST_RUN.total_seconds()
        row: list[Any] = [LEASE, self._occurrence.pk, self._occurrence.claimed_by]
        try:
            while not self._ended.wait(LEASE.total_seconds() / 3):
                if time.monotonic() > hangs_at:
                    log.warning("%s hangs; its lease is not renewed any more", self._occurrence)
                    return
                try:
                    with ledger(), connection.cursor() as cursor:
                        cursor.execute(RENEW, row)
                except DatabaseError:
                    # The server is away; the lease outlasts a restart, and we try again.
                    log.warning("the lease of %s could not be renewed", self._occurrence)
                    connection.close()
        finally:
            connection.close()
