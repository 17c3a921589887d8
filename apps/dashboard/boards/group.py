"""The group board: its units, who is late today and was these 30 days, whom it spoke to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.safestring import SafeString

from apps.core import formats, html
from apps.core.addresses import address, by_key
from apps.core.boards import Kpi
from apps.core.html import Note, Tag, escaped
from apps.core.tables import Column, Table
from apps.daily.enums import OWED
from apps.daily.models import DailyReport
from apps.daily.selectors.links import missing_url, posts_url, reports_url
from apps.daily.selectors.record import (
    DAYS,
    Punctuality,
    Told,
    group_day,
    last_days,
    punctuality,
    reports_today,
    told,
)
from apps.daily.selectors.reports import report_tag, state_tag
from apps.figures.corrected import corrected_note
from apps.figures.enums import ScopeKind
from apps.figures.selectors.day_values import Value
from apps.units.models import LiaisonGroup

from .campaign import figures_table, key_figures, strip, trend_note
from .charts import offered, picks, trend_chart
from .corrections import corrections
from .frame import Frame
from .visits import visit_kpi, visit_tables

NOTES = 8
DETAILS = ("daily:report_detail", "daily:figure_detail")
NONE = Punctuality(0, "", 0, 0, 0, None, None)


@dataclass(frozen=True)
class UnitRow:
    """One unit of the group: today's report, its value, its last 30 days."""

    report: DailyReport
    present: Value | None
    past: Punctuality
    calls: int

    @property
    def pk(self) -> int:
        return self.report.unit_id


def group_board(
    frame: Frame, group: LiaisonGroup, *, figure: str = "", every_visit: bool = False
) -> dict[str, Any]:
    """Context of `_group.html`; the number of queries does not depend on the units."""
    shown = offered(frame)
    address = frame.url("group_board", group.pk)
    code = figure if figure in {asked.code for asked in shown} else frame.keys.on_post
    contacts = told(frame.campaign, group, on=frame.on, user=frame.user)
    rows = unit_rows(frame, group, contacts)
    return {
        "frame": frame,
        "group": group,
        "kpis": key_figures(frame),
        "strip": strip(frame),
        "duties": duties(frame, group),
        "units": Table(
            columns(frame, group), rows, caption=f"{group}单位", empty="本组当日没有应报单位。"
        ),
        "owed": sum(row.report.state in OWED for row in rows),
        "missing_url": missing_url(frame.campaign, frame.on, group=group.pk),
        "figures": figures_table(frame),
        "trend": trend_chart(frame, code) if code in frame.figures.asked else None,
        "trend_note": trend_note(frame),
        "picks": picks(shown, address, code),
        "notes": talks(contacts[:NOTES], frame),
        "notes_url": _tab(group, "contacts", frame),
        "units_sheet": frame.url("board_sheet", "units", group=group.pk),
        **visit_tables(frame, group, every=every_visit),
        **corrections(frame, group=group.pk),
    }


def talks(contacts: Iterable[Told], frame: Frame) -> SafeString:
    """The last contacts as lines: whose, how, what was said, when and by whom."""
    return SafeString(
        "".join(
            f'<li><div><a class="rows" href="{told.url}">{escaped(told.name)}</a> {told.tag}</div>'
            f"<div>{escaped(told.note)}</div>"
            f'<div class="muted board-small num">{formats.moment(told.at, on=frame.on)} · '
            f"{escaped(told.by or '')}</div></li>"
            for told in contacts
        )
    )


def _tab(group: LiaisonGroup, tab: str, frame: Frame) -> str:
    query = urlencode({"tab": tab, "campaign": frame.campaign.code, "day": frame.on.isoformat()})
    return f"{address('units:group_detail', group.pk)}?{query}"


