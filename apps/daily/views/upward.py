"""报送台账: who above was told which number for which moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.safestring import SafeString

from apps.core import html
from apps.core.addresses import address
from apps.core.tables import Column
from apps.core.views import Action, ScopedListView
from apps.figures.enums import Measure

from ..filters import UpwardFilter
from ..models import UpwardReturn


def _number(row: dict[str, Any]) -> SafeString:
    return html.figure(row["value"], str(Measure(row["indicator__measure"]).label))


def _rows(row: dict[str, Any]) -> str:
    """The rows of the number of that day, told or not."""
    day = row["on"].isoformat()
    return address("daily:figure_rows", row["campaign__code"], day, row["indicator__code"])


class UpwardListView(ScopedListView):
    permission = "daily.view_dailyround"
    model = UpwardReturn
    filterset_class = UpwardFilter
    ordering = ("-at", "-pk")
    columns = (
        Column("at", "报送时间", kind="moment", sort=True),
        Column("receiver", "报送对象", phone="title", css="place"),
        Column("campaign__name", "应急任务", css="place"),
        Column("on", "数据日期", kind="day"),
        Column("as_of", "数据时点", kind="moment"),
        Column("indicator__name", "指标", css="nowrap"),
        Column("value", "数值", kind="number", value=_number, link=_rows),
        Column("explanation", "不一致说明", blank="", css="wide"),
        Column("by__name", "报送人", css="nowrap"),
    )
    extra_fields = ("value", "indicator__measure", "indicator__code", "campaign__code")
    empty = "还没有向上报送。在当日四个一的页面上登记报送。"

    def get_title(self) -> str:
        return "报送台账"

    def get_actions(self) -> Sequence[Action]:
        return ()
