"""帮扶情况统计表 by type of service, as the office prints it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count
from django.db.models.functions import Coalesce

from apps.campaigns.models import Campaign
from apps.core import formats
from apps.core.dates import business_day
from apps.office.exports.paper import Cell, Paper, PaperColumn, numbered

from ..enums import ServiceType
from ..models import AssistanceAction

COLUMNS = (
    PaperColumn("序号", width=6),
    PaperColumn("服务类型", "text", width=18),
    PaperColumn("当日（次）", over="帮扶次数", width=12),
    PaperColumn("累计（次）", over="帮扶次数", width=12),
    PaperColumn("当日（户、人）", over="帮扶对象", width=15),
    PaperColumn("累计（户、人）", over="帮扶对象", width=15),
    PaperColumn("累计（家）", over="参与单位", width=12),
)
NOTES = (
    "帮扶次数逐次相加；帮扶对象、参与单位去重计数，各类型之和可大于合计",
    "重复登记的帮扶对象已归并",
)
# Folded registrations count as the one they were folded into.
HELPED = Coalesce("beneficiary__duplicate_of", "beneficiary")


def actions_paper(campaign: Campaign, *, on: dt.date, user: Any, organ: str) -> Paper:
    """Acts of help until `on` in the scope of `user`: of the day and of the whole campaign."""
    acts = AssistanceAction.objects.visible_to(user).filter(campaign=campaign, on__lte=on)
    whole, today = _by_type(acts), _by_type(acts.filter(on=on))
    kinds = [(kind, label) for kind, label in ServiceType.choices if kind in whole]
    rows = [_line(str(label), today.get(kind, NOTHING), whole[kind]) for kind, label in kinds]
    # Of all types together: nobody is counted twice.
    total = [None, *_line("合计", _counts(acts.filter(on=on)), _counts(acts))]
    return Paper(
        title=f"{campaign}关爱帮扶情况统计表（按服务类型）",
        organ=organ,
        basis=f"统计至{formats.day(on)}　　台账数（未核定）",
        on=business_day(),
        columns=COLUMNS,
        rows=numbered(rows),
        total=total,
        notes=NOTES,
        empty="没有帮扶记录",
    )


Counts = tuple[int, int, int]
NOTHING: Counts = (0, 0, 0)
COUNTED = {
    "acts": Count("pk"),
    "helped": Count(HELPED, distinct=True),
    "units": Count("unit", distinct=True),
}


def _by_type(acts: Any) -> dict[str, Counts]:
    rows = acts.order_by().values("service_type").annotate(**COUNTED)
    return {row["service_type"]: (row["acts"], row["helped"], row["units"]) for row in rows}


def _counts(acts: Any) -> Counts:
    found = acts.order_by().aggregate(**COUNTED)
    return found["acts"], found["helped"], found["units"]


def _line(label: str, today: Counts, whole: Counts) -> list[Cell]:
    return [label, today[0], whole[0], today[1], whole[1], whole[2]]
