"""What a campaign asks of its units, on the campaign's record."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from apps.core.panels import Panel, register_panel
from apps.core.tables import Column, Row, Table

from .models import CampaignIndicator


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


def register_panels() -> None:
    asked = Panel(
        "campaigns.campaign",
        "indicators",
        "指标",
        indicators_of_campaign,
        "campaigns.view_campaign",
    )
    register_panel(asked)
