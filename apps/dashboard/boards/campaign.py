"""The campaign board: key figures, their course, who and where hands are short, what is owed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.utils.safestring import SafeString

from apps.campaigns.milestones import Standing, clocks_of
from apps.campaigns.models import Campaign
from apps.core import formats, html
from apps.core.addresses import by_key
from apps.core.boards import Kpi
from apps.core.dates import day_bounds
from apps.core.html import Note, Tag, escaped
from apps.core.scope import seen_units
from apps.core.statements import fetched
from apps.core.tables import Column, Table
from apps.daily.enums import OWED
from apps.daily.selectors.days import (
    compared_note,
    coverage_notes,
    headline,
    stage_tag,
    value_url,
)
from apps.daily.selectors.links import missing_url, reports_url
from apps.daily.selectors.summary import Filed, filed_reports, summary
from apps.figures.corrected import corrected_note
from apps.figures.enums import ScopeKind, Stage
from apps.figures.selectors.day_values import Value
from apps.units.models import LiaisonGroup

from ..selectors.links import needs_url
from .categories import category_rows
from .charts import group_chart, offered, picks, trend_chart
from .corrections import corrections
from .frame import Frame
from .selectors.places import Place, district_tiles, largest_gaps
from .visits import visit_line

GROUP = ScopeKind.GROUP
GAPS = 10
KEY_NAMES = (
    "on_post",
    "ever_on_post",
    "communities",
    "ever_communities",
    "teams",
    "local",
    "gap",
    "helped",
    "visited",
)
PLACE_TABS = (("list", "缺口前 10"), ("tiles", "按区县"))


def gap_columns(campaign: Campaign, on: dt.date) -> tuple[Column, ...]:
    """A community's needs of the day; each number leads to the needs it is counted from."""

    def needs(which: str) -> Callable[[Place], str]:
        listed = needs_url(campaign, **{which: on.isoformat()})
        return lambda place: f"{listed}&community={place.pk}"

    unmet, wanted = needs("unmet"), needs("wanted")

    return (
        Column("name", "社区", link=lambda place: place.url, phone="title"),
        Column("district", "区县"),
        Column("street", "街道", phone="hide"),
        Column("needs", "未满足需求", kind="number", unit="项", link=unmet, phone="hide"),
        Column("heads", "需求", kind="number", unit="人", link=wanted),
        Column("present", "到岗", kind="number", unit="人", link=wanted),
        Column("gap", "缺口", kind="number", unit="人", link=unmet, css="worse strong p-end"),
    )


def key_codes(frame: Frame) -> list[str]:
    """A need belongs to a community, not to a group: there is no gap of one."""
    names = [name for name in KEY_NAMES if frame.at[0] == ScopeKind.TOTAL or name != "gap"]
    return [code for name in names if (code := getattr(frame.keys, name))]


def campaign_board(frame: Frame, *, figure: str = "", places: str = "list") -> dict[str, Any]:
    """Context of `_campaign.html`; the number of queries does not depend on the rows."""
    shown = offered(frame)
    code = figure if figure in {asked.code for asked in shown} else frame.keys.on_post
    address = frame.url("campaign_board")
    # A campaign that does not ask for it has no course to draw.
    has_trend = code in frame.figures.asked
    groups = board_groups(frame)
    categories = summary(frame.figures, by=ScopeKind.CATEGORY) if frame.is_office else None
    notes = strip(frame, filed=categories.total.reports if categories else None)
    return {
        "frame": frame,
        "kpis": key_figures(frame),
        "strip": [*notes, *filter(None, [visit_line(frame)])],
        "trend": trend_chart(frame, code) if has_trend else None,
        "trend_note": trend_note(frame),
        "picks": picks(shown, address, code),
        "groups": group_chart(frame, groups) if len(groups) > 1 else None,
        "categories": categories,
        "category_rows": category_rows(categories.rows) if categories else "",
        "category_total": category_rows([categories.total]) if categories else "",
        **places_card(frame, places),
        "figures": figures_table(frame),
        "milestones": milestones(frame),
        "missing": missing(frame),
        "missing_url": missing_url(frame.campaign, frame.on),
        **corrections(frame),
    }


def trend_note(frame: Frame) -> str:
    """The last day of the course is not of a kind with the others until it is locked."""
    if frame.figures.stage == Stage.LOCKED:
        return ""
    return f"{formats.day(frame.on)}为{stage(frame).label}，尚未锁定，随报送变动。"


def key_figures(frame: Frame) -> list[Kpi]:
    return headline(frame.figures, user=frame.user, codes=key_codes(frame), at=frame.at)


def strip(frame: Frame, *, filed: Filed | None = None) -> list[str | Note]:
    """The grey line under the figures: moment, reports, what stands in for missing units; each
    with its rows.

    `filed` are the reports of the day where the board has counted them already.
    """
    snapshot = frame.figures.snapshot
    scope, key = frame.at
    chosen = {"group": key} if scope == GROUP else {}
    reports = reports_url(frame.campaign, day=frame.on.isoformat(), state="asked", **chosen)
    lines: list[str | Note] = [Note(filing(filed or filed_of(frame)), reports)]
    if snapshot:
        lines.insert(0, f"数据时点 {formats.moment(snapshot.as_of, on=frame.on)}。")
    present = frame.figures.value(frame.keys.on_post, *frame.at)
    if present and present.with_carried:
        held = f"未登记任务暂按昨日数计，在岗约{present.with_carried}，未计入上数。"
        lines.append(Note(held, value_url(frame.figures, present)))
    if frame.campaign.is_drill:
        lines.append("演练数据，不计入任何真实任务。")
    return lines


