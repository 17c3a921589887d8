"""社区需求清单 as the office prints it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from apps.campaigns.models import Campaign
from apps.core import formats
from apps.core.dates import business_day
from apps.core.formats import Blank
from apps.office.exports.paper import Cell, Paper, PaperColumn, numbered, total_of

from .models import Need
from .whereabouts import OPEN_NEEDS, with_gap

COLUMNS = (
    PaperColumn("序号", width=6),
    PaperColumn("区县", "text", over="社区", width=12),
    PaperColumn("街道", "text", over="社区", width=14),
    PaperColumn("社区", "text", over="社区", width=16),
    PaperColumn("任务", "text", width=14),
    PaperColumn("需求", over="人数（人）", width=8),
    PaperColumn("到岗", over="人数（人）", width=8),
    PaperColumn("缺口", over="人数（人）", width=8),
    PaperColumn("起", "day", over="起止日期", width=10),
    PaperColumn("止", "day", over="起止日期", width=10),
    PaperColumn("状态", "text", width=10),
    PaperColumn("备注", "text", width=22),
)


def needs_paper(campaign: Campaign, *, on: dt.date, user: Any, organ: str) -> Paper:
    """Needs that are still open, with who is there on `on` and how many lack."""
    open_needs = Need.objects.visible_to(user).filter(campaign=campaign, state__in=OPEN_NEEDS)
    found = (
        with_gap(open_needs, on=on)
        .select_related("community__street__district", "task_type")
        .order_by("community__street__district__sort_order", "community__sort_key", "pk")
    )
    rows = numbered([_line(need) for need in found])
    return Paper(
        title=f"{campaign}社区需求清单",
        organ=organ,
        basis=f"到岗、缺口为{formats.day(on)}　　台账数（未核定）",
        on=business_day(),
        columns=COLUMNS,
        rows=rows,
        total=_total(rows),
        notes=("缺口为需求减到岗，不计负数；不在起止日期内的不计缺口",),
        empty="没有未落实的需求",
    )


def _line(need: Any) -> list[Cell]:
    place = need.community
    return [
        place.street.district.short_name,
        place.street.name,
        place.name,
        str(need.task_type or f"{need.goods} {need.quantity}".strip()),
        need.heads if need.task_type_id else Blank.NOT_ASKED,
        need.arrived if need.task_type_id else Blank.NOT_ASKED,
        "不计" if need.gap is None or not need.task_type_id else need.gap,
        need.starts_on,
        need.ends_on or "未定",
        need.get_state_display(),
        need.note or None,
    ]


def _total(rows: list[list[Cell]]) -> list[Cell] | None:
    if not rows:
        return None
    summed = total_of(rows)
    return [*summed[:5], *summed[5:8], *([None] * 4)]
