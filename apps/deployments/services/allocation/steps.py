"""The steps of a sheet, one service each. A step is a conditional UPDATE from the states it may
leave: pressed twice by the same hand it happens once, pressed by two it is refused the second."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F

from apps.accounts.models import User
from apps.campaigns.models import Campaign
from apps.core.dates import business_day
from apps.units.models import Member, Membership

from ...allocating import TOLD, UNDER_WAY, SheetState
from ...enums import DeploymentState, NeedState
from ...models import AllocationLine, AllocationSheet, Deployment, Need
from ..batches import withdraw_deployments
from .checking import refuse_sealed, refuse_shortage
from .document import make_notice, sign_notice, void_notice
from .drafting import refuse_over
from .errors import AllocationConflictError, AllocationRefusedError
from .telling import tell_issued, tell_withdrawn

WITHDRAWABLE = (
    SheetState.DRAFT,
    SheetState.REVIEW,
    SheetState.SIGNED,
    SheetState.ISSUED,
    SheetState.ACCEPTED,
)


def _take(
    sheet: AllocationSheet,
    leaving: Sequence[SheetState],
    to: SheetState,
    *,
    hand: str,
    by: User,
    **values: Any,
) -> bool:
    """Whether this press took the step; False when the same hand had taken it before."""
    taken = AllocationSheet.objects.filter(pk=sheet.pk, state__in=leaving).update(
        state=to, **{hand: by}, **values
    )
    sheet.refresh_from_db()
    if not taken and (sheet.state != to or getattr(sheet, hand) != by):
        raise AllocationConflictError(
            f"该调配单现为“{sheet.get_state_display()}”，请刷新后再办理。"
        )
    return bool(taken)


def asking_lines(sheet: AllocationSheet) -> list[AllocationLine]:
    """The lines that send somebody, with all that a page or a document says of them."""
    rows = AllocationLine.objects.filter(sheet=sheet, heads__gt=0).select_related(
        "unit", "community__street__district", "task_type", "leader", "need"
    )
    return list(rows.order_by("unit__sort_order", "community__sort_key", "pk"))


@transaction.atomic
def submit_sheet(sheet: AllocationSheet, *, by: User, now: dt.datetime) -> AllocationSheet:
    """草稿 → 送审: its people are spoken for from now on, and the notice stands as 送审稿.

    Raises AllocationRefusedError without a line, CapacityError when people are no longer free.
    """
    refuse_over(sheet.campaign)
    # One after the other: two sheets must not promise the same people.
    Campaign.objects.select_for_update(no_key=True).get(pk=sheet.campaign_id)
    if not _take(
        sheet, (SheetState.DRAFT,), SheetState.REVIEW, hand="submitted_by", by=by,
        submitted_at=now, returned_reason="",
    ):  # fmt: skip
        return sheet
    lines = asking_lines(sheet)
    if not lines:
        raise AllocationRefusedError("没有派出人数，不能送审。请填写人数或撤回草稿。")
    refuse_shortage(sheet, lines)
    sheet.document = make_notice(sheet, lines, by=by, now=now)
    sheet.save(update_fields=["document"])
    return sheet


@transaction.atomic
def return_sheet(sheet: AllocationSheet, *, reason: str) -> AllocationSheet:
    """送审 → 草稿 with the leader's or the office's reason."""
    reason = reason.strip()
    if not reason:
        raise AllocationRefusedError("请填写退回意见。", field="reason")
    returned = AllocationSheet.objects.filter(pk=sheet.pk, state=SheetState.REVIEW).update(
        state=SheetState.DRAFT, returned_reason=reason[:200], version=F("version") + 1
    )
    sheet.refresh_from_db()
    if not returned and sheet.returned_reason != reason[:200]:
        raise AllocationConflictError(f"该调配单现为“{sheet.get_state_display()}”，不能退回。")
    return sheet


@transaction.atomic
def sign_sheet(
    sheet: AllocationSheet, *, by: User, now: dt.datetime, on_behalf_of: User | None = None
) -> AllocationSheet:
    """送审 → 签发: a leader in person, or the office for one who has said so (代签, recorded).

    The sheet takes the number of its notice. Raises AllocationRefusedError for a signer who may
    not and for lines into what was sealed since, and whatever keeps the notice from being signed.
    """
    signer = on_behalf_of or by
    if not signer.has_perm("deployments.sign_allocation"):
        raise AllocationRefusedError("请选择授权代签的工委领导。", field="on_behalf_of")
    held = (
        AllocationSheet.objects.select_for_update(of=("self",))
        .select_related("document")
        .get(pk=sheet.pk)
    )
    if held.state == SheetState.REVIEW:
        way = "请退回修改人数或改派范围内有人的单位。"
        refuse_sealed(sheet, asking_lines(sheet), today=business_day(now), way=way)
    if held.state == SheetState.REVIEW and held.document is not None:
        signed = sign_notice(held.document, by=by, now=now, on_behalf_of=on_behalf_of)
        number = {"year": signed.year, "number": signed.number}
    else:
        number = {"year": held.year, "number": held.number}
    _take(
        sheet, (SheetState.REVIEW,), SheetState.SIGNED, hand="signature_by", by=by,
        signed_by=signer, signed_at=now, is_signed_on_behalf=on_behalf_of is not None, **number,
    )  # fmt: skip
    return sheet


@transaction.atomic
def issue_sheet(sheet: AllocationSheet, *, by: User, now: dt.datetime) -> AllocationSheet:
    """签发 → 已下发: every line becomes a deployment of its need, and the units are told.

    Raises AllocationRefusedError when a line would now cross a sealed boundary.
    """
    refuse_over(sheet.campaign)
    if not _take(
        sheet, (SheetState.SIGNED,), SheetState.ISSUED, hand="issued_by", by=by, issued_at=now
    ):
        return sheet
    lines = asking_lines(sheet)
    way = "请撤回后重新起草，改派范围内有人的单位。"
    refuse_sealed(sheet, lines, today=business_day(now), way=way)
    made = Deployment.objects.bulk_create([_deployment(sheet, line) for line in lines])
    for line, deployment in zip(lines, made, strict=True):
        line.deployment = deployment
    AllocationLine.objects.bulk_update(lines, ["deployment"], batch_size=500)
    Need.objects.filter(pk__in=[line.need_id for line in lines], state=NeedState.OPEN).update(
        state=NeedState.PARTLY
    )
    tell_issued(sheet, lines, now=now)
    return sheet


def _deployment(sheet: AllocationSheet, line: AllocationLine) -> Deployment:
    return Deployment(
        campaign_id=sheet.campaign_id,
        unit_id=line.unit_id,
        community_id=line.community_id,
        task_type_id=line.task_type_id,
        need_id=line.need_id,
        leader_id=line.leader_id,
        nature=line.nature,
        starts_on=sheet.on,
        ends_on=sheet.ends_on,
        shift=line.shift,
        rotation_days=line.rotation_days,
        has_night_shift=line.shift.startswith(("20:", "22:")),
        is_drill=sheet.is_drill,
    )


@transaction.atomic
def acknowledge_line(
    line: AllocationLine, *, leader: Member, phone: str, by: User, now: dt.datetime
) -> AllocationLine:
    """接单: the unit names who leads and whom to ring; with the last line the sheet is 已接单.

    Raises AllocationRefusedError for a leader of another unit or an exempt one, and once the
    campaign is over.
    """
    held = (
        AllocationLine.objects.select_for_update(of=("self",))
        .select_related("sheet__campaign")
        .get(pk=line.pk)
    )
    refuse_over(held.sheet.campaign)
    if held.sheet.state not in UNDER_WAY:
        raise AllocationConflictError(f"该调配单现为“{held.sheet.get_state_display()}”，不能接单。")
    refuse_leader(held, leader)
    if held.acknowledged_at is not None and held.acknowledged_by_id != by.pk:
        raise AllocationConflictError(f"已由{held.acknowledged_by}接单，请刷新后查看。")
    held.leader, held.leader_phone = leader, phone
    held.acknowledged_at, held.acknowledged_by = held.acknowledged_at or now, by
    held.save(update_fields=["leader", "leader_phone", "acknowledged_at", "acknowledged_by"])
    Deployment.objects.filter(allocation=held).update(leader=leader)
    waiting = AllocationLine.objects.filter(sheet=held.sheet_id, heads__gt=0, acknowledged_at=None)
    if not waiting.exists():
        AllocationSheet.objects.filter(pk=held.sheet_id, state=SheetState.ISSUED).update(
            state=SheetState.ACCEPTED, accepted_at=now
        )
    return held


def refuse_leader(line: AllocationLine, leader: Member) -> None:
    """Raises AllocationRefusedError unless `leader` is of the line's unit and may be sent."""
    belongs = Membership.objects.filter(member=leader, unit=line.unit_id).on(line.sheet.on)
    if not belongs.exists():
        raise AllocationRefusedError(f"{leader}不属于{line.unit}，请重新选择。", field="leader")
    if leader.is_exempt:
        raise AllocationRefusedError(f"{leader}已列入免派，请另选带队人。", field="leader")


