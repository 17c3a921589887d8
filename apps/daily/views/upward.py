"""报送台账: who above was told which number for which moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.safestring import SafeString

from apps.core import html
from apps.core.tables import Column
from apps.core.views import Action, ScopedListView
from apps.figures.enums import Measure

from ..filters import UpwardFilter
from ..models import UpwardReturn


def _number(row: dict[str, Any]) -> SafeString:
    return html.figure(row["value"], str(Measure(row["indicator__measure"]).label))


class UpwardListView(ScopedListView):
    permission = "daily.view_dailyround"
    model = UpwardReturn
    filterset_class = UpwardFilter
    ordering = ("-at", "-pk")
    columns = (
        Column("at", "报送时间", kind="moment", sort=True),
        Column("receiver", "报送对象", phone="title"),
        Column("campaign__name", "应急任务"),
        Column("on", "数据日期", kind="day"),
        Column("as_of", "数据时点", kind="moment"),
        Column("indicator__name", "指标"),
        Column("value", "数值", kind="number", value=_number),
        Column("explanation", "不一致说明", blank="", css="wide"),
        Column("by__name", "报送人"),
    )
    extra_fields = ("value", "indicator__measure")
    empty = "还没有向上报送。在当日四个一的页面上登记报送。"

    def get_title(self) -> str:
        return "报送台账"

    def get_actions(self) -> Sequence[Action]:
        return ()
