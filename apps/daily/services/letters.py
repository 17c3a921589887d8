"""A letter to several mailboxes: rendered once, queued for each, and laid in their inboxes."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from apps.core.linked import plain
from apps.messaging import services as messaging
from apps.messaging.enums import MessageKind
from apps.messaging.services import Mail, Note

from ..selectors.addresses import Addressee


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one mailbox, and where its note in the inbox leads."""

    mail: Mail
    user: int | None
    note: str
    path: str


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a letter is written for; with the address it tells two letters apart."""

    kind: MessageKind
    on: dt.date
    slot: str
    is_drill: bool
    held: bool = False
    not_before: dt.datetime | None = None


def letters(
    occasion: Occasion,
    boxes: Sequence[Addressee],
    *,
    subject: str,
    link: tuple[str, str],
    template: str = "letter",
    note: str = "",
    **context: Any,
) -> list[Letter]:
    """The same letter for each of `boxes`. `link` is its label and its path inside the portal."""
    if not boxes:
        return []
    label, path = link
    rendered = messaging.render(
        template,
        {"subject": subject, "link_label": label, "path": path, **context} | _frame(occasion, path),
    )
    said = plain(note)
    return [Letter(_mail(occasion, box, *rendered), box.user, said, path) for box in boxes]


def send(written: Iterable[Letter]) -> int:
    """Queue the mails and note those of people with an account in their inbox.

    Returns how many mails were new. A held letter enters no inbox before it is let go.
    """
    written = list(written)
    queued = messaging.queue(letter.mail for letter in written)
    messaging.notify(
        Note(
            user_id=letter.user,
            kind=letter.mail.kind,
            dedupe_key="|".join(
                (
                    letter.mail.kind,
                    letter.mail.on.isoformat(),
                    letter.mail.slot,
                    "drill" if letter.mail.is_drill else "real",
                )
            ),
            subject=letter.mail.subject,
            text=letter.note,
            path=letter.path,
        )
        for letter in written
        if letter.user is not None and not letter.mail.held
    )
    return queued


def _frame(occasion: Occasion, path: str) -> dict[str, Any]:
    return {
        "link": f"{settings.SITE_URL}{path}",
        "site_url": settings.SITE_URL,
        "is_drill": occasion.is_drill,
        "organ_name": settings.ORGAN_NAME,
        "duty_phone": settings.DUTY_PHONE,
    }


def _mail(occasion: Occasion, box: Addressee, subject: str, text: str, html: str) -> Mail:
    return Mail(
        kind=occasion.kind,
        on=occasion.on,
        slot=occasion.slot,
        address=box.address,
        recipient=box.name,
        subject=subject,
        text=text,
        html=html,
        is_drill=occasion.is_drill,
        held=occasion.held,
        not_before=occasion.not_before,
    )
