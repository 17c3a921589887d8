"""Messages inside the portal, one per user and key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from ..enums import MessageKind
from ..models import InboxMessage

INSERT = """
INSERT INTO messaging_inboxmessage (user_id, kind, dedupe_key, subject, text, path, created_at)
SELECT note.*, statement_timestamp()
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[]) AS note
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Note:
    """What one user shall find in the inbox; `path` is the page of the portal it is about."""

    user_id: int
    kind: MessageKind
    dedupe_key: str
    subject: str
    text: str
    path: str


def notify(notes: Iterable[Note]) -> int:
    """Put notes into inboxes in one statement; how many were new. Known keys are left alone."""
    rows = [(n.user_id, str(n.kind), n.dedupe_key, n.subject[:200], n.text, n.path) for n in notes]
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [list(column) for column in zip(*rows, strict=True)])
        return int(cursor.rowcount)


def mark_read(message: InboxMessage, *, now: datetime) -> None:
    """The first reading counts."""
    InboxMessage.objects.filter(pk=message.pk, read_at=None).update(read_at=now)


def mark_all_read(user: Any, *, now: datetime) -> int:
    """Mark every unread message of `user` read; how many there were."""
    return int(InboxMessage.objects.visible_to(user).unread().update(read_at=now))
