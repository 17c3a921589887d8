"""The way out: an SMTP connection, or whatever other backend the settings name."""

from __future__ import annotations

import smtplib
from email import message_from_bytes
from email.message import Message
from email.utils import parseaddr
from typing import Any, Protocol

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends import smtp

from .models import OutboxMessage

TIMEOUT = 20
"""Seconds for one answer of the server; a whole mail takes five of them, less than a lease."""
LOGIN_WANTED = {530, 534, 535, 538}
TOO_LARGE = 552


class ChannelError(Exception):
    """The way out is closed. Nothing is wrong with the mail, and it may even have arrived."""


class RefusedError(Exception):
    """The server will never take this mail."""


class PostponedError(Exception):
    """The server may take this mail later."""


class Channel(Protocol):
    def send(self, row: OutboxMessage, content: bytes) -> None:
        """Returns when the mail is taken over. Raises one of the three errors above."""

    def close(self) -> None: ...


def open_channel() -> Channel:
    """Raises ChannelError when the server cannot be reached or does not let us in."""
    backend = get_connection()
    try:
        if isinstance(backend, smtp.EmailBackend):
            return SmtpChannel(backend)
        return BackendChannel(backend)
    except (OSError, smtplib.SMTPException) as error:
        raise ChannelError(f"邮件服务器无法连接：{error}") from error


class SmtpChannel:
    """One connection for many mails, addressed directly: Django would build each mail again."""

    def __init__(self, backend: smtp.EmailBackend) -> None:
        backend.timeout = backend.timeout or TIMEOUT
        backend.open()
        self._backend = backend
        self._sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]

    def send(self, row: OutboxMessage, content: bytes) -> None:
        server: smtplib.SMTP = self._backend.connection  # type: ignore[assignment]
        try:
            server.sendmail(self._sender, [row.address], content)
        except smtplib.SMTPRecipientsRefused as error:
            raise verdict(*error.recipients[row.address]) from error
        except smtplib.SMTPSenderRefused as error:
            if error.smtp_code == TOO_LARGE:
                raise verdict(error.smtp_code, error.smtp_error) from error
            raise ChannelError(f"邮件服务器不接受发件地址：{error}") from error
        except smtplib.SMTPDataError as error:
            raise verdict(error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException) as error:
            raise ChannelError(f"与邮件服务器的连接中断：{error}") from error

    def close(self) -> None:
        try:
            self._backend.close()
        except (OSError, smtplib.SMTPException):
            self._backend.connection = None


def verdict(code: int, answer: bytes | str) -> Exception:
    """What an answer of the server means for the mail it was given to."""
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    sentence = f"{code} {words}"
    if code in LOGIN_WANTED:
        return ChannelError(f"邮件服务器要求登录：{sentence}")
    if 500 <= code < 600:
        return RefusedError(sentence)
    return PostponedError(sentence)


class BackendChannel:
    """Any other backend: files, the console, the memory of a test."""

    def __init__(self, backend: Any) -> None:
        backend.open()
        self._backend = backend

    def send(self, row: OutboxMessage, content: bytes) -> None:
        try:
            self._backend.send_messages([ComposedMessage(row, content)])
        except (OSError, smtplib.SMTPException) as error:
            raise ChannelError(f"邮件未能写出：{error}") from error

    def close(self) -> None:
        self._backend.close()


class ComposedMessage(EmailMessage):
    """A mail whose bytes stand already, in the shape a backend asks for."""

    def __init__(self, row: OutboxMessage, content: bytes) -> None:
        super().__init__(row.subject, row.text, settings.DEFAULT_FROM_EMAIL, [row.address])
        self.raw = content

    def message(self) -> Message:  # type: ignore[override]
        return message_from_bytes(self.raw)
