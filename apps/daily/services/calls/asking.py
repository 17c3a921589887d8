"""A request for numbers: made at once for all its units, ended or taken back by the office."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from apps.accounts.models import User
from apps.campaigns.models import Campaign
from apps.core.dates import business_day
from apps.figures.enums import Measure, Rollup
from apps.figures.models import Indicator
from apps.units.models import GroupMembership, Unit

from ...enums import CallState
from ...errors import CallRefusedError
from ...models import DataCall, DataCallItem, DataCallReply
from ...models.calls import MOST_ITEMS
from .telling import tell_opened, tell_withdrawn

SHORTEST = dt.timedelta(minutes=30)
"""Half an hour is the least an office can be asked to answer in (半小时内要数 is a complaint)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One number to be asked for."""

    name: str
    measure: Measure
    definition: str = ""
    indicator: Indicator | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """One pressing of 发起; `submission` was made when the form was drawn."""

    title: str
    purpose: str
    due_at: dt.datetime
    wanted: Sequence[Wanted]
    units: Collection[Unit]
    submission: uuid.UUID


@transaction.atomic
def open_call(campaign: Campaign, ask: Ask, *, by: User, now: dt.datetime) -> DataCall:
    """Ask every unit of `ask`, telling units and groups; the same submission answers as done.

    Raises CallRefusedError when nothing or too much is asked, of nobody, or in too short a time.
    """
    done = DataCall.objects.filter(submission=ask.submission).first()
    if done is not None:
        return done
    _check(campaign, ask, now=now)
    try:
        with transaction.atomic():
            call = DataCall.objects.create(
                campaign=campaign,
                title=ask.title,
                purpose=ask.purpose,
                due_at=ask.due_at,
                made_by=by,
                made_at=now,
                submission=ask.submission,
            )
    except IntegrityError:
        return DataCall.objects.get(submission=ask.submission)
    DataCallItem.objects.bulk_create(
        [
            DataCallItem(
                call=call,
                position=position,
                name=one.name,
                measure=one.measure,
                definition=one.definition,
                indicator=one.indicator,
                is_summed=one.indicator is None or one.indicator.rollup == Rollup.SUM,
            )
            for position, one in enumerate(ask.wanted, 1)
        ]
    )
    on = business_day(now)
    groups = dict(
        GroupMembership.objects.on(on).filter(unit__in=ask.units).values_list("unit", "group")
    )
    DataCallReply.objects.bulk_create(
        [DataCallReply(call=call, unit=unit, group_id=groups.get(unit.pk)) for unit in ask.units]
    )
    tell_opened(call, now=now)
    return call


def _check(campaign: Campaign, ask: Ask, *, now: dt.datetime) -> None:
    if not campaign.is_reporting:
        raise CallRefusedError(f"“{campaign}”不在进行中，不能发起临时报数。")
    if not ask.wanted:
        raise CallRefusedError("请至少填写一项要报的数据。")
    if len(ask.wanted) > MOST_ITEMS:
        raise CallRefusedError(f"一次最多报 {MOST_ITEMS} 项，超过的请调整日报指标。")
    if not ask.units:
        raise CallRefusedError("请选择报送单位。", field="scope")
    if ask.due_at < now + SHORTEST:
        raise CallRefusedError("截止时间离现在不足 30 分钟，请往后调整。", field="due_at")
    for one in ask.wanted:
        if one.indicator is not None and one.indicator.measure != one.measure:
            label = one.indicator.get_measure_display()
            raise CallRefusedError(f"“{one.name}”取自“{one.indicator}”，计量单位应为“{label}”。")


@transaction.atomic
def extend_call(call: DataCall, *, due_at: dt.datetime, now: dt.datetime) -> DataCall:
    """Give more time. Raises CallRefusedError when the call has ended or the hour is not later."""
    if due_at <= max(call.due_at, now):
        raise CallRefusedError("新的截止时间应晚于原截止时间和现在。", field="due_at")
    if not DataCall.objects.open().filter(pk=call.pk).update(due_at=due_at):
        raise CallRefusedError("该临时报数已结束，不能延期。")
    call.refresh_from_db()
    return call


@transaction.atomic
def end_call(call: DataCall, *, now: dt.datetime) -> bool:
    """Nothing more is expected; False when it had ended before."""
    ended = DataCall.objects.open().filter(pk=call.pk)
    return bool(ended.update(state=CallState.CLOSED, ended_at=now))


@transaction.atomic
def withdraw_call(call: DataCall, *, reason: str, now: dt.datetime) -> bool:
    """Take the request back and tell those who were asked; False when it had ended before."""
    open_ = DataCall.objects.open().filter(pk=call.pk)
    if not open_.update(state=CallState.WITHDRAWN, ended_at=now, ended_reason=reason):
        return False
    call.refresh_from_db()
    tell_withdrawn(call, now=now)
    return True
