"""GET /healthz: whether the portal works, for a monitor. Public, cheap, and without secrets."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.connection import Connection
from kombu.exceptions import KombuError

from apps.core.dates import to_local
from apps.core.permissions import PUBLIC
from apps.jobs import selectors as jobs
from apps.messaging import selectors as messages

OLDEST_MAIL = timedelta(minutes=15)
SILENT_BELL = timedelta(minutes=5)


@never_cache
@require_safe
@transaction.non_atomic_requests
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 when everything works, else 503; the answer names what does not."""
    now = timezone.now()
    ledger, troubles = look_at_ledger(now)
    broker = "ok" if broker_answers() else "down"
    if broker == "down":
        troubles.append("broker")
    answer = {
        "status": "trouble" if troubles else "ok",
        "troubles": troubles,
        "database": "down" if "database" in troubles else "ok",
        "broker": broker,
        **ledger,
    }
    response = JsonResponse(answer, status=503 if troubles else 200)
    # The monitor that asks raises the alarm; a line of error log per question helps nobody.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


healthz.permission = PUBLIC  # type: ignore[attr-defined]


def look_at_ledger(now: datetime) -> tuple[dict[str, Any], list[str]]:
    """What the database says, and the names of what is wrong."""
    blank = {"oldest_message": None, "late_jobs": None, "failed_jobs": None, "last_ring": None}
    try:
        oldest, ring = messages.oldest_waiting(now), jobs.last_ring()
        late = jobs.late_occurrences(now=now).count()
        failed = jobs.given_up_occurrences(now=now).count()
    except DatabaseError:
        connection.close()
        return blank, ["database"]
    wrong = {
        "oldest_message": oldest is not None and oldest < now - OLDEST_MAIL,
        "late_jobs": late > 0,
        "failed_jobs": failed > 0,
        "last_ring": ring is not None and ring < now - SILENT_BELL,
    }
    found = {
        "oldest_message": to_local(oldest).isoformat() if oldest else None,
        "late_jobs": late,
        "failed_jobs": failed,
        "last_ring": to_local(ring).isoformat() if ring else None,
    }
    return found, [name for name, is_wrong in wrong.items() if is_wrong]


def broker_answers() -> bool:
    """Whether Redis can be reached within a moment."""
    limits = {"socket_connect_timeout": 1, "socket_timeout": 1}
    try:
        with Connection(settings.CELERY_BROKER_URL, transport_options=limits) as broker:
            broker.ensure_connection(max_retries=1, timeout=1)
    except (OSError, KombuError):
        return False
    return True
