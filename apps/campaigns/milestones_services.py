"""Writes of clocks: what a notice says was reached, a new case, and what is taken back."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from apps.accounts.models import User
from apps.core import formats
from apps.core.errors import ConflictError, DomainError

from .models import Campaign, Milestone, MilestoneReset
from .services import refuse_unless_under_way

RECORD = "campaigns.record_milestone"
MANAGE = "campaigns.manage_campaign"


class MilestoneRefusedError(DomainError):
    """What was typed cannot be, or contradicts the notices already recorded."""


class MilestoneSettledError(ConflictError):
    """Somebody recorded or took it back before."""


@transaction.atomic
def record_reached(
    milestone: Milestone,
    *,
    reached_at: dt.datetime,
    source: str,
    source_at: dt.datetime | None,
    source_number: str,
    by: User,
    now: dt.datetime,
) -> Milestone:
    """Record that it was reached, as a notice says; what lacked evidence may be completed.

    A claim that may be printed does not change: it is withdrawn with a reason first, else
    MilestoneSettledError. Raises MilestoneRefusedError for a moment that cannot be.
    """
    row = _locked(milestone)
    if row.is_proven:
        raise MilestoneSettledError(
            f"{row}已由{row.recorded_by}登记实现，如有变化请先撤回并说明原因。"
        )
    _check_moments(row, reached_at, source_at, now)
    _check_clear_days(row, reached_at)
    row.reached_at, row.source, row.source_at = reached_at, source, source_at
    row.source_number, row.recorded_by, row.recorded_at = source_number, by, now
    row.save(
        update_fields=[
            "reached_at",
            "source",
            "source_at",
            "source_number",
            "recorded_by",
            "recorded_at",
        ]
    )
    return row


def _locked(milestone: Milestone) -> Milestone:
    """The row, held. Raises MilestoneSettledError when the clock was cancelled."""
    rows: QuerySet[Milestone] = Milestone.objects.select_for_update()
    row = rows.get(pk=milestone.pk)
    if row.cancelled_at is not None:
        raise MilestoneSettledError(f"{row}已撤销，不再计时。")
    return row


@transaction.atomic
def keep_clock(milestone: Milestone) -> Milestone:
    """Keep a clock, new or changed. Raises MilestoneRefusedError for one its place has already."""
    # Two who start the same clock at once wait for one another here.
    Campaign.objects.select_for_update(no_key=True).get(pk=milestone.campaign_id)
    alike = Milestone.objects.standing().filter(
        campaign=milestone.campaign_id,
        name=milestone.name,
        district=milestone.district_id,
        area=milestone.area,
    )
    if alike.exclude(pk=milestone.pk).exists():
        raise MilestoneRefusedError(
            f"“{milestone}”已有计时，请在该节点修改；确为另一项的，请写明区域或换个名称。",
            field="name",
        )
    milestone.save()
    return milestone


@transaction.atomic
def cancel_clock(milestone: Milestone, *, reason: str, by: User, now: dt.datetime) -> Milestone:
    """撤销 a clock started by mistake: it counts no more; the row stays and says why.

    Raises MilestoneSettledError when it is cancelled already, or claimed: that is taken back first.
    """
    row = _locked(milestone)
    if row.reached_at is not None:
        raise MilestoneSettledError("该节点已登记实现，请先撤回再撤销。")
    row.cancelled_at, row.cancelled_by, row.cancelled_reason = now, by, reason
    row.save(update_fields=["cancelled_at", "cancelled_by", "cancelled_reason"])
    return row


def _check_moments(
    row: Milestone, reached_at: dt.datetime, source_at: dt.datetime | None, now: dt.datetime
) -> None:
    if reached_at > now:
        raise MilestoneRefusedError("实现时间不得晚于现在。", field="reached_at")
    if reached_at < row.started_at:
        raise MilestoneRefusedError("实现时间不得早于起算时间。", field="reached_at")
    if source_at is not None and source_at > now:
        raise MilestoneRefusedError("通报时间不得晚于现在。", field="source_at")
    if source_at is not None and source_at < reached_at:
        raise MilestoneRefusedError("通报时间早于实现时间，请核对。", field="source_at")


def _check_clear_days(row: Milestone, reached_at: dt.datetime) -> None:
    if not row.resets_on_cases:
        return
    if row.last_reset_at is not None and row.last_reset_at > reached_at:
        raise MilestoneRefusedError(
            f"{formats.moment(row.last_reset_at)}又有新增通报，此前的实现时间不能登记。",
            field="reached_at",
        )
    if reached_at < row.due_at:
        days = row.clear_days(until=reached_at)
        raise MilestoneRefusedError(
            f"截至该时连续{days}天无新增，不满{row.limit_hours // 24}天。", field="reached_at"
        )


def refuse_changing(milestone: Milestone) -> None:
    """What a claim is measured by does not change under it, nor what a campaign ended with.

    Raises MilestoneSettledError, CampaignOverError.
    """
    refuse_unless_under_way(milestone.campaign, act="修改节点")
    if _locked(milestone).reached_at is not None:
        raise MilestoneSettledError("该节点已登记实现，请先撤回再修改时限。")


@transaction.atomic
def withdraw_claim(milestone: Milestone, *, reason: str, by: User, now: dt.datetime) -> Milestone:
    """撤回: the clock counts on; what had been claimed stays in the trail.

    Raises MilestoneSettledError when nothing is claimed, MilestoneRefusedError when the campaign
    is over and `by` is not of the office.
    """
    _keep_what_was_reported(milestone.campaign, by)
    taken = Milestone.objects.filter(pk=milestone.pk, reached_at__isnull=False).update(
        reached_at=None,
        source="",
        source_at=None,
        source_number="",
        recorded_by=None,
        recorded_at=None,
        withdrawn_at=now,
        withdrawn_by=by,
        withdrawn_reason=reason,
    )
    if not taken:
        raise MilestoneSettledError(f"{milestone}没有登记实现，或已撤回。")
    milestone.refresh_from_db()
    return milestone


@transaction.atomic
def record_reset(
    milestone: Milestone,
    *,
    at: dt.datetime,
    source: str,
    source_number: str,
    by: User,
    now: dt.datetime,
) -> MilestoneReset:
    """A new case was told: the days count anew from it. A claim before it is printed no more.

    Raises MilestoneRefusedError for a clock that cases do not set back, a moment that cannot be or
    a campaign that is over, unless `by` is of the office; MilestoneSettledError when the same
    notice stands already.
    """
    row = _locked(milestone)
    _keep_what_was_reported(row.campaign, by)
    if not row.resets_on_cases:
        raise MilestoneRefusedError(f"{row}自事件起算，不因新增重新起算。")
    if at > now:
        raise MilestoneRefusedError("新增通报时间不得晚于现在。", field="at")
    if at < row.started_at:
        raise MilestoneRefusedError("新增通报时间不得早于起算时间。", field="at")
    if row.resets.filter(at=at, withdrawn_at=None).exists():
        raise MilestoneSettledError("该时间的新增通报已登记。", field="at")
    return MilestoneReset.objects.create(
        milestone=row, at=at, source=source, source_number=source_number, by=by, recorded_at=now
    )


def withdraw_reset(
    reset: MilestoneReset, *, reason: str, by: User, now: dt.datetime
) -> MilestoneReset:
    """撤销 a notice recorded by mistake; the row stays and says why.

    Raises MilestoneSettledError when it was withdrawn before, MilestoneRefusedError as
    `record_reset`.
    """
    _keep_what_was_reported(reset.milestone.campaign, by)
    taken = MilestoneReset.objects.filter(pk=reset.pk, withdrawn_at=None).update(
        withdrawn_at=now, withdrawn_reason=reason
    )
    if not taken:
        raise MilestoneSettledError("该新增通报已撤销。")
    reset.refresh_from_db()
    return reset


def permission_to_change(campaign: Campaign) -> str:
    """What 撤回, 登记新增通报 and 撤销通报 ask for.

    What a campaign ended with stands in its reports: late evidence may be added by all who record,
    but only the office takes back or sets back what they say.
    """
    return RECORD if campaign.is_reporting else MANAGE


def _keep_what_was_reported(campaign: Campaign, by: User) -> None:
    if not by.has_perm(permission_to_change(campaign)):
        raise MilestoneRefusedError(
            f"“{campaign}”已结束，已登记的实现和新增通报由工委办公室办理变更。"
            "请与工委办公室联系；补充证据仍可登记。"
        )