def filed_of(frame: Frame) -> Filed:
    """Reports of the day as its table counts them; of the group on the board of one."""
    scope, key = frame.at
    counts = filed_reports(frame.campaign, on=frame.on, by=ScopeKind.GROUP)
    return counts.get(key if scope == ScopeKind.GROUP else None, Filed(0, 0, 0))


def filing(found: Filed) -> str:
    """日报已报 174/178 家，锁定后补报 4 家。"""
    late = f"，锁定后补报 {found.late} 家" if found.late else ""
    return f"日报已报 {formats.ratio(found.filed, found.asked)} 家{late}。"


def board_groups(frame: Frame) -> Sequence[LiaisonGroup]:
    """The groups that have a figure of the day in the reader's scope."""
    keys = {value.group for value in frame.figures.values.values() if value.scope == GROUP}
    rows = fetched(NUMBERS, keys=[key for key in keys if key])
    return [LiaisonGroup(pk=pk, number=number) for pk, number in rows]


NUMBERS = "SELECT id, number FROM units_liaisongroup WHERE id = ANY(%(keys)s) ORDER BY number"


def places_card(frame: Frame, tab: str) -> dict[str, Any]:
    """Ten communities with the largest gap, or every one that asked, by district."""
    tab = tab if tab in dict(PLACE_TABS) else "list"
    found: dict[str, Any] = {
        "places_tab": tab,
        "places_tabs": [
            (key, label, frame.url("campaign_board", places=key)) for key, label in PLACE_TABS
        ],
        "places_sheet": frame.url("board_sheet", "places"),
        "needs_url": needs_url(frame.campaign, state="open"),
        "gaps_url": needs_url(frame.campaign, unmet=frame.on.isoformat()),
        "wanted_url": needs_url(frame.campaign, wanted=frame.on.isoformat()),
    }
    if tab == "tiles":
        return {**found, "districts": district_tiles(frame.campaign, on=frame.on)}
    gaps = largest_gaps(frame.campaign, on=frame.on, most=GAPS)
    table = Table(
        gap_columns(frame.campaign, frame.on),
        gaps.rows,
        caption="缺口前十社区",
        empty="没有缺口。",
        is_compact=True,
    )
    return {**found, "gaps": gaps, "gaps_table": table}


def figures_table(frame: Frame) -> Table:
    """All the campaign asks for, at the reader's place: value, comparable change, coverage."""
    scope, key = frame.at
    rows = [
        value
        for code in frame.figures.asked
        if (value := frame.figures.value(code, scope, key)) is not None
    ]
    figures = frame.figures

    def cell(value: Value) -> SafeString:
        measure = value.asked.measure
        return html.figure(value.value, measure, qualifier=value.qualifier, reason=value.blank)

    def change(value: Value) -> Any:
        return value.value if isinstance(value.value, formats.Blank) else value.change

    def basis(value: Value) -> str:
        return compared_note(value).removeprefix("同口径 ")

    def coverage(value: Value) -> str:
        return " · ".join(coverage_notes(value)[1:])

    def corrected(value: Value) -> Note | None:
        return corrected_note(figures, value)

    def rows_of(value: Value) -> str:
        return value_url(figures, value)

    columns = (
        Column("asked__name", "指标", link=rows_of, phone="title"),
        Column("asked__kind__label", "性质"),
        Column(
            "value", "数值", kind="number", value=cell, link=rows_of, note=corrected, css="p-end"
        ),
        Column("change", "同口径较前日", kind="change", value=change, link=rows_of, blank="不可比"),
        Column("basis", "同口径单位", value=basis, link=rows_of, blank="—"),
        Column("coverage", "覆盖", value=coverage, link=rows_of, css="num", blank="去重累计"),
    )
    return Table(columns, rows, caption="当日各项指标", empty="当日没有数据。", is_compact=True)


def milestones(frame: Frame) -> list[Standing]:
    """Each clock as it stood at the end of the board's day, or now: what is claimed, what runs."""
    return clocks_of(frame.campaign, at=min(frame.now, day_bounds(frame.on)[1]))


def missing(frame: Frame) -> list[dict[str, Any]]:
    """Reports still owed, by group, in official order: a group sees its own. One query.

    The units of a group come as markup: up to 179 links, where a template costs five times more.
    """
    rows = fetched(
        MISSING,
        campaign=frame.campaign.pk,
        on=frame.on,
        owed=[state.value for state in OWED],
        seen=seen_units(frame.user),
        groups=None if frame.is_office else sorted(frame.scope.groups),
    )
    report = by_key("daily:report_detail")
    return [
        {
            "group": LiaisonGroup(number=number) if number else "未分组",
            "units": SafeString(
                "、".join(
                    f'<a class="rows" href="{report(pk)}">{escaped(unit)}</a>'
                    for _, pk, unit in reports
                )
            ),
        }
        for number, reports in groupby(rows, key=itemgetter(0))
    ]


MISSING = """
SELECT g.number, r.id, u.short_name
  FROM daily_dailyreport r
  JOIN units_unit u ON u.id = r.unit_id
  LEFT JOIN units_liaisongroup g ON g.id = r.group_id
 WHERE r.campaign_id = %(campaign)s AND r."on" = %(on)s AND r.state = ANY(%(owed)s)
   AND (%(seen)s::bigint[] IS NULL OR r.unit_id = ANY(%(seen)s))
   AND (%(groups)s::bigint[] IS NULL OR r.group_id = ANY(%(groups)s))
 ORDER BY g.number NULLS LAST, u.sort_order
"""


def stage(frame: Frame) -> Tag:
    return stage_tag(frame.figures)
