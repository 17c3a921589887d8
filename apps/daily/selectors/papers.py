"""The day's 汇总表 and the list of missing units as the office prints them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from apps.campaigns.models import Campaign
from apps.communities.models import Community
from apps.core import formats
from apps.core.dates import business_day
from apps.core.formats import Blank
from apps.deployments.models import Deployment
from apps.deployments.selectors import DESK_BASES
from apps.figures.corrected import corrected_text
from apps.figures.enums import IndicatorKind, ScopeKind, Stage
from apps.figures.selectors.day_values import Asked, DayFigures, Value
from apps.office.exports.paper import Cell, Paper, PaperColumn, numbered, total_of

from ..enums import ReportState
from ..models import DailyReport
from .hours import data_cut
from .reports import MissingRow
from .summary import Summary, summary

STAGES = {Stage.LOCKED: "核定数", Stage.FLASH: "快报数（未核定）"}
LIVE = "实时数（未核定）"
PLACES = {ScopeKind.CATEGORY: "类别", ScopeKind.GROUP: "联络组", ScopeKind.UNIT: "单位"}
KINDS = (IndicatorKind.STOCK, IndicatorKind.FLOW, IndicatorKind.CUMULATIVE)
MISSING_NOTE = "“未报”为未报送或未登记，不作零计，不列入合计"
NO_TASK = "无任务"
"""A place the ledger has nothing of, as the round's page says it."""
BROAD = 10


def summary_paper(day: DayFigures, *, by: ScopeKind, user: Any, organ: str) -> Paper:
    """汇总表 of the day by UNIT, GROUP or CATEGORY: 报送, then the indicators by their kind."""
    asked = [one for kind in KINDS for one in day.asked.values() if one.kind == kind]
    # What the desk alone counts has lists of its own; the sheet is what units answer for.
    asked = [one for one in asked if not one.is_restricted and one.code not in DESK_BASES]
    table = summary(day, by=ScopeKind.CATEGORY if by == ScopeKind.UNIT else by)
    if by == ScopeKind.UNIT:
        own: tuple[PaperColumn, ...] = (
            PaperColumn("类别", "text", width=10),
            PaperColumn("联络组", "text", width=8),
        )
        filed: tuple[PaperColumn, ...] = (PaperColumn("报送情况", "text", width=10),)
        rows = _unit_rows(day, asked, user=user)
        total_label = ["合计", None, None, _filed_words(table)]
    else:
        own = ()
        filed = tuple(PaperColumn(label, over="报送（家）", width=7) for label in ("应报", "已报"))
        rows = _place_rows(day, table, asked, by=by)
        reports = table.total.reports
        total_label = ["合计", *((reports.asked, reports.filed) if reports else (None, None))]
    columns = (
        PaperColumn("序号", width=5),
        PaperColumn(PLACES[by], "text", width=20 if by == ScopeKind.UNIT else 14),
        *own,
        *filed,
        *(_indicator_column(one) for one in asked),
    )
    total = [None, *total_label, *(cell_of(_total(day, one)) for one in asked)]
    return Paper(
        title=f"{day.campaign}{formats.day(day.on, today=day.on)}情况汇总表（按{PLACES[by]}）",
        organ=organ,
        basis=basis_of(day),
        on=business_day(),
        columns=columns,
        rows=numbered(rows),
        total=total,
        notes=_summary_notes(day, table, asked),
    )


def basis_of(day: DayFigures) -> str:
    """核定数 or not, and as of when."""
    cut = formats.oclock(data_cut(day.campaign, day.snapshot))
    stage = STAGES.get(day.stage, LIVE) if day.stage else LIVE
    return f"数据时点：{formats.day(day.on)}{cut}　　{stage}"


def cell_of(value: Value | None) -> Cell:
    """A figure as it is typed: its number, 约 or 余 with it, or why there is none."""
    if value is None:
        return NO_TASK
    if value.value is None or isinstance(value.value, Blank):
        return value.value or value.blank
    if value.qualifier:
        return formats.figure(value.value, qualifier=value.qualifier)
    return value.value


def _indicator_column(one: Asked) -> PaperColumn:
    return PaperColumn(f"{one.name}\n（{one.measure}）", over=str(one.kind.label), width=BROAD)


def _total(day: DayFigures, one: Asked) -> Value | None:
    return day.value(one.code, ScopeKind.TOTAL)


def _unit_rows(day: DayFigures, asked: Sequence[Asked], *, user: Any) -> list[list[Cell]]:
    reports = (
        DailyReport.objects.visible_to(user)
        .filter(campaign=day.campaign)
        .on(day.on)
        .select_related("unit", "group")
        .order_by("unit__sort_order", "pk")
    )
    return [
        [
            report.unit.short_name,
            report.get_category_display(),
            str(report.group) if report.group else None,
            report.get_state_display(),
            *(_unit_cell(day, one, report) for one in asked),
        ]
        for report in reports
    ]


def _unit_cell(day: DayFigures, one: Asked, report: DailyReport) -> Cell:
    value = day.value(one.code, ScopeKind.UNIT, report.unit_id)
    if value is None and one.is_typed:
        return Blank.NOT_ASKED if report.state == ReportState.EXEMPT else Blank.MISSING
    return _place_cell(day, one, ScopeKind.UNIT, value)


