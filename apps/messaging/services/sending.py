"""Lets mail leave exactly once, as far as the other side allows.

Rows are leased fifty at a time; one statement per mail says that the last one has gone and that
the next one is going. So a kill loses nothing, and at most the one mail that was on its way goes
again: with the same Message-ID and the same bytes. One sender works at a time.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from .. import channels
from ..composing import UnfitLetterError, compose
from ..models import OutboxMessage

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)
BATCH = 50
MOST_TRIES = 20
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
MOST_INTERRUPTIONS = 3
PATIENCE = 30.0
"""Seconds to wait for a database that went away before it heard that a mail has gone."""
LOCK = 7103002
"""Our advisory lock; any number that nobody else in the database uses."""

LOST = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
ACTOR = "job:deliver"
SIT_DOWN = "SELECT set_config('frontline.actor', %s, false), pg_try_advisory_lock(%s)"
GET_UP = "SELECT set_config('frontline.actor', '', false), pg_advisory_unlock(%s::bigint)"
# Materialized: read again within a join, the limited choice would lease more than the limit.
CLAIM = """
WITH free AS MATERIALIZED (
    SELECT id FROM messaging_outboxmessage
    WHERE state IN ('queued', 'sending')
      AND (claimed_until IS NULL OR claimed_until <= clock_timestamp())
      AND (not_before IS NULL OR not_before <= %(now)s)
    ORDER BY kind <> 'flash', id
    LIMIT %(most)s
    FOR UPDATE SKIP LOCKED
)
UPDATE messaging_outboxmessage AS mail
SET state = 'queued', claimed_by = %(worker)s, claimed_until = clock_timestamp() + %(lease)s
FROM free
WHERE mail.id = free.id
RETURNING mail.*
"""
ADVANCE = """
UPDATE messaging_outboxmessage
SET state = CASE id WHEN %(last)s THEN 'sent' ELSE 'sending' END,
    sent_at = CASE id WHEN %(last)s THEN clock_timestamp() ELSE sent_at END,
    error = CASE id WHEN %(last)s THEN '' ELSE error END,
    tries = tries + CASE id WHEN %(last)s THEN 0 ELSE 1 END,
    claimed_until = CASE id WHEN %(last)s THEN NULL ELSE clock_timestamp() + %(lease)s END
WHERE id IN (%(last)s, %(next)s) AND claimed_by = %(worker)s
  AND (id = %(last)s AND state = 'sending' OR id = %(next)s AND state IN ('queued', 'sending'))
