"""Needs raised, settled and confirmed, by the city or by the office on its behalf."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from apps.accounts.models import User
from apps.campaigns.services import refuse_unless_under_way
from apps.core.dates import business_day
from apps.core.errors import ConflictError, DomainError
from apps.core.formats import day as written

from ..allocating import ALREADY_OVER, TOLD, NeedSource
from ..enums import NeedState
from ..models import AllocationLine, Need, NeedConfirmation
from ..needs import with_chain
from ..whereabouts import OPEN_NEEDS

SETTLING = {NeedState.MET: "按已落实办结", NeedState.CLOSED: "关闭"}


class NeedRefusedError(DomainError):
    """What is asked for is not allowed."""


@transaction.atomic
def raise_need(need: Need, *, by: User, now: dt.datetime) -> Need:
    """Keep a new need. Raises NeedRefusedError once the campaign, or the need itself, is over."""
    if not need.campaign.is_reporting:
        raise NeedRefusedError(f"“{need.campaign}”已结束，不再登记需求。")
    if need.ends_on is not None and need.ends_on < business_day(now):
        raise NeedRefusedError(ALREADY_OVER, field="ends_on")
    need.raised_at, need.raised_by = now, by
    need.full_clean()
    need.save()
    return need


@transaction.atomic
def change_need(need: Need, *, fields: Sequence[str]) -> Need:
    """Keep the changed `fields` of a need.

    Raises CampaignOverError once the campaign is over, ConflictError once the need is settled.
    """
    refuse_unless_under_way(need.campaign, act="修改需求")
    standing = Need.objects.select_for_update().get(pk=need.pk)
    if standing.state not in OPEN_NEEDS:
        raise ConflictError(f"该需求现为“{standing.get_state_display()}”，不能再改。")
    need.save(update_fields=fields)
    return need


@transaction.atomic
def settle_need(
    need: Need, *, state: NeedState, reason: str = "", by: User, now: dt.datetime
) -> Need:
    """已落实 or 关闭 by hand. Pressed twice by the same hand it stays; raises ConflictError when
    somebody else has settled it, CampaignOverError once the campaign is over, NeedRefusedError
    for a need that lacks people, or is closed, without a `reason`."""
    refuse_unless_under_way(need.campaign, act="办结需求")
    standing = Need.objects.select_for_update().get(pk=need.pk)
    if standing.state not in OPEN_NEEDS:
        if (standing.state, standing.settled_by_id) != (state, by.pk):
            raise ConflictError(f"该需求现为“{standing.get_state_display()}”，不能再改。")
        return standing
    lacking = lacks(need, on=business_day(now))
    if not reason and (lacking or state == NeedState.CLOSED):
        short = f"该需求还差 {lacking} 人，" if lacking else ""
        raise NeedRefusedError(f"{short}请说明为何{SETTLING[state]}。", field="reason")
    need.state, need.settled_at, need.settled_by, need.settled_reason = state, now, by, reason
    need.save(update_fields=["state", "settled_at", "settled_by", "settled_reason"])
    return need


def lacks(need: Need, *, on: dt.date) -> int:
    """Heads asked for and sent by nobody; 0 of goods."""
    rows = with_chain(Need.objects.filter(pk=need.pk), on=on)
    return rows.values_list("lacking", flat=True).get() or 0


@transaction.atomic
def reopen_need(need: Need, *, reason: str, by: User, now: dt.datetime) -> Need:
    """恢复 what was settled too early; from then on only a hand settles it again.

    What it had been settled with stays in the trail. Raises ConflictError when it is open,
    CampaignOverError once the campaign is over.
    """
    refuse_unless_under_way(need.campaign, act="恢复需求")
    is_sent = AllocationLine.objects.filter(need=need, sheet__state__in=TOLD).exists()
    done = (
        Need.objects.filter(pk=need.pk)
        .exclude(state__in=OPEN_NEEDS)
        .update(
            state=NeedState.PARTLY if is_sent else NeedState.OPEN,
            settled_at=None,
            settled_by=None,
            settled_reason="",
            reopened_at=now,
            reopened_by=by,
            reopened_reason=reason,
        )
    )
    if not done:
        raise ConflictError("该需求未办结，或已恢复。")
    need.refresh_from_db()
    return need


@transaction.atomic
def confirm_need(
    need: Need,
    *,
    on: dt.date,
    heads: int,
    source: NeedSource,
    by: User,
    now: dt.datetime,
    today: dt.date,
) -> NeedConfirmation:
    """社区确认: how many were there on `on`; said again, the later word counts.

    Raises CampaignOverError once the campaign is over, NeedRefusedError for a day ahead or
    outside the need, and for more people than were asked for, sent or there.
    """
    refuse_unless_under_way(need.campaign, act="登记社区确认", field="on")
    if on > today:
        raise NeedRefusedError("还没到这一天，不能确认。", field="on")
    if on < need.starts_on or (need.ends_on is not None and on > need.ends_on):
        last = written(need.ends_on) if need.ends_on else "今"
        raise NeedRefusedError(
            f"该需求自{written(need.starts_on)}至{last}，请核对日期。", field="on"
        )
    chain = with_chain(Need.objects.filter(pk=need.pk), on=on)
    asked, sent, came = chain.values_list("heads", "accepted", "arrived").get()
    if heads > max(asked, sent, came):
        raise NeedRefusedError(
            f"该需求要 {asked} 人，已调配 {sent} 人，当日登记到岗 {came} 人，"
            f"社区确认不能超过 {max(asked, sent, came)} 人，请核对。",
            field="heads",
        )
    row, _ = NeedConfirmation.objects.update_or_create(
        need=need, on=on, defaults={"heads": heads, "source": source, "at": now, "by": by}
    )
    return row
