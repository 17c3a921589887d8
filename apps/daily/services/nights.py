"""22:00: the day's four acts drawn together, missing ones named (四个一小结)."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction

from apps.campaigns.models import Campaign
from apps.core import formats
from apps.figures.enums import ScopeKind, Stage
from apps.figures.keys import keys_of

from ..enums import ActState
from ..models import DailyRound, RoundAct
from ..selectors.days import day_figures
from ..selectors.findings import day_findings
from ..selectors.summary import filed_reports
from .acts import settle_acts
from .digests import send_night_note
from .rounds import open_day

UNFINISHED = "未办"


@transaction.atomic
def draw_round(campaign: Campaign, *, on: dt.date, now: dt.datetime) -> dict[str, Any]:
    """Keep how the day ended and tell the office; returns what was kept.

    Drawn again it is written anew, the mail is not: one per campaign and day.
    """
    round_ = open_day(campaign, on=on, now=now).round
    settle_acts(round_, now=now)
    closing = closing_of(campaign, on=on)
    DailyRound.objects.filter(pk=round_.pk).update(drawn_at=now, closing=closing)
    mails = send_night_note(
        campaign, on=on, now=now, subject=_subject(campaign, closing, on), lines=_lines(closing)
    )
    return {"missing": closing["missing"], "mails": mails}


def closing_of(campaign: Campaign, *, on: dt.date) -> dict[str, Any]:
    """Moments and numbers of the day as they stand; nothing in it ages."""
    of_day = RoundAct.objects.filter(round__campaign=campaign, round__on=on)
    acts = list(of_day.select_related("owner").order_by("due_at"))
    day = day_figures(campaign, on=on, user=None)
    filed = filed_reports(campaign, on=on, by=ScopeKind.CATEGORY)[None]
    present = day.value(keys_of(campaign.kind).on_post, ScopeKind.TOTAL)
    return {
        "stage": day.stage.value if day.stage else None,
        "filed": filed.filed,
        "late": filed.late,
        "asked": filed.asked,
        "on_post": None if present is None or present.number is None else str(present.number),
        "acts": [
            {
                "kind": act.kind,
                "state": act.state,
                "due_at": act.due_at.isoformat(),
                "done_at": act.done_at.isoformat() if act.done_at else None,
                "owner": act.owner.name if act.owner else "",
                "text": _act_line(act),
            }
            for act in acts
        ],
        "missing": [act.get_kind_display() for act in acts if act.state == ActState.PENDING],
        "findings": [f"{one.label}：{one.text}" for one in day_findings(day)],
    }


def _act_line(act: RoundAct) -> str:
    """It leaves by mail and names nobody; the page of the day says whose act it is."""
    name = act.get_kind_display()
    if act.state == ActState.WAIVED:
        return f"{name}：免办（{act.waive_reason}）"
    if act.done_at is None:
        return f"{name}：{UNFINISHED}（时限{formats.clock(act.due_at)}）"
    return f"{name}：{act.get_state_display()}（{formats.clock(act.done_at)}）"


def _subject(campaign: Campaign, closing: dict[str, Any], on: dt.date) -> str:
    missing = closing["missing"]
    state = f"未办{len(missing)}项：{formats.listing(missing)}" if missing else "四项均已办"
    return f"{formats.day(on, today=on)}{campaign}四个一小结（{state}）"


def _lines(closing: dict[str, Any]) -> list[str]:
    stage = {Stage.LOCKED.value: "核定数", Stage.FLASH.value: "快报数"}.get(
        closing["stage"], "未锁定"
    )
    late = f"，补报{closing['late']}家" if closing["late"] else ""
    on_post = closing["on_post"]
    present = "未登记" if on_post is None else formats.figure(Decimal(on_post), "人")
    return [
        *(act["text"] for act in closing["acts"]),
        f"已报{closing['filed']}/{closing['asked']}家{late}；在岗下沉党员{present}（{stage}）。",
        *(f"{n}. {text}" for n, text in enumerate(closing["findings"], 1)),
    ]
