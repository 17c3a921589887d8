"""报送台账 as the office prints it."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from apps.campaigns.models import Campaign
from apps.core import formats
from apps.core.dates import business_day, to_local
from apps.office.exports.paper import Paper, PaperColumn, numbered

from ..models import UpwardReturn

COLUMNS = (
    PaperColumn("序号", width=6),
    PaperColumn("报送时间", "text", over="报送", width=18),
    PaperColumn("报送对象", "text", over="报送", width=20),
    PaperColumn("数据日期", "day", over="数据", width=12),
    PaperColumn("数据时点", "text", over="数据", width=18),
    PaperColumn("指标", "text", over="数据", width=18),
    PaperColumn("数值", over="数据", width=12),
    PaperColumn("计量", "text", over="数据", width=8),
    PaperColumn("不一致说明", "text", width=30),
    PaperColumn("报送人", "text", width=12),
)


def upward_paper(
    told: QuerySet[UpwardReturn], *, campaign: Campaign, first: dt.date, last: dt.date, organ: str
) -> Paper:
    """Who was told which number, in the order in which they were told."""
    rows = told.select_related("indicator", "by").order_by("at", "pk")
    return Paper(
        title=f"{campaign}报送台账",
        organ=organ,
        basis=f"数据日期：{formats.days(first, last)}",
        on=business_day(),
        columns=COLUMNS,
        rows=numbered(
            [
                [
                    _stamp(row.at),
                    row.receiver,
                    row.on,
                    _stamp(row.as_of),
                    str(row.indicator),
                    row.value,
                    row.indicator.get_measure_display(),
                    row.explanation or None,
                    str(row.by or ""),
                ]
                for row in rows
            ]
        ),
        empty="没有向上报送",
    )


def _stamp(at: dt.datetime) -> str:
    return f"{to_local(at):%Y-%m-%d %H:%M}"
