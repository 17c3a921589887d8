"""A mail as bytes. The same row always gives the same bytes: a resend is no second mail.

Written by hand, not by email.message: it has to be quick, and stable over Python's versions.
"""

from __future__ import annotations

import base64
import re
from datetime import datetime
from email.utils import format_datetime, parseaddr
from hashlib import sha256
from typing import Protocol

from apps.core.dates import to_local

WORD_BYTES = 39
"""So many bytes of UTF-8 fit an encoded word on one line with the header's name (RFC 2047)."""
UNSAFE = re.compile(r"[\x00-\x1f\x7f]")
PLAIN = re.compile(r"[A-Za-z0-9 -]{0,60}")
ADDRESS = re.compile(r"[!-?A-~]+@[!-?A-~]+")


class Letter(Protocol):
    """The columns of an outbox row that make up the mail."""

    message_id: str
    address: str
    recipient: str
    subject: str
    text: str
    html: str
    queued_at: datetime


class UnfitLetterError(ValueError):
    """The row cannot become a mail, for instance because the address is none."""


def compose(letter: Letter, *, sender: str) -> bytes:
    """The mail with CRLF line ends, ready for SMTP. `sender` may be `名称 <address>`.

    Raises UnfitLetterError.
    """
    if not ADDRESS.fullmatch(letter.address):
        raise UnfitLetterError("收件地址不是有效的邮件地址")
    head = [
        f"Message-ID: {letter.message_id}",
        f"Date: {format_datetime(to_local(letter.queued_at))}",
        f"From: {mailbox(*parseaddr(sender))}",
        f"To: {mailbox(letter.recipient, letter.address)}",
        f"Subject: {encoded(letter.subject)}",
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
    ]
    body = alternatives(letter) if letter.html else part("plain", letter.text)
    return "\r\n".join([*head, body]).encode("ascii")


def alternatives(letter: Letter) -> str:
    # From the Message-ID: a random boundary would make every resend another mail.
    boundary = f"=_{sha256(letter.message_id.encode()).hexdigest()[:32]}"
    return "\r\n".join(
        [
            f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"',
            "",
            f"--{boundary}",
            part("plain", letter.text),
            f"--{boundary}",
            part("html", letter.html),
            f"--{boundary}--",
            "",
        ]
    )


def part(kind: str, content: str) -> str:
    body = "\r\n".join(content.splitlines())
    encoded_body = base64.encodebytes(f"{body}\r\n".encode()).decode("ascii")
    return (
        f'Content-Type: text/{kind}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n" + encoded_body.replace("\n", "\r\n")
    )


def mailbox(name: str, address: str) -> str:
    """`name <address>`, the name encoded where it is not plain; the address alone without one."""
    return f"{encoded(name)}\r\n <{address}>" if name else address


def encoded(text: str) -> str:
    """A header's value: plain ASCII as it is, anything else as folded encoded words."""
    text = UNSAFE.sub(" ", text)
    if PLAIN.fullmatch(text):
        return text
    words: list[bytes] = []
    word = b""
    for character in text:
        letters = character.encode("utf-8", "replace")
        if len(word) + len(letters) > WORD_BYTES:
            words.append(word)
            word = b""
        word += letters
    words.append(word)
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(w).decode('ascii')}?=" for w in words)
