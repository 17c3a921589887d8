"""Mail into files, where no mail server is given: PORTAL_HOME/mail/*.eml opens in any mail program."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

NOT_FOR_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


class EmlBackend(BaseEmailBackend):
    """Writes each mail to a file of its own, named by its Message-ID.

    A mail sent again gets a second file (`…-2.eml`): copies can be counted, none is overwritten.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.MAIL_DIR)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for mail in email_messages:
            raw = getattr(mail, "raw", None)
            message = mail.message()
            name = NOT_FOR_NAMES.sub("_", str(message["Message-ID"] or "").strip("<> "))
            write_once(folder, name or secrets.token_hex(8), raw or message.as_bytes())
        return len(email_messages)


def write_once(folder: Path, name: str, content: bytes) -> Path:
    """Write the file whole and durable, or not at all; never over another."""
    draft = folder / f".{name}.{secrets.token_hex(4)}"
    with draft.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        return link_to_free_name(draft, folder, name)
    finally:
        draft.unlink()
        sync_folder(folder)


def link_to_free_name(draft: Path, folder: Path, name: str) -> Path:
    copy = 1
    while True:
        target = folder / (f"{name}.eml" if copy == 1 else f"{name}-{copy}.eml")
        try:
            os.link(draft, target)
        except FileExistsError:
            copy += 1
        else:
            return target


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
