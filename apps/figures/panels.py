"""What the figures add to records: a campaign's indicators, a unit's locked days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import astuple
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from apps.campaigns.current import current_campaign, current_day
from apps.campaigns.models import Campaign
from apps.core.boards import Chart, Series
from apps.core.formats import Blank
from apps.core.html import Note, blank
from apps.core.panels import Panel, register_panel
from apps.core.tables import Column, Row, Table
from apps.units.models import Unit

from .corrected import note_of
from .enums import ScopeKind
from .keys import keys_of
from .models import CampaignIndicator, Indicator
from .selectors.units import UnitDay, unit_figures

DAYS = 30
KEYS_SHOWN = 5
"""As many columns as fit beside the contacts: people, communities, teams or those on the spot."""


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
    """近30天核定数 of the campaign in hand: the key indicators day by day, newest first.

    Every day of the 30 has its row; each number opens the leaf it is kept in.
    """
    campaign = current_campaign(request)
    if campaign is None:
        return {"chart": None, "table": Table((), (), empty="没有应急任务。")}
    until = current_day(request)
    indicators, known = unit_figures(campaign, unit, until=until, user=request.user, days=DAYS)
    shown = _key_ones(indicators, campaign.kind)
    if not known:
        return {"chart": None, "table": Table((), (), empty="近30天没有已锁定的数据。")}
    first = max(campaign.starts_on, until - dt.timedelta(days=DAYS - 1))
    by_day = {day.on: day for day in known}
    days = [
        by_day.get(on, UnitDay(on))
        for back in range((until - first).days + 1)
        if (on := until - dt.timedelta(days=back))
    ]
    asked = CampaignIndicator.objects.filter(campaign=campaign, is_typed=True)
    typed = set(asked.values_list("indicator", flat=True))
    columns = [
        Column("on", "日期", kind="day", phone="title"),
        *(
            _value_column(campaign, unit, one, is_locked=by_day, is_typed=one.pk in typed)
            for one in shown
        ),
    ]
    chart = _chart(shown[0], days, is_typed=shown[0].pk in typed)
    return {"chart": chart, "table": Table(columns, days, caption="近30天核定数")}


def _reasons(*, is_typed: bool) -> tuple[str, str]:
    """Why a locked day has no number: where nothing was asked of the unit, and where it is owed."""
    return ("未要求", Blank.MISSING) if is_typed else ("无任务", Blank.NOT_ENTERED)


def _leaf(day: UnitDay, code: str) -> str:
    return reverse("daily:figure_detail", args=[day.leaves[code]]) if code in day.leaves else ""


def _key_ones(indicators: Sequence[Indicator], kind: str) -> list[Indicator]:
    """The indicators every board speaks of, as far as a unit has them; all where it has none."""
    codes = [code for code in astuple(keys_of(kind)) if code][:KEYS_SHOWN]
    by_code = {one.code: one for one in indicators}
    return [by_code[code] for code in codes if code in by_code] or list(indicators)


def _value_column(
    campaign: Campaign,
    unit: Unit,
    indicator: Indicator,
    *,
    is_locked: Collection[dt.date],
    is_typed: bool,
) -> Column:
    code, measure = indicator.code, str(indicator.get_measure_display())
    at = (ScopeKind.UNIT, unit.pk)
    nothing, owed = _reasons(is_typed=is_typed)

    def value(day: UnitDay) -> Any:
        if day.on not in is_locked:
            return blank("未锁定")
        return day.values[code] if code in day.leaves else blank(nothing)

    def corrected(day: UnitDay) -> Note | None:
        if code not in day.corrected:
            return None
        return note_of(campaign, day.on, code, day.corrected[code], measure, at=at)

    return Column(
        code,
        f"{indicator.name}（{measure}）",
        kind="number",
        value=value,
        link=lambda day: _leaf(day, code),
        blank=owed,
        note=corrected,
    )


def _chart(indicator: Indicator, days: Sequence[UnitDay], *, is_typed: bool) -> Chart:
    """The first of them as a line; a day without a value is a gap."""
    in_order, code = list(reversed(days)), indicator.code
    return Chart(
        key="unit-figures",
        title=f"近30天{indicator.name}",
        unit=indicator.get_measure_display(),
        x=[f"{day.on.month}/{day.on.day}" for day in in_order],
        series=[
            Series(
                indicator.name,
                [_plain(day.values.get(code)) for day in in_order],
                "area",
                urls=[_leaf(day, code) for day in in_order],
            )
        ],
        blank="或".join(_reasons(is_typed=is_typed)),
    )


def _plain(value: Decimal | None) -> float | None:
    """For the chart, which knows no decimals; a gap stays one."""
    return None if value is None else float(value)


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
        template="units/_figures.html",
        order=60,
    )
    register_panel(asked, locked)
