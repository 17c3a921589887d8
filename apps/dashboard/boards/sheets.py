"""The table of a board as Excel: the numbers of the page, from the same selectors and scope."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from apps.core.boards import Chart, Point
from apps.daily.selectors.record import told
from apps.deployments.visits import group_gaps
from apps.figures.enums import ScopeKind
from apps.units.models import LiaisonGroup

from .campaign import board_groups
from .charts import group_chart, offered, trend_chart
from .frame import Frame
from .group import unit_rows
from .selectors.places import district_tiles
from .selectors.spans import plain

Cell: TypeAlias = str | int | float | None


@dataclass(frozen=True)
class BoardSheet:
    """A heading and rows; measures stand in the headings, a missing number is an empty cell.

    `foot` is the row under them with what they add up to, where they may be added.
    """

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    measure: str = "行"
    foot: Sequence[Cell] = ()


def chart_sheet(chart: Chart) -> BoardSheet:
    """One column for each series; where a day was corrected, what it became stands at the end."""
    unit = f"（{chart.unit}）" if chart.unit else ""
    rows = list(chart.rows)
    noted = ["更正"] if any(point.note for _, points in rows for point in points) else []
    return BoardSheet(
        chart.title,
        [chart.x_label, *(f"{name}{unit}" for name in chart.names), *noted],
        [
            [label, *(_cell(point.value) for point in points), *(_notes(points) for _ in noted)]
            for label, points in rows
        ],
        foot=() if chart.total is None else _foot(chart, noted),
    )


def _foot(chart: Chart, noted: Sequence[str]) -> Sequence[Cell]:
    return (chart.foot_label, plain(Decimal(chart.total or 0)), *(None for _ in noted))


def _notes(points: Sequence[Point]) -> str:
    return "；".join(point.note.text for point in points if point.note)


def _cell(value: object) -> Cell:
    return value if isinstance(value, int | float) else None


def trend_sheet(frame: Frame, figure: str) -> BoardSheet | None:
    known = {asked.code for asked in offered(frame)}
    return chart_sheet(trend_chart(frame, figure)) if figure in known else None


def groups_sheet(frame: Frame, _figure: str) -> BoardSheet:
    return chart_sheet(group_chart(frame, board_groups(frame)))


def places_sheet(frame: Frame, _figure: str) -> BoardSheet:
    """Every community that asked for hands, by district in the official order."""
    return BoardSheet(
        f"{frame.campaign}社区需求缺口 {frame.on:%Y-%m-%d}",
        ["区县", "街道", "社区", "需求（人）", "到岗（人）", "缺口（人）"],
        [
            [district.name, place.street, place.name, place.heads, place.present, place.gap]
            for district in district_tiles(frame.campaign, on=frame.on)
            for place in district.places
        ],
        measure="个社区",
    )


def units_sheet(frame: Frame, _figure: str) -> BoardSheet | None:
    if frame.at[0] != ScopeKind.GROUP:
        return None
    group = LiaisonGroup.objects.get(pk=int(frame.at[1] or 0))
    contacts = told(frame.campaign, group, on=frame.on, user=frame.user)
    return BoardSheet(
        f"{frame.campaign}{group}单位 {frame.on:%Y-%m-%d}",
        [
            "单位",
            "日报",
            "在岗下沉党员（人）",
            "近30天逾期（天）",
            "近30天未报（天）",
            "近30天联系（次）",
        ],
        [
            [
                str(row.report.unit),
                str(row.report.get_state_display()),
                plain(row.present.number) if row.present else None,
                row.past.late,
                row.past.missing,
                row.calls,
            ]
            for row in unit_rows(frame, group, contacts)
        ],
        measure="家",
    )


def _visit_sheet(frame: Frame, noun: str, by: str) -> BoardSheet | None:
    if frame.at[0] != ScopeKind.GROUP:
        return None
    group = LiaisonGroup.objects.get(pk=int(frame.at[1] or 0))
    return BoardSheet(
        f"{frame.campaign}{group}走访情况（{noun}） {frame.on:%Y-%m-%d}",
        [noun, "最近走访", "距上次走访（天）", "在岗（人）", "走访（次）"],
        [
            [
                row.name,
                f"{row.last_on:%Y-%m-%d}" if row.last_on else "从未走访",
                row.days,
                row.present if row.is_out else None,
                row.visits,
            ]
            for row in group_gaps(frame.campaign, group.pk, on=frame.on)[by]
        ],
        measure="家" if noun == "单位" else "个社区",
    )


def visit_units_sheet(frame: Frame, _figure: str) -> BoardSheet | None:
    return _visit_sheet(frame, "单位", "unit")


def visit_places_sheet(frame: Frame, _figure: str) -> BoardSheet | None:
    """Every community, where the board shows the worst."""
    return _visit_sheet(frame, "社区", "community")


SHEETS: Mapping[str, Callable[[Frame, str], BoardSheet | None]] = {
    "trend": trend_sheet,
    "groups": groups_sheet,
    "places": places_sheet,
    "units": units_sheet,
    "visit-units": visit_units_sheet,
    "visit-places": visit_places_sheet,
}