def _place_cell(day: DayFigures, one: Asked, by: ScopeKind, value: Value | None) -> Cell:
    """What does not divide by these places at all, such as needs by unit, is not asked of them."""
    if value is None and not any((code, scope) == (one.code, by) for code, scope, _ in day.values):
        return Blank.NOT_ASKED
    return cell_of(value)


def _place_rows(
    day: DayFigures, table: Summary, asked: Sequence[Asked], *, by: ScopeKind
) -> list[list[Cell]]:
    return [
        [
            row.label,
            *((row.reports.asked, row.reports.filed) if row.reports else (None, None)),
            *(_place_cell(day, one, by, day.value(one.code, by, row.key)) for one in asked),
        ]
        for row in table.rows
    ]


def _filed_words(table: Summary) -> str:
    reports = table.total.reports
    return formats.ratio(reports.filed, reports.asked) if reports else ""


def _summary_notes(day: DayFigures, table: Summary, asked: Sequence[Asked]) -> list[str]:
    notes = [MISSING_NOTE]
    short = [
        f"{one.name}{value.reported}/{value.of}家"
        for one in asked
        if one.is_typed and (value := _total(day, one)) and value.reported < value.of
    ]
    if short:
        notes.append(f"合计只含已报单位：{'，'.join(short)}")
    changed = [
        f"{one.name}{corrected_text(value)}"
        for one in asked
        if (value := _total(day, one)) and value.is_corrected
    ]
    if changed:
        notes.append(f"表内为锁定时的核定数，其中{'，'.join(changed)}")
    if table.carried_line:
        notes.append(table.carried_line)
    if table.total.reports and table.total.reports.late:
        notes.append(f"另有锁定后补报 {table.total.reports.late} 家，经审核作更正")
    if day.stage is not Stage.LOCKED:
        notes.append("本表为未核定数，以锁定后的核定数为准")
    return notes


def missing_paper(
    rows: Sequence[MissingRow], *, campaign: Campaign, on: dt.date, asked: int, organ: str
) -> Paper:
    """未报单位名单: whom to ring, and what was said last."""
    columns = (
        PaperColumn("序号", width=5),
        PaperColumn("单位", "text", width=22),
        PaperColumn("类别", "text", width=12),
        PaperColumn("联络组", "text", width=9),
        PaperColumn("状态", "text", over="报送情况", width=12),
        PaperColumn("连续未报（日）", over="报送情况", width=9),
        PaperColumn("审核人", "text", over="联系方式", width=10),
        PaperColumn("值班电话", "text", over="联系方式", width=16),
        PaperColumn("最近联系", "text", width=30),
    )
    return Paper(
        title=f"{campaign}{formats.day(on, today=on)}未报单位名单",
        organ=organ,
        basis=f"应报 {asked} 家，未报 {len(rows)} 家　　{formats.day(on)}",
        on=business_day(),
        columns=columns,
        rows=numbered([_missing_row(row) for row in rows]),
        empty="应报单位均已报送",
    )


def _missing_row(row: MissingRow) -> list[Cell]:
    report, call = row.report, row.last_contact
    said = f"{formats.moment(call.at, on=report.on)} {call.by}：{call.note}" if call else None
    return [
        report.unit.short_name,
        report.get_category_display(),
        str(report.group) if report.group else None,
        row.tag.label,
        row.owed.days,
        row.person or "未指定",
        report.unit.duty_phone or "未登记",
        said,
    ]


def departures_paper(
    found: Iterable[Deployment], *, campaign: Campaign, on: dt.date, organ: str
) -> Paper:
    """派出清单 of `on` as the city's committee gets it."""
    columns = (
        PaperColumn("序号", width=5),
        PaperColumn("派出单位", "text", width=20),
        PaperColumn("区县、街道", "text", over="去向", width=20),
        PaperColumn("社区", "text", over="去向", width=16),
        PaperColumn("任务", "text", over="去向", width=12),
        PaperColumn("人数", over="人员", width=7),
        PaperColumn("带队人", "text", over="人员", width=10),
        PaperColumn("单位值班电话", "text", over="人员", width=16),
        PaperColumn("到岗时段", "text", width=14),
        PaperColumn("联系人", "text", over="社区接洽", width=10),
        PaperColumn("电话", "text", over="社区接洽", width=16),
    )
    rows = numbered([_departure_row(one) for one in found])
    total = [*total_of(rows)[:6], *([None] * (len(columns) - 6))] if rows else None
    return Paper(
        title=f"{campaign}{formats.day(on, today=on)}派出清单",
        organ=organ,
        basis=f"送{campaign.counterpart}",
        on=business_day(),
        columns=columns,
        rows=rows,
        total=total,
        empty=f"{formats.day(on)}没有新派出的任务",
    )


def _departure_row(one: Any) -> list[Cell]:
    place: Community = one.community
    return [
        one.unit.short_name,
        f"{place.street.district.short_name} {place.street.name}",
        place.name,
        str(one.task_type or ""),
        one.people,
        str(one.leader or "未指定"),
        one.unit.duty_phone or "未登记",
        one.shift or "时段未定",
        place.contact or "未登记",
        place.duty_phone or "未登记",
    ]
