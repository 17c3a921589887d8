"""Writes of the ledger: who is sent, who comes back, what happened on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Q

from apps.campaigns.services import refuse_unless_under_way
from apps.core.errors import ConflictError, Difference, DomainError
from apps.core.formats import day as written
from apps.core.formats import listing
from apps.units.models import Member, Membership

from ..enums import DeploymentState
from ..models import Assignment, Deployment, DeploymentDay
from ..whereabouts import clashes, most_there, place_of
from .crossing import most_on_the_spot, refuse_crossing

UNDER_WAY = (DeploymentState.PLANNED, DeploymentState.ACTIVE)


class NotUnderWayError(DomainError):
    """The deployment has ended or was withdrawn."""


class AlreadySentError(ConflictError):
    """Somebody is sent elsewhere on one of the days; the message says where."""


class NotOfUnitError(DomainError):
    """Somebody does not belong to the unit that sends."""


class TooManyPeopleError(DomainError):
    """More people than there can be; the message says how many there can be."""


class OutsideSpanError(DomainError):
    """The day lies outside the deployment's days, or ahead of today."""


def _refuse_unless_under_way(deployment: Deployment) -> None:
    if deployment.state not in UNDER_WAY:
        raise NotUnderWayError(f"该任务{deployment.get_state_display()}，不能再变动。")


@transaction.atomic
def send_members(
    deployment: Deployment, *, members: Sequence[Member], since: dt.date
) -> list[Assignment]:
    """Send `members` to the deployment from `since` to its end.

    Nobody is in two places at once: raises AlreadySentError naming who is where. All or nothing.
    Raises CampaignOverError once the campaign is over.
    """
    refuse_unless_under_way(deployment.campaign, act="增派人员")
    _refuse_unless_under_way(deployment)
    since = max(since, deployment.starts_on)
    if deployment.ends_on is not None and since > deployment.ends_on:
        raise OutsideSpanError(f"该任务已于{written(deployment.ends_on)}到期，请先延长截止日期。")
    _refuse_strangers(deployment, members, since)
    _refuse_busy(deployment, members, since)
    refuse_crossing(deployment, [m.pk for m in members], since=since, ends_on=deployment.ends_on)
    rows = [
        Assignment(
            deployment=deployment,
            member=member,
            unit_id=deployment.unit_id,
            starts_on=since,
            ends_on=deployment.ends_on,
            is_drill=deployment.is_drill,
        )
        for member in members
    ]
    try:
        with transaction.atomic():
            return Assignment.objects.bulk_create(rows)
    except IntegrityError:
        # Somebody sent one of them between our look and our write: say where, as always.
        _refuse_busy(deployment, members, since)
        raise


def _refuse_strangers(deployment: Deployment, members: Sequence[Member], since: dt.date) -> None:
    ids = {member.pk for member in members}
    belongs = Membership.objects.filter(member__in=ids, unit=deployment.unit_id).on(since)
    strangers = ids - set(belongs.values_list("member", flat=True))
    if strangers:
        names = listing((m.name for m in members if m.pk in strangers), most=5, measure="人")
        raise NotOfUnitError(f"{names}在{written(since)}不属于{deployment.unit}，不能由其派出。")
    exempt = [member.name for member in members if member.is_exempt]
    if exempt:
        raise NotOfUnitError(f"{listing(exempt, most=5, measure='人')}已列入免派，不能派出。")


def _refuse_busy(deployment: Deployment, members: Sequence[Member], since: dt.date) -> None:
    busy = clashes(
        [member.pk for member in members],
        starts_on=since,
        ends_on=deployment.ends_on,
        is_drill=deployment.is_drill,
    )
    if busy:
        raise AlreadySentError("；".join(place_of(row) for row in busy[:5]) + "。请先办理离岗。")


@transaction.atomic
def bring_back(assignment: Assignment, *, last_day: dt.date) -> None:
    """End one person's stay with `last_day`; who never began is taken off the list.

    Open after the end of the campaign, as `end_deployment` is: whoever was left there could
    otherwise never be sent anywhere again.
    """
    if assignment.ends_on is not None and last_day > assignment.ends_on:
        raise OutsideSpanError(f"该人员已登记{written(assignment.ends_on)}离岗。")
    if last_day < assignment.starts_on:
        assignment.delete()
        return
    assignment.ends_on = last_day
    assignment.save(update_fields=["ends_on"])


