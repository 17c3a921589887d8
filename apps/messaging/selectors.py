"""Reads of the outbox: what waits, what has gone, by kind and state; and of the inbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min

from apps.core.scope import scope_of
from apps.core.statements import fetched

from .models import OutboxMessage


@dataclass(frozen=True)
class Tally:
    """How many mails of a kind are in a state, and since when the oldest was queued."""

    kind: str
    state: str
    count: int
    oldest: datetime
    last_sent: datetime | None


def outbox_tallies() -> list[Tally]:
    """One line per kind and state that occurs."""
    rows = OutboxMessage.objects.order_by("kind", "state").values("kind", "state")
    counted = rows.annotate(n=Count("id"), oldest=Min("queued_at"), sent=Max("sent_at"))
    return [Tally(r["kind"], r["state"], r["n"], r["oldest"], r["sent"]) for r in counted]


def oldest_waiting(now: datetime) -> datetime | None:
    """Since when the oldest mail that may leave at `now` has been allowed to; None when all went.

    A mail kept back over the quiet hours waits from their end.
    """
    rows = OutboxMessage.objects.waiting(now).values_list("queued_at", "not_before")
    return min((max(queued, kept or queued) for queued, kept in rows), default=None)


def count_unread(user: Any) -> int:
    """What `InboxMessage` holds for `user` unread; asked on every page, so by hand."""
    if not scope_of(user).roles:
        return 0
    [[count]] = fetched(UNREAD, user=user.pk)
    return int(count)


UNREAD = """
SELECT COUNT(*) FROM messaging_inboxmessage WHERE user_id = %(user)s AND read_at IS NULL
"""