@transaction.atomic
def finish_sheet(
    sheet: AllocationSheet, *, is_whole: bool, by: User, now: dt.datetime
) -> AllocationSheet:
    """已到岗 or before → 已完成 or 部分完成, as the office finds it."""
    to = SheetState.DONE if is_whole else SheetState.PARTLY
    leaving = (SheetState.ARRIVED,) if is_whole else UNDER_WAY
    _take(sheet, leaving, to, hand="finished_by", by=by, finished_at=now)
    return sheet


@transaction.atomic
def withdraw_sheet(
    sheet: AllocationSheet, *, by: User, reason: str, now: dt.datetime, on: dt.date
) -> AllocationSheet:
    """撤回 before anybody has arrived: its deployments are called back, its notice is void."""
    refuse_over(sheet.campaign)
    reason = reason.strip()
    if not reason:
        raise AllocationRefusedError("请填写撤回原因。", field="reason")
    before = AllocationSheet.objects.get(pk=sheet.pk).state
    if not _take(
        sheet, WITHDRAWABLE, SheetState.WITHDRAWN, hand="withdrawn_by", by=by,
        withdrawn_at=now, withdrawn_reason=reason[:200],
    ):  # fmt: skip
        return sheet
    rows = Deployment.objects.filter(allocation__sheet=sheet)
    withdraw_deployments(rows, last_day=on, by=by, now=now)
    if sheet.document is not None:
        void_notice(sheet.document, by=by, reason=reason, now=now)
    _reopen_needs(sheet)
    if before in TOLD:
        tell_withdrawn(sheet, asking_lines(sheet), now=now)
    return sheet


def _reopen_needs(sheet: AllocationSheet) -> None:
    """A need nobody else was sent for is open again."""
    needs = Need.objects.filter(allocations__sheet=sheet, state=NeedState.PARTLY)
    served = Deployment.objects.filter(need__in=needs.values("pk")).exclude(
        state=DeploymentState.WITHDRAWN
    )
    Need.objects.filter(pk__in=needs.values("pk")).exclude(pk__in=served.values("need")).update(
        state=NeedState.OPEN
    )
