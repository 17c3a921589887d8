"""The portal's own worker and beat, hurried: short leases, a bell each second, a clock to be set.

Started as `celery -A tests.drills.stage`. What rings, claims, runs and sends is the product's own;
only waiting times, the clock and the jobs are the drill's. With DRILL_CLAIM=off the claims are
taken away, to show what they are there for.
"""

from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from apps.core.dates import moment_on  # noqa: E402
from apps.jobs import registry  # noqa: E402
from apps.jobs.models import Occurrence  # noqa: E402
from apps.jobs.services import claims  # noqa: E402
from apps.messaging.enums import MessageKind  # noqa: E402
from apps.messaging.models import OutboxMessage  # noqa: E402
from apps.messaging.services import Mail, queue, sending  # noqa: E402
from config.celery import app  # noqa: E402

GROUPS = 18
MAILS = int(os.environ.get("DRILL_MAILS", "360")) // GROUPS
"""Mails of one group; the night closes with one more."""
CLOCK = Path(os.environ["PORTAL_HOME"]) / "clock"
TEXT = "示例单位：8月5日日报截报时间为17:00（数据截至17:00）。贵单位尚未报送，请安排填报。\n" * 8


def clock() -> dt.datetime:
    """The hour that the drill has set, going on from there."""
    return dt.datetime.now(dt.UTC) + dt.timedelta(seconds=float(CLOCK.read_text()))


def reminders(on: dt.date) -> list[registry.Planned]:
    due = moment_on(on, dt.time(21, 30))
    return [registry.Planned(f"drill/group-{n:02d}", due) for n in range(1, GROUPS + 1)]


def remind(occurrence: Occurrence) -> dict[str, Any]:
    """Two writes with a pause between, in one transaction: a kill may come in the midst."""
    group = occurrence.scope.rpartition("-")[2]
    mails = [letter(occurrence, f"desk{group}-{n}") for n in range(MAILS)]
    with transaction.atomic():
        queue(mails[: MAILS // 2])
        time.sleep(0.05)
        queue(mails[MAILS // 2 :])
    time.sleep(0.02)
    return {"mails": len(mails)}


def close(occurrence: Occurrence) -> dict[str, Any]:
    """The night's end: sees what the earlier work of the day has queued."""
    seen = OutboxMessage.objects.filter(on=occurrence.on, kind=MessageKind.REMINDER_UNIT).count()
    queue([letter(occurrence, "office", kind=MessageKind.NIGHT)])
    return {"seen": seen}


def letter(
    occurrence: Occurrence, name: str, kind: MessageKind = MessageKind.REMINDER_UNIT
) -> Mail:
    address = f"{name}@example.invalid"
    html = f"<p>{TEXT}</p>"
    return Mail(kind, occurrence.on, "night", address, "示例单位", "请报送日报", TEXT, html, True)


def closings(on: dt.date) -> list[registry.Planned]:
    return [registry.Planned("drill", moment_on(on, dt.time(22)))]


registry._jobs.clear()
registry._ticks.clear()
registry.register(
    registry.Job("remind", "催报", reminders, remind, expires_after=dt.timedelta(hours=1)),
    registry.Job("close", "四个一小结", closings, close),
)
timezone.now = clock
claims.LEASE = dt.timedelta(seconds=3)
claims.FIRST_PAUSE = dt.timedelta(seconds=0.5)
sending.LEASE = dt.timedelta(seconds=3)
sending.FIRST_PAUSE = dt.timedelta(seconds=0.5)
app.conf.beat_schedule = {
    "ring": {"task": "apps.jobs.tasks.ring", "schedule": 1.0, "options": {"expires": 5}},
    "deliver": {"task": "apps.messaging.tasks.deliver", "schedule": 1.0, "options": {"expires": 5}},
}


def take_claims_away() -> None:
    """A sender as one would write it first: read what is not sent, send it, say so."""

    def read(_sender: object, _now: dt.datetime) -> list[OutboxMessage]:
        rows = OutboxMessage.objects.exclude(state="sent").order_by("id")
        return list(rows[: sending.BATCH])

    sending.SIT_DOWN = "SELECT %s::text, %s::bigint IS NOT NULL"
    sending._Sender._claim = read  # type: ignore[method-assign]
    sending.ADVANCE = sending.ADVANCE.replace(
        "claimed_by = %(worker)s", "%(worker)s::text IS NOT NULL"
    )


if os.environ.get("DRILL_CLAIM") == "off":
    take_claims_away()