@transaction.atomic
def end_deployment(deployment: Deployment, *, last_day: dt.date) -> None:
    """End the deployment and everybody's stay in it with `last_day`.

    Raises NotUnderWayError when it has ended already, OutsideSpanError before its first day.
    """
    if last_day < deployment.starts_on:
        raise OutsideSpanError("截止日期不得早于起始日期。", field="last_day")
    ended = Deployment.objects.filter(pk=deployment.pk, state__in=UNDER_WAY).update(
        state=DeploymentState.ENDED, ends_on=last_day
    )
    if not ended:
        deployment.refresh_from_db()
        _refuse_unless_under_way(deployment)
    stays = Assignment.objects.filter(deployment=deployment)
    stays.filter(starts_on__gt=last_day).delete()
    stays.filter(Q(ends_on=None) | Q(ends_on__gt=last_day)).update(ends_on=last_day)


@transaction.atomic
def record_day(
    deployment: Deployment,
    *,
    day: dt.date,
    expected: int,
    present: int,
    night: int = 0,
    hours: Decimal | None = None,
    output: Decimal | None = None,
    note: str = "",
    seen: dt.datetime | None = None,
    on: dt.date,
) -> DeploymentDay:
    """Enter what happened on `day`, or correct the entry read at `seen` (its `recorded_at`).

    `on` is the business day: later days are refused. Raises CampaignOverError, OutsideSpanError,
    TooManyPeopleError; ConflictError with both values when another entry was saved since `seen`.
    """
    refuse_unless_under_way(deployment.campaign, act="登记在岗", field="day")
    _refuse_outside(deployment, day, on)
    _refuse_too_many(deployment, day, expected=expected, present=present, night=night)
    _refuse_outsiders(deployment, day, present=present)
    row = DeploymentDay.objects.select_for_update().filter(deployment=deployment, on=day).first()
    new: dict[str, object] = {
        "expected": expected,
        "present": present,
        "night": night,
        "hours": hours,
        "output": output,
        "note": note,
    }
    if row is not None and row.recorded_at != seen:
        _refuse_overwrite(row, new)
    row = row or DeploymentDay(deployment=deployment, on=day)
    for name, value in new.items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.full_clean(exclude=["deployment"])
            row.save()
    except IntegrityError as error:
        raise ConflictError("他人刚刚登记了当日情况，请刷新后核对。") from error
    if present:
        Deployment.objects.filter(pk=deployment.pk, state=DeploymentState.PLANNED).update(
            state=DeploymentState.ACTIVE
        )
    return row


def _refuse_outside(deployment: Deployment, day: dt.date, on: dt.date) -> None:
    if deployment.state == DeploymentState.WITHDRAWN:
        _refuse_unless_under_way(deployment)
    if day > on:
        raise OutsideSpanError("还没到这一天，不能登记。", field="day")
    ended = deployment.ends_on is not None and day > deployment.ends_on
    if ended or day < deployment.starts_on:
        last = written(deployment.ends_on) if deployment.ends_on else "今"
        raise OutsideSpanError(
            f"该任务自{written(deployment.starts_on)}至{last}，请核对日期。", field="day"
        )


def _refuse_too_many(
    deployment: Deployment, day: dt.date, *, expected: int, present: int, night: int
) -> None:
    """夜班 ≤ 实到 ≤ 应到 ≤ the unit's people: not all who are there need be named one by one."""
    most = most_there(deployment, on=day)
    if expected > most:
        raise TooManyPeopleError(
            f"应到不能多于{deployment.unit}当日在册的 {most} 人，请核对；"
            "名册不全的，请先登记到党员名册。",
            field="expected",
        )
    if present > expected:
        raise TooManyPeopleError(
            f"实到不能多于应到的 {expected} 人，请核对；有增派的，请先改应到。", field="present"
        )
    if night > present:
        raise TooManyPeopleError(f"夜班人数不能多于实到人数 {present} 人，请核对。", field="night")


def _refuse_outsiders(deployment: Deployment, day: dt.date, *, present: int) -> None:
    """Heads without names cross a boundary as people do."""
    most = most_on_the_spot(deployment, on=day)
    if most is not None and present > most:
        raise TooManyPeopleError(
            f"{deployment.community}当日封闭，{deployment.unit}在封闭范围内可到岗的有 {most} 人，"
            "住在范围外的不能进入，实到请按范围内人数登记。",
            field="present",
        )


def _refuse_overwrite(row: DeploymentDay, new: dict[str, object]) -> None:
    labels = {field.name: str(field.verbose_name) for field in DeploymentDay._meta.fields}
    changed = [
        Difference(labels[name], value, getattr(row, name))
        for name, value in new.items()
        if getattr(row, name) != value
    ]
    if changed:
        raise ConflictError(
            "他人刚刚登记了当日情况，请核对后再保存。",
            differences=changed,
            marks={"seen": row.recorded_at.isoformat()},
        )