def duties(frame: Frame, group: LiaisonGroup) -> list[Kpi]:
    """What the group has been doing: reports of the day, lateness, talks and visits of 30 days."""
    found = group_day(frame.campaign, group, on=frame.on, user=frame.user, now=frame.now)
    past = f"近{DAYS}天"
    reports = reports_url(frame.campaign, day=frame.on.isoformat(), state="asked", group=group.pk)
    late, talks = _tab(group, "punctuality", frame), _tab(group, "contacts", frame)
    missing = missing_url(frame.campaign, frame.on, group=group.pk)
    return [
        Kpi("当日已报", found.filed, "家", url=reports, notes=(f"应报 {found.asked} 家",)),
        Kpi("当日逾期未报", found.overdue, "家", url=missing, alert=found.overdue > 0),
        Kpi("逾期报送", found.late, "家次", url=late, notes=(past,)),
        Kpi("未报", found.missing, "家次", url=late, notes=(past,)),
        Kpi("联系", found.calls, "次", url=talks, notes=(past, f"其中当面 {found.visits} 次")),
        visit_kpi(frame, group, days=DAYS),
    ]


def unit_rows(frame: Frame, group: LiaisonGroup, contacts: list[Told]) -> list[UnitRow]:
    """The units of the day in official order. Two queries beside the figures."""
    reports = reports_today(frame.campaign, group, on=frame.on, user=frame.user)
    past = {
        row.unit: row
        for row in punctuality(frame.campaign, group, on=frame.on, user=frame.user, now=frame.now)
    }
    calls = Counter(note.unit for note in contacts)
    code = frame.keys.on_post
    return [
        UnitRow(
            report=report,
            present=frame.figures.value(code, ScopeKind.UNIT, report.unit_id),
            past=past.get(report.unit_id, NONE),
            calls=calls[report.unit_id],
        )
        for report in reports
    ]


def columns(frame: Frame, group: LiaisonGroup) -> tuple[Column, ...]:
    def state(row: UnitRow) -> Tag:
        of_unit = row.report
        is_owed = of_unit.state in OWED and of_unit.frozen_at is None
        return state_tag(of_unit, now=frame.now) if is_owed else report_tag(of_unit)

    def filed(row: UnitRow) -> str:
        at = row.report.first_filed_at
        return formats.moment(at, on=frame.on) if at else ""

    def present(row: UnitRow) -> SafeString:
        value = row.present
        if value is None:
            return html.blank("无任务")
        return html.figure(value.value, qualifier=value.qualifier, reason=value.blank)

    def corrected(row: UnitRow) -> Note | None:
        return corrected_note(frame.figures, row.present)

    unit, report, figure = map(by_key, ("units:unit_detail", *DETAILS))
    span = {"group": frame.at[1], **last_days(frame.on)}

    def leaf(row: UnitRow) -> str:
        """The figure with its way back; of a day that is not locked the deployments themselves."""
        if row.present is None:
            return ""
        key = row.present.figure
        return figure(key) if key else posts_url(frame.campaign, frame.on, unit=row.pk)

    def reports(**asked: Any) -> Any:
        listed = reports_url(frame.campaign, **span, **asked)
        return lambda row: f"{listed}&unit={row.pk}"

    talks = _tab(group, "contacts", frame)

    def calls(row: UnitRow) -> str:
        return f"{talks}&unit={row.pk}"

    return (
        Column("report__unit", "单位", link=lambda row: unit(row.pk), phone="title", css="nowrap"),
        Column("state", "当日日报", value=state, link=lambda row: report(row.report.pk)),
        Column("filed", "报送时间", value=filed, blank="尚未报送", css="num nowrap"),
        Column(
            "present", "在岗", kind="number", unit="人", value=present, link=leaf, note=corrected
        ),
        Column(
            "past__late", f"{DAYS}天内逾期", kind="number", unit="天", link=reports(late="true")
        ),
        Column("past__missing", "未报", kind="number", unit="天", link=reports(late="owed")),
        Column("calls", "联系", kind="number", unit="次", link=calls),
        Column("report__unit__duty_phone", "值班电话", kind="phone", blank="未登记"),
    )
