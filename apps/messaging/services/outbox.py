"""Mail waiting to leave: queued once, rendered once, held or let go."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from ..enums import MessageKind, MessageState
from ..models import OutboxMessage

INSERT = """
INSERT INTO messaging_outboxmessage
    (kind, "on", slot, address, recipient, is_drill, dedupe_key, message_id, subject, text, html,
     state, not_before, queued_at, tries, claimed_by, error)
SELECT mail.*, statement_timestamp(), 0, '', ''
FROM unnest(%s::text[], %s::date[], %s::text[], %s::text[], %s::text[], %s::boolean[], %s::text[],
            %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[]) AS mail
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Mail:
    """One mail to one address, ready to read.

    Per `kind`, day `on`, `slot` and address there is one real mail and one of a drill. `held`
    waits for a person's `release`; `not_before` keeps the quiet hours.
    """

    kind: MessageKind
    on: date
    slot: str
    address: str
    recipient: str
    subject: str
    text: str
    html: str
    is_drill: bool = False
    held: bool = False
    not_before: datetime | None = None

    @property
    def dedupe_key(self) -> str:
        world = "drill" if self.is_drill else "real"
        return f"{self.kind}|{self.on.isoformat()}|{self.slot}|{self.address.lower()}|{world}"


def queue(mails: Iterable[Mail]) -> int:
    """Put mails into the outbox in one statement; how many were new.

    A mail whose key is known is left as it is, whatever became of it: asking twice sends once.
    The Message-ID is fixed here. Belongs into the transaction that is the reason for the mail.
    """
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(" >")
    rows = [_row(mail, domain) for mail in mails]
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [list(column) for column in zip(*rows, strict=True)])
        return int(cursor.rowcount)


def _row(mail: Mail, domain: str) -> tuple[Any, ...]:
    return (
        str(mail.kind),
        mail.on,
        mail.slot,
        mail.address,
        " ".join(mail.recipient.split()),
        mail.is_drill,
        mail.dedupe_key,
        f"<{uuid4().hex}@{domain}>",
        " ".join(mail.subject.split())[:200],
        mail.text,
        mail.html,
        (MessageState.HELD if mail.held else MessageState.QUEUED).value,
        mail.not_before,
    )


def release(on: date, kind: MessageKind, slot: str, *, is_drill: bool | None = None) -> int:
    """Let mails go that waited for a person; how many. `is_drill` None means both worlds."""
    held = _of_slot(on, kind, slot, is_drill).filter(state=MessageState.HELD)
    return held.update(state=MessageState.QUEUED)


def suppress(
    on: date,
    kind: MessageKind,
    slot: str,
    *,
    addresses: Collection[str] | None = None,
    is_drill: bool | None = None,
) -> int:
    """Call back mails that have not left, all of a slot or those to `addresses`; how many.

    One that is being sent at this moment can no longer be called back and is not counted.
    """
    waiting = _of_slot(on, kind, slot, is_drill).filter(
        state__in=[MessageState.QUEUED, MessageState.HELD]
    )
    if addresses is not None:
        waiting = waiting.filter(address__in=addresses)
    return waiting.update(state=MessageState.SUPPRESSED)


def release_chosen(ids: Collection[int]) -> int:
    """Let those of the mails go that wait for a person; how many."""
    held = OutboxMessage.objects.filter(pk__in=ids, state=MessageState.HELD)
    return held.update(state=MessageState.QUEUED)


def resend(ids: Collection[int]) -> int:
    """Send those of the mails again that failed, each under its old Message-ID; how many."""
    failed = OutboxMessage.objects.filter(pk__in=ids, state=MessageState.FAILED)
    return failed.update(state=MessageState.QUEUED, tries=0, claimed_until=None, error="")


def _of_slot(
    on: date, kind: MessageKind, slot: str, is_drill: bool | None
) -> QuerySet[OutboxMessage]:
    rows = OutboxMessage.objects.filter(on=on, kind=kind, slot=slot)
    return rows if is_drill is None else rows.filter(is_drill=is_drill)
