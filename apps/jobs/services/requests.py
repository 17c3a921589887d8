"""Work that people ask for, such as an import: written into the ledger, told to the worker at once."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import DatabaseError, connection, transaction
from kombu.exceptions import OperationalError

from apps.core.dates import business_day

from .. import registry
from ..models import Occurrence
from .claims import LEASE, ledger

log = logging.getLogger(__name__)

TOLD_EVERY = 0.5

PROGRESS = """
UPDATE jobs_occurrence
SET result = jsonb_build_object('done', %s::bigint, 'total', %s::bigint),
    claimed_until = clock_timestamp() + %s
WHERE id = %s AND claimed_by = %s AND state = 'running'
"""


def request(job: str, *, scope: str, now: datetime) -> Occurrence:
    """Have `job` run once for `scope`, as soon as the caller's transaction is through.

    The scope names the request (`import-12`) and is its own line: requests do not wait for each
    other. Asked again, the first request is answered. Without a broker the next minute finds it.
    Raises ValueError when no such job runs on request.
    """
    if job not in registry.requested():
        raise ValueError(f"{job} does not run on request")
    occurrence, _ = Occurrence.objects.get_or_create(
        job=job, on=business_day(now), scope=scope, defaults={"due_at": now}
    )
    transaction.on_commit(_ring)
    return occurrence


def note_progress(occurrence: Occurrence, *, done: int, total: int) -> None:
    """Say how far a run is, and renew its lease. Others see it when the transaction ends: call it
    between transactions."""
    row: list[Any] = [done, total, LEASE, occurrence.pk, occurrence.claimed_by]
    with ledger(), connection.cursor() as cursor:
        cursor.execute(PROGRESS, row)


def note_within(occurrence: Occurrence) -> Callable[[int, int], None]:
    """`note_progress` for a run that is one transaction: told on a connection of its own, others
    see it at once. At most twice a second: a connection costs some milliseconds."""
    last = time.monotonic()

    def note(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= TOLD_EVERY:
            last = time.monotonic()
            thread = threading.Thread(target=_note_apart, args=(occurrence, done, total))
            thread.start()
            thread.join()

    return note


def _note_apart(occurrence: Occurrence, done: int, total: int) -> None:
    try:
        note_progress(occurrence, done=done, total=total)
    except DatabaseError:
        log.warning("how far %s is could not be told", occurrence)
    finally:
        connection.close()


def _ring() -> None:
    from ..tasks import work

    try:
        work.apply_async(retry=False)
    except OperationalError:
        log.warning("the broker is away; the next minute finds the request")
