"""What the figures add to records: a campaign's indicators, a unit's locked days."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from apps.campaigns.current import current_campaign, current_day
from apps.core.panels import Panel, register_panel
from apps.core.tables import Column, Row, Table

from .models import CampaignIndicator, Indicator
from .selectors.units import UnitDay, unit_figures


def _source(row: Row) -> str:
    if not row.is_typed:
        return "台账自动得出"
    return "单位填报（必填）" if row.is_required else "单位填报"


def indicators_of_campaign(_: HttpRequest, campaign: Any) -> dict[str, Any]:
    rows = CampaignIndicator.objects.filter(campaign=campaign).select_related("indicator")
    columns = (
        Column("indicator__code", label="代码", phone="hide"),
        Column("indicator__name", label="指标", phone="title"),
        Column("indicator__measure", label="计量单位"),
        Column("indicator__kind", label="性质"),
        Column("indicator__rollup", label="汇总方式"),
        Column("is_typed", label="来源", value=_source),
        Column("starts_on", kind="day"),
        Column("ends_on", kind="day", blank="未停用"),
    )
    found = rows.order_by("position")
    return {"table": Table.of(CampaignIndicator, columns, found, empty="尚未设置指标。")}


def figures_of_unit(request: HttpRequest, unit: Any) -> dict[str, Any]:
    """近30天核定数 of the campaign in hand, newest day first."""
    campaign = current_campaign(request)
    if campaign is None:
        return {"table": Table((), (), empty="没有应急任务。")}
    indicators, days = unit_figures(campaign, unit, until=current_day(request), user=request.user)
    columns = [Column("on", "日期", kind="day", phone="title"), *map(_value_column, indicators)]
    return {"table": Table(columns, days, empty="近30天没有已锁定的数据。")}


def _value_column(indicator: Indicator) -> Column:
    def value(day: UnitDay) -> Any:
        return day.values.get(indicator.code)

    name = f"{indicator.name}（{indicator.get_measure_display()}）"
    return Column(indicator.code, name, kind="number", value=value, blank="未报")


def register_panels() -> None:
    asked = Panel(
        "campaigns.campaign",
        "indicators",
        "指标",
        indicators_of_campaign,
        "campaigns.view_campaign",
    )
    locked = Panel(
        "units.unit",
        "figures",
        "近30天核定数",
        figures_of_unit,
        "figures.view_figure",
        order=60,
    )
    register_panel(asked, locked)