RETURNING id
"""
SETTLE = """
UPDATE messaging_outboxmessage
SET state = %s, error = %s, claimed_by = '', claimed_until = clock_timestamp() + %s
WHERE id = %s AND claimed_by = %s AND state = 'sending'
"""
RELEASE = """
UPDATE messaging_outboxmessage SET claimed_by = '', claimed_until = NULL, error = %s
WHERE claimed_by = %s AND state = 'queued'
"""


@dataclass
class Delivery:
    """What one call did; `trouble` is why it stopped early."""

    sent: int = 0
    failed: int = 0
    postponed: int = 0
    is_busy: bool = False
    trouble: str = ""


def deliver(*, now: datetime) -> Delivery:
    """Send what may leave at `now`, until nothing is left or the way out is closed.

    Returns at once when another sender is at work. Must not be called inside a transaction: each
    mail is its own.
    """
    delivery = Delivery()
    with _sole_sender() as is_sole:
        if is_sole:
            _Sender(delivery).drain(now)
        else:
            delivery.is_busy = True
    return delivery


@contextmanager
def _sole_sender() -> Iterator[bool]:
    """Hold the sender's lock, and say for the whole session who is at work.

    Each statement commits by itself here, so there is no transaction that could carry the actor.
    """
    with connection.cursor() as cursor:
        cursor.execute(SIT_DOWN, [ACTOR, LOCK])
        _, is_sole = cursor.fetchone()
    try:
        yield is_sole
    finally:
        try:
            with connection.cursor() as cursor:
                cursor.execute(GET_UP, [LOCK if is_sole else None])
        except LOST:
            # The server is away, and with it the lock and whatever was said.
            connection.close()


class _Sender:
    """One drain of the outbox over one channel."""

    def __init__(self, delivery: Delivery) -> None:
        self.delivery = delivery
        self.worker = f"{socket.gethostname()[:50]}:{os.getpid()}:{secrets.token_hex(4)}"
        self.channel: channels.Channel | None = None
        self.interruptions = 0

    def drain(self, now: datetime) -> None:
        try:
            while not self.delivery.trouble and (rows := self._claim(now)):
                self._send_all(rows)
        finally:
            if self.channel is not None:
                self.channel.close()

    def _claim(self, now: datetime) -> list[OutboxMessage]:
        parameters = {"worker": self.worker, "lease": LEASE, "now": now, "most": BATCH}
        rows = OutboxMessage.objects.raw(CLAIM, parameters)
        return sorted(rows, key=lambda row: (row.kind != "flash", row.pk))

    def _send_all(self, rows: Sequence[OutboxMessage]) -> None:
        last: OutboxMessage | None = None
        for row in rows:
            if not self._is_open():
                break
            is_ours = self._advance(last, row)
            last = row if is_ours and self._send(row) else None
        if last is not None:
            self._advance(last, None)
        if self.delivery.trouble:
            self._execute(RELEASE, [self.delivery.trouble, self.worker])

    def _is_open(self) -> bool:
        """Have a channel, opening it when need be; else note the trouble."""
        if self.channel is None and not self.delivery.trouble:
            try:
                self.channel = channels.open_channel()
            except channels.ChannelError as error:
                log.warning("%s", error)
                self.delivery.trouble = str(error)
        return self.channel is not None

    def _send(self, row: OutboxMessage) -> bool:
        """Whether the mail has gone; what became of it otherwise is written down here."""
        assert self.channel is not None  # noqa: S101
        try:
            content = compose(row, sender=settings.DEFAULT_FROM_EMAIL)
            self.channel.send(row, content)
        except (UnfitLetterError, UnicodeError, channels.RefusedError) as error:
            self._give_up(row, str(error))
        except channels.PostponedError as error:
            self._postpone(row, str(error))
        except channels.ChannelError as error:
            self._interrupted(row, str(error))
        except Exception as error:
            # Whatever is wrong with one mail, the others must leave.
            log.warning("mail %s cannot be sent", row.message_id, exc_info=True)
            self._postpone(row, repr(error))
        else:
            self.delivery.sent += 1
            return True
        return False

    def _give_up(self, row: OutboxMessage, reason: str) -> None:
        log.warning("mail %s was refused: %s", row.message_id, reason)
        self._settle(row, "failed", reason, None)
        self.delivery.failed += 1

    def _postpone(self, row: OutboxMessage, reason: str) -> None:
        tries = row.tries + 1
        if tries >= MOST_TRIES:
            self._give_up(row, f"已尝试{tries}次：{reason}")
            return
        self._settle(row, "queued", reason, pause(tries))
        self.delivery.postponed += 1

    def _interrupted(self, row: OutboxMessage, reason: str) -> None:
        """The mail on its way may have arrived; it goes again later, under the same Message-ID."""
        log.warning("mail %s was interrupted: %s", row.message_id, reason)
        self._postpone(row, reason)
        self.interruptions += 1
        if self.channel is not None:
            self.channel.close()
            self.channel = None
        if self.interruptions >= MOST_INTERRUPTIONS:
            self.delivery.trouble = reason

    def _advance(self, last: OutboxMessage | None, following: OutboxMessage | None) -> bool:
        """Say in one statement that `last` has gone and `following` is going.

        False when `following` is not ours any more: called back, or its lease ran out.
        """
        parameters = {
            "worker": self.worker,
            "lease": LEASE,
            "last": last.pk if last else 0,
            "next": following.pk if following else 0,
        }
        opened = self._execute(ADVANCE, parameters, returning=True)
        return following is not None and following.pk in opened

    def _settle(self, row: OutboxMessage, state: str, reason: str, wait: timedelta | None) -> None:
        self._execute(SETTLE, [state, reason[:2000], wait, row.pk, self.worker])

    def _execute(self, statement: str, parameters: Any, *, returning: bool = False) -> list[int]:
        """Execute, waiting for a database that is starting again: what has gone must be noted."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                connection.ensure_connection()
                # Past Django's cursor: the same few statements for every mail, planned once.
                with psycopg.Cursor(connection.connection) as cursor:
                    cursor.execute(statement, parameters, prepare=True)
                    return [pk for (pk,) in cursor.fetchall()] if returning else []
            except LOST as error:
                if connection.in_atomic_block or time.monotonic() > deadline:
                    raise
                # Others may send from now on: our lock went with the connection.
                self.delivery.trouble = self.delivery.trouble or f"数据库连接中断：{error}"
                connection.close()
                time.sleep(0.2)


def pause(tries: int) -> timedelta:
    """How long a mail waits after its `tries`-th attempt: 1, 2, 4 … at most 60 minutes."""
    return min(FIRST_PAUSE * 2 ** (min(tries, 12) - 1), LONGEST_PAUSE)
