"""What the figures of a day show before anybody has an opinion: the ground of the judgment (研判)."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from apps.core import formats
from apps.core.html import Tone
from apps.deployments.selectors import DESK_BASES, shortages
from apps.figures.enums import CorrectionState, IndicatorKind, ScopeKind
from apps.figures.keys import keys_of
from apps.figures.models import Correction
from apps.figures.selectors.day_values import DayFigures, Value
from apps.units.models import Unit

from ..doubts import is_doubtful
from ..models import DailyReport, ReportValue
from .links import figure_url, missing_url
from .owed import owed_reports

MOST = 5
"""Doubtful values and corrections named one by one; the rest is counted."""


@dataclass(frozen=True)
class Finding:
    """One line: its tag, the sentence, and where its rows are."""

    label: str
    tone: Tone
    text: str
    url: str

    def stored(self) -> dict[str, Any]:
        return asdict(self)


def day_findings(day: DayFigures) -> list[Finding]:
    """Gaps, doubtful values, missing reports and corrections of the day, from rows alone."""
    return [
        *_gaps(day),
        *_doubtful(day),
        *_contradicted(day),
        *_missing(day),
        *_corrections(day),
    ]


def _gaps(day: DayFigures) -> Iterator[Finding]:
    short = shortages(day.campaign, on=day.on)
    if short:
        names = dict.fromkeys(row.community for row in short)
        gap = formats.number(sum(row.gap for row in short))
        yield Finding(
            label="缺口",
            tone="red",
            text=f"{formats.listing(names, most=2, measure='个社区')}缺 {gap} 人",
            url=f"{reverse('deployments:need_list')}?state=open",
        )


def _doubtful(day: DayFigures) -> Iterator[Finding]:
    """Leaves three times yesterday's or a third of it, for which the unit gave no reason."""
    # Of visits and needs no unit owes a reason: it did not count them.
    codes = [code for code in day.asked if code not in DESK_BASES]
    found = [value for code in codes for value in day.leaves(code) if _jumps(value)]
    explained = set(
        ReportValue.objects.filter(
            revision__in=[value.revision for value in found if value.revision]
        )
        .exclude(doubt_reason="")
        .values_list("revision", "indicator")
    )
    found = [v for v in found if (v.revision, v.asked.id) not in explained]
    names = Unit.objects.in_bulk([value.unit for value in found])
    found.sort(key=lambda value: names[value.unit].sort_order)
    for value in found[:MOST]:
        yield Finding(
            label="待核实",
            tone="yellow",
            text=_jump(names[value.unit], value),
            url=figure_url(day.campaign, day.on, value.asked.code),
        )
    if len(found) > MOST:
        yield Finding(
            label="待核实",
            tone="yellow",
            text=f"另有 {len(found) - MOST} 项变动较大，未说明原因",
            url=figure_url(day.campaign, day.on, found[MOST].asked.code),
        )


def _jumps(value: Value) -> bool:
    # A ledger half entered is late, not doubtful; it has a line of its own.
    is_whole = value.asked.kind != IndicatorKind.CUMULATIVE and value.reported == value.of
    return is_whole and is_doubtful(value.number, value.before)


def _jump(unit: Unit, value: Value) -> str:
    verb = "增至" if (value.change or 0) > 0 else "降至"
    before, now = (
        formats.figure(number, f" {value.asked.measure}") for number in (value.before, value.number)
    )
    return f"{unit}{value.asked.name}由 {before}{verb} {now}，未说明原因"


def _contradicted(day: DayFigures) -> Iterator[Finding]:
    """零报告 beside people on post, for which the unit gave no reason."""
    rows = DailyReport.objects.filter(campaign=day.campaign).on(day.on).contradicted()
    names = list(rows.order_by("unit__sort_order").values_list("unit__short_name", flat=True))
    if names:
        day_of = urlencode(
            {"campaign": day.campaign.code, "day": day.on.isoformat(), "state": "contradicted"}
        )
        yield Finding(
            label="待核实",
            tone="yellow",
            text=f"{formats.listing(names, most=MOST)}报“今日无下沉”，台账却登记有人在岗",
            url=f"{reverse('daily:report_list')}?{day_of}",
        )


def _missing(day: DayFigures) -> Iterator[Finding]:
    owed = owed_reports([day.campaign], on=day.on)
    if owed:
        repeated = sum(row.days > 1 for row in owed)
        more = f"，其中 {repeated} 家连续两日以上" if repeated else ""
        yield Finding("未报", "yellow", f"{len(owed)} 家{more}", missing_url(day.campaign, day.on))
    code = keys_of(day.campaign.kind).on_post
    present = day.value(code, ScopeKind.TOTAL)
    if present is not None and present.reported < present.of:
        yield Finding(
            label="未登记",
            tone="yellow",
            text=f"{present.of - present.reported} 个下沉任务当日未登记在岗",
            url=figure_url(day.campaign, day.on, code),
        )


def _corrections(day: DayFigures) -> Iterator[Finding]:
    """Corrections that wait, and those accepted on this day, of any day of the campaign."""
    rows = (
        Correction.objects.filter(figure__snapshot__campaign=day.campaign)
        .filter(figure__snapshot__withdrawn_at=None)
        .select_related("figure__snapshot", "figure__indicator", "figure__unit")
    )
    accepted = rows.filter(state=CorrectionState.ACCEPTED, reviewed_at__date=day.on)
    changed = accepted.exclude(old=None).order_by(
        "figure__snapshot__on", "figure__unit__sort_order"
    )
    for row in changed[:MOST]:
        yield Finding("更正", "blue", correction_text(row), _correction_list("accepted"))
    came_late = accepted.filter(old=None).aggregate(n=Count("figure__unit", distinct=True))["n"]
    if came_late:
        text = f"{came_late} 家锁定后补报，已列入更正"
        yield Finding("更正", "blue", text, _correction_list("accepted"))
    waiting = rows.filter(state=CorrectionState.PROPOSED).count()
    if waiting:
        yield Finding(
            label="更正",
            tone="blue",
            text=f"{waiting} 项更正待审核",
            url=_correction_list("proposed"),
        )


def _correction_list(state: str) -> str:
    return f"{reverse('figures:correction_list')}?state={state}"


def correction_text(row: Correction) -> str:
    """8月3日示例单位甲在岗下沉党员 312 人更正为 318 人，漏计夜班."""
    figure = row.figure
    measure = figure.indicator.get_measure_display()
    return (
        f"{formats.day(figure.snapshot.on)} {figure.unit}{figure.indicator} "
        f"{formats.figure(row.old, f' {measure}')}更正为 {formats.figure(row.new, f' {measure}')}"
        f"，{row.reason}"
    )
