"""What units hear of a sheet: a note in the inbox of their people, a mail to them and the duty room."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.conf import settings
from django.urls import reverse

from apps.core.dates import business_day
from apps.core.formats import day as written
from apps.messaging import services as messaging
from apps.messaging.enums import MessageKind
from apps.units.enums import Role
from apps.units.models import Posting

from ...models import AllocationLine, AllocationSheet


def tell_issued(
    sheet: AllocationSheet, lines: Sequence[AllocationLine], *, now: dt.datetime
) -> None:
    """One letter a unit: how many people where, and where to acknowledge. No personal name."""
    _tell(
        sheet,
        lines,
        slot=f"allocation-{sheet.pk}-issued",
        subject=f"{sheet}已下发，请接单",
        sentence=lambda unit, text: (
            f"{unit}：请于{written(sheet.on)}派出{text}。请即接单，落实带队人和联系电话。"
        ),
        label="接单",
        now=now,
    )


def tell_withdrawn(
    sheet: AllocationSheet, lines: Sequence[AllocationLine], *, now: dt.datetime
) -> None:
    """One letter a unit: nobody is sent, and why."""
    _tell(
        sheet,
        lines,
        slot=f"allocation-{sheet.pk}-withdrawn",
        subject=f"{sheet}已撤回",
        sentence=lambda unit, _: (
            f"{unit}：{sheet}已撤回，不再派出。原因：{sheet.withdrawn_reason}。"
        ),
        label="查看",
        now=now,
    )


def _tell(
    sheet: AllocationSheet,
    lines: Sequence[AllocationLine],
    *,
    slot: str,
    subject: str,
    sentence: Any,
    label: str,
    now: dt.datetime,
) -> None:
    path = reverse("deployments:allocation_detail", args=[sheet.pk])
    people = _people({line.unit_id for line in lines}, on=business_day(now))
    mails, notes = [], []
    for unit, own in groupby(lines, key=lambda line: line.unit):
        text = sentence(str(unit), "；".join(_place(line) for line in own))
        rendered = messaging.render("letter", _context(sheet, subject, label, path, text))
        boxes = dict(people[unit.pk][0])
        if unit.duty_email:
            boxes.setdefault(unit.duty_email.lower(), f"{unit}值班室")
        mails += [
            messaging.Mail(
                MessageKind.ALLOCATION, business_day(now), slot, address, name, *rendered,
                is_drill=sheet.is_drill,
            )
            for address, name in boxes.items()
        ]  # fmt: skip
        notes += [
            messaging.Note(user, MessageKind.ALLOCATION, slot, rendered[0], text, path)
            for user in people[unit.pk][1]
        ]
    messaging.queue(mails)
    messaging.notify(notes)


def _place(line: AllocationLine) -> str:
    return f"{line.heads}人到{line.community}（{line.task_type}，{line.shift or '时段另告'}）"


def _context(
    sheet: AllocationSheet, subject: str, label: str, path: str, text: str
) -> dict[str, Any]:
    return {
        "subject": subject,
        "link_label": label,
        "path": path,
        "paragraphs": [text],
        "link": f"{settings.SITE_URL}{path}",
        "is_drill": sheet.is_drill,
        "organ_name": settings.ORGAN_NAME,
        "duty_phone": settings.DUTY_PHONE,
    }


def _people(units: set[int], *, on: dt.date) -> dict[int, tuple[dict[str, str], list[int]]]:
    """Mailboxes and accounts by unit: its 联络员 and its 审核人."""
    found: dict[int, tuple[dict[str, str], list[int]]] = defaultdict(lambda: ({}, []))
    postings = Posting.objects.on(on).filter(
        unit__in=units, role__in=[Role.REPORTER, Role.UNIT_LEADER], user__is_active=True
    )
    for posting in postings.select_related("user").order_by("user__username"):
        boxes, users = found[posting.unit_id]
        if posting.user.email:
            boxes.setdefault(posting.user.email.lower(), posting.user.name)
        if posting.user_id not in users:
            users.append(posting.user_id)
    return found
