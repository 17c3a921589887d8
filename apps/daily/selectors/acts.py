"""The day's four acts as the ring at the top of a page shows them."""

import datetime as dt
import json
from typing import Literal, NamedTuple

from django.urls import reverse

from apps.campaigns.models import Campaign
from apps.core import formats
from apps.core.boards import Act
from apps.core.statements import fetched

from ..enums import ActKind, ActState
from .owed import Standing, standings

ActTone = Literal["done", "now", "wait", "late", "excused"]

ICONS = {
    ActKind.CITY_TALK: "messages",
    ActKind.SUMMARY: "sum",
    ActKind.JUDGMENT: "bulb",
    ActKind.DISPATCH: "route",
}


def act_board(
    campaign: Campaign, *, on: dt.date, now: dt.datetime, named: bool = True
) -> list[Act]:
    """The acts of `on` in the order of their hours; empty before the round is opened.

    The first that is neither done nor waived is the one at hand. Who signed is told only where it
    is `named`. Two queries.
    """
    acts = [Told(*row) for row in fetched(ACTS, campaign=campaign.pk, on=on)]
    at_hand = next((act for act in acts if act.state == ActState.PENDING), None)
    filed = standings([campaign], on=on)[campaign.pk, None]
    round_url = reverse("daily:round_detail", args=[campaign.code, on.isoformat()])
    return [
        Act(
            label=str(ActKind(act.kind).label),
            icon=ICONS[ActKind(act.kind)],
            state=_state(act, now=now, at_hand=act is at_hand),
            text=_text(act, filed, now=now, named=named),
            url=f"{round_url}#{act.kind}",
        )
        for act in acts
    ]


class Told(NamedTuple):
    """What the ring says of an act."""

    kind: str
    state: str
    due_at: dt.datetime
    done_at: dt.datetime | None
    evidence: str
    waive_reason: str


ACTS = """
SELECT a.kind, a.state, a.due_at, a.done_at, a.evidence, a.waive_reason
  FROM daily_roundact a
  JOIN daily_dailyround r ON r.id = a.round_id
 WHERE r.campaign_id = %(campaign)s AND r."on" = %(on)s
 ORDER BY a.due_at, a.id
"""


def _state(act: Told, *, now: dt.datetime, at_hand: bool) -> ActTone:
    if act.state in (ActState.DONE, ActState.DONE_LATE):
        return "done"
    if act.state == ActState.WAIVED:
        return "excused"
    if act.due_at < now:
        return "late"
    return "now" if at_hand else "wait"


def _text(act: Told, filed: Standing, *, now: dt.datetime, named: bool) -> str:
    if act.state == ActState.WAIVED:
        return f"免办 · {act.waive_reason}"
    if act.done_at is not None:
        late = "逾期办结" if act.state == ActState.DONE_LATE else ""
        return " · ".join(filter(None, [f"{formats.clock(act.done_at)} {_done(act, named)}", late]))
    counts = f"{filed.filed}/{filed.asked} 家已报 · " if act.kind == ActKind.SUMMARY else ""
    until = "锁定" if act.kind == ActKind.SUMMARY else "前"
    words = f"{counts}{formats.clock(act.due_at)} {until}"
    return f"逾期未办 · {words}" if act.due_at < now else f"待办 · {words}"


def _done(act: Told, named: bool) -> str:
    """What settled it, from the evidence kept with it."""
    found = json.loads(act.evidence)
    if act.kind == ActKind.SUMMARY:
        return f"已锁定 · {found.get('reported', 0)}/{found.get('asked', 0)} 家"
    if act.kind == ActKind.CITY_TALK:
        return f"已对接市直工委 · 需求 {found.get('items', 0)} 项"
    signer = f" · {found['signed_by']}" if named and found.get("signed_by") else ""
    if found.get("sheets"):
        return f"已签发调配单 {found['sheets']} 张 {found['heads']} 人{signer}"
    return f"{'已阅签' if act.kind == ActKind.JUDGMENT else '已签发'}{signer}"
