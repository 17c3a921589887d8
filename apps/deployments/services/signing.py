"""Writes of 社区确认: sheets made, links renewed, a community's word taken, differences settled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from apps.accounts.models import User
from apps.campaigns.models import Campaign
from apps.campaigns.services import refuse_unless_under_way
from apps.core.errors import ConflictError, DomainError

from ..models import DeploymentDay, SigningLine, SigningSheet
from ..signing_enums import Manner, Side
from ..signing_sql import MAKE

LINK_LASTS = dt.timedelta(hours=24)


class SigningRefusedError(DomainError):
    """The sheet cannot be made or settled as asked."""


class LinkUsedError(ConflictError):
    """The day was confirmed before, by whoever was faster."""


class LinkOverError(DomainError):
    """The link has expired or was replaced by a newer one."""

    status = 410


@dataclass(frozen=True)
class Answer:
    """What the community says of one line."""

    heads: int
    hours: Decimal | None = None


@transaction.atomic
def make_sheets(campaign: Campaign, *, on: dt.date, today: dt.date, now: dt.datetime) -> int:
    """A sheet for each community with people of the campaign on `on`; how many are new.

    Again it makes only what is missing, and adds deployments sent since to sheets nobody has
    confirmed. One statement. Raises SigningRefusedError for a day ahead.
    """
    if on > today:
        raise SigningRefusedError("还没到这一天，不能生成确认单。")
    values: dict[str, Any] = {
        "campaign": campaign.pk,
        "on": on,
        "now": now,
        "expires": now + LINK_LASTS,
    }
    with connection.cursor() as cursor:
        cursor.execute(MAKE, values)
        (made, _lines) = cursor.fetchone()
    return int(made)


@transaction.atomic
def renew_link(sheet: SigningSheet, *, now: dt.datetime) -> SigningSheet:
    """A new link for another day; what was printed before no longer opens.

    Raises LinkUsedError once the community has confirmed.
    """
    renewed = SigningSheet.objects.filter(pk=sheet.pk, confirmed_at=None).update(
        edition=F("edition") + 1, expires_at=now + LINK_LASTS
    )
    sheet.refresh_from_db()
    if not renewed:
        raise LinkUsedError("社区已确认，不需要新的链接。")
    return sheet


@transaction.atomic
def confirm_sheet(
    sheet: SigningSheet,
    *,
    edition: int,
    answers: Mapping[int, Answer],
    name: str,
    title: str,
    remark: str,
    now: dt.datetime,
) -> SigningSheet:
    """Take the community's word, once: `answers` by the number of the line.

    Whoever is second gets LinkUsedError, an old or replaced link LinkOverError; neither writes.
    """
    taken = SigningSheet.objects.filter(
        pk=sheet.pk, edition=edition, confirmed_at=None, expires_at__gt=now
    ).update(confirmed_at=now, confirmed_by=name, confirmed_title=title, remark=remark)
    sheet.refresh_from_db()
    if not taken:
        refuse_closed(sheet, edition=edition, now=now)
    _keep(sheet, answers)
    return sheet


@transaction.atomic
def enter_for_community(
    sheet: SigningSheet,
    *,
    answers: Mapping[int, Answer],
    name: str,
    title: str,
    manner: Manner,
    remark: str,
    by: User,
    now: dt.datetime,
) -> SigningSheet:
    """代录: what somebody of the community wrote on paper or said by telephone, however old the
    link. Raises LinkUsedError when the community has confirmed meanwhile."""
    taken = SigningSheet.objects.filter(pk=sheet.pk, confirmed_at=None).update(
        confirmed_at=now,
        confirmed_by=name,
        confirmed_title=title,
        manner=manner,
        remark=remark,
        entered_by=by,
    )
    sheet.refresh_from_db()
    if not taken:
        raise LinkUsedError("该社区当日已确认，不能再代录。")
    _keep(sheet, answers)
    return sheet


def _keep(sheet: SigningSheet, answers: Mapping[int, Answer]) -> None:
    """Beside what the community was shown."""
    lines: list[Any] = list(SigningLine.objects.filter(sheet=sheet, pk__in=answers).with_entry())
    for line in lines:
        line.shown_heads, line.shown_hours = line.present, line.worked
        line.heads, line.hours = answers[line.pk].heads, answers[line.pk].hours
    SigningLine.objects.bulk_update(lines, ["shown_heads", "shown_hours", "heads", "hours"])


def refuse_closed(sheet: SigningSheet, *, edition: int, now: dt.datetime) -> None:
    """Raises LinkOverError or LinkUsedError, whichever keeps this link from being used."""
    if edition != sheet.edition:
        raise LinkOverError("该链接已更换，请使用最新的确认单。")
    if now >= sheet.expires_at:
        raise LinkOverError("该链接已过期，一日内有效。")
    if sheet.confirmed_at is not None:
        raise LinkUsedError("该社区当日已确认，每张确认单只用一次。")


@transaction.atomic
def settle_line(
    line: SigningLine, *, side: Side, reason: str, by: User, now: dt.datetime
) -> SigningLine:
    """核定: which side's number stands, and why. The community's becomes the unit's entry.

    Raises ConflictError when the two agree by now, or somebody else has settled it; for the
    community's number CampaignOverError once the campaign is over: its entries stay.
    """
    SigningLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    current: Any = SigningLine.objects.differing().filter(pk=line.pk).first()
    if current is None:
        raise ConflictError("两方数字已一致或已由他人核定，请刷新后查看。")
    if side == Side.COMMUNITY:
        refuse_unless_under_way(
            current.sheet.campaign, act="按社区确认数改正在岗登记", field="side"
        )
        _correct_entry(current)
    current.settled_side, current.settled_reason = side, reason
    current.settled_heads = current.heads if side == Side.COMMUNITY else current.present
    current.settled_at, current.settled_by = now, by
    current.full_clean(exclude=["sheet", "deployment"])
    current.save(
        update_fields=[
            "settled_side", "settled_heads", "settled_reason", "settled_at", "settled_by",
        ]
    )  # fmt: skip
    settled: SigningLine = current
    return settled


def _correct_entry(line: SigningLine) -> None:
    """The ledger says what was settled, so that the day's figures do."""
    entry = DeploymentDay.objects.select_for_update().get(
        deployment=line.deployment_id, on=line.sheet.on
    )
    entry.present = line.heads or 0
    entry.night = min(entry.night, entry.present)
    entry.hours = entry.hours if line.hours is None else line.hours
    entry.save(update_fields=["present", "night", "hours", "recorded_at"])
