"""Talks with the city's committee (需求对接): what it asked for, what we answered."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from apps.accounts.models import User
from apps.deployments.models import Need

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
