"""Talks with the city's committee (需求对接): what it asked for, what we answered."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from apps.accounts.models import User
from apps.core.dates import business_day, day_bounds
from apps.deployments.allocating import NeedSource
from apps.deployments.enums import NeedState
from apps.deployments.models import Need
from apps.deployments.needs import with_chain

from ..enums import Fulfilment, TalkMethod
from ..errors import ActRefusedError
from ..models import CityTalk, CityTalkItem, DailyRound
from .acts import settle_acts


@dataclass(frozen=True)
class Asked:
    """One thing asked for in a talk."""

    content: str
    heads: int | None = None
    due_at: dt.datetime | None = None
    reply: str = ""
    fulfilment: Fulfilment = Fulfilment.OPEN
    need: Need | None = None


@transaction.atomic
def record_talk(
    round_: DailyRound,
    *,
    at: dt.datetime,
    method: TalkMethod,
    counterpart: str,
    items: Sequence[Asked],
    by: User,
    now: dt.datetime,
) -> CityTalk:
    """Keep a talk and its items; one in which nothing was asked for is a talk as well.

    Raises ActRefusedError for a talk that is still ahead.
    """
    if at > now:
        raise ActRefusedError("对接时间不能晚于现在。", field="at")
    talk = CityTalk.objects.create(
        round=round_, at=at, method=method, counterpart=counterpart.strip(), by=by
    )
    CityTalkItem.objects.bulk_create(
        CityTalkItem(
            talk=talk,
            need=item.need,
            content=item.content,
            heads=item.heads,
            due_at=item.due_at,
            reply=item.reply,
            fulfilment=item.fulfilment,
        )
        for item in items
    )
    settle_acts(round_, now=now)
    return talk


@transaction.atomic
def answer_item(
    item: CityTalkItem, *, reply: str, fulfilment: Fulfilment, now: dt.datetime
) -> None:
    """Answer an item or say how far it is done. Raises ActRefusedError without words."""
    reply = reply.strip()
    if not reply:
        raise ActRefusedError("请填写我方答复。", field="reply")
    CityTalkItem.objects.filter(pk=item.pk).update(reply=reply, fulfilment=fulfilment)
    settle_acts(item.talk.round, now=now)


FULFILMENTS = {
    NeedState.OPEN: Fulfilment.OPEN,
    NeedState.PARTLY: Fulfilment.PARTLY,
    NeedState.MET: Fulfilment.DONE,
    NeedState.CLOSED: Fulfilment.DECLINED,
}
METHODS = {NeedSource.PHONE: TalkMethod.PHONE}
TALK_LASTS = dt.timedelta(minutes=30)
LONGEST = 200


@transaction.atomic
def pull_needs(now: dt.datetime) -> int:
    """Bring needs raised today into the day's talk, and tell there what became of each.

    Every need that somebody entered becomes an item once, in a talk of whoever entered it; its
    answer and how far it is done follow the need until a person has answered it in other words.
    How many items were new. Repeatable.
    """
    today = business_day(now)
    # Who pulls at the same time waits here, and then finds nothing new.
    held = DailyRound.objects.select_for_update(no_key=True).filter(on=today).order_by("pk")
    rounds = {row.campaign_id: row for row in held}
    if not rounds:
        return 0
    start, end = day_bounds(today)
    known = CityTalkItem.objects.filter(need=OuterRef("pk"))
    fresh = (
        Need.objects.filter(campaign__in=rounds, raised_at__gte=start, raised_at__lt=end)
        .filter(~Exists(known), raised_by__isnull=False)
        .select_related("community", "task_type", "raised_by")
        .order_by("raised_at", "pk")
    )
    made = [_item(rounds[need.campaign_id], need) for need in fresh]
    CityTalkItem.objects.bulk_create(made)
    _follow(today)
    return len(made)


def _item(round_: DailyRound, need: Need) -> CityTalkItem:
    told = {
        "round": round_,
        "method": METHODS.get(NeedSource(need.source), TalkMethod.LIST),
        "counterpart": need.told_by,
        "by": need.raised_by,
    }
    # What is asked for later is another talk, at its own hour; of two alike the first takes it.
    since = need.raised_at - TALK_LASTS
    talk = CityTalk.objects.filter(**told, at__range=(since, need.raised_at)).first()
    talk = talk or CityTalk.objects.create(**told, at=need.raised_at)
    return CityTalkItem(
        talk=talk,
        need=need,
        content=str(need)[:LONGEST],
        heads=need.heads or None,
        due_at=day_bounds(need.starts_on)[0] + dt.timedelta(hours=8),
    )


def _follow(today: dt.date) -> None:
    """Items of the last days whose need has moved on; words of a person are left as they are."""
    items = list(
        CityTalkItem.objects.filter(
            need__raised_by__isnull=False, talk__round__on__gte=today - FOLLOWED
        ).select_related("need")
    )
    chain = {
        need.pk: need
        for need in with_chain(
            Need.objects.filter(pk__in=[item.need_id for item in items]), on=today
        )
    }
    changed = []
    for item in items:
        need: Any = chain[item.need_id]
        reply = _reply(need)
        fulfilment = FULFILMENTS[NeedState(need.state)]
        is_ours = not item.reply or item.reply.startswith(OURS)
        if is_ours and (item.reply, item.fulfilment) != (reply, fulfilment):
            item.reply, item.fulfilment = reply, fulfilment
            changed.append(item)
    CityTalkItem.objects.bulk_update(changed, ["reply", "fulfilment"], batch_size=500)


FOLLOWED = dt.timedelta(days=7)
OURS = ("已调配", "已落实", "已关闭")
"""How the answers begin that follow the need."""


def _reply(need: Any) -> str:
    """已调配 20 人，到岗 18 人; of what was closed, why; empty while nobody has been sent."""
    if need.state == NeedState.CLOSED:
        return f"已关闭：{need.settled_reason}"[:LONGEST] if need.settled_reason else "已关闭"
    if need.heads and need.accepted:
        came = f"，到岗 {need.arrived} 人" if need.arrived else ""
        return f"已调配 {need.accepted} 人{came}"
    return "已落实" if need.state == NeedState.MET else ""
