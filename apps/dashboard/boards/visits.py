"""What the group board says of visits: whom nobody has been to see, the longest ago first."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from apps.core import formats, html
from apps.core.addresses import address, by_key
from apps.core.boards import Kpi
from apps.core.html import Note, Tag
from apps.core.tables import Column, Table
from apps.daily.selectors.links import posts_url
from apps.daily.selectors.record import last_days
from apps.deployments.visits import (
    SPOT_CHECK_DAYS,
    VisitGap,
    group_gaps,
    group_visits,
    visits_so_far,
)
from apps.units.models import LiaisonGroup

from .frame import Frame

PLACES = 10
"""Communities on the board, unless all of them are asked for."""


def visit_tables(frame: Frame, group: LiaisonGroup, *, every: bool = False) -> dict[str, Any]:
    """Context of `_visits.html`: units and communities of the group, the worst or `every` one. One
    query."""
    gaps = group_gaps(frame.campaign, group.pk, on=frame.on)
    units, places = gaps["unit"], gaps["community"]
    may_record = (
        frame.on == frame.last_day
        and frame.is_running
        and frame.user.has_perm("deployments.record_visit", group)
    )
    row_template = "deployments/_visit_due.html" if may_record else ""
    return {
        "visit_units": Table(
            _columns(frame, group, "单位", findings=True),
            units,
            caption="各单位最近走访",
            row_template=row_template,
            is_compact=True,
            empty="本组当日没有单位。",
        ),
        "visit_places": Table(
            _columns(frame, group, "社区"),
            places if every else places[:PLACES],
            caption="有人在岗的社区最近走访",
            row_template=row_template,
            is_compact=True,
            empty="本组当日没有派出力量的社区。",
        ),
        "places_never": sum(row.days is None for row in places),
        "places_all": len(places),
        "places_url": f"{frame.url('group_board', group.pk, visits='all')}#visit-places",
        "visits_url": _visits(frame, group=group.pk),
        "visit_sheets": [
            frame.url("board_sheet", f"visit-{part}", group=group.pk)
            for part in ("units", "places")
        ],
    }


def visit_kpi(frame: Frame, group: LiaisonGroup, *, days: int) -> Kpi:
    """走访 of these last days, and what waits for answers. One query."""
    made = group_visits(frame.campaign, group.pk, on=frame.on, days=days)
    notes = [f"近{days}天"]
    if made.found:
        rest = f"待答复 {made.awaited} 项" if made.awaited else "均已答复"
        notes.append(f"问题 {made.found} 项，{rest}")
    return Kpi(
        "走访",
        made.count,
        "次",
        url=_visits(frame, group=group.pk, **last_days(frame.on)),
        notes=notes,
    )


def visit_line(frame: Frame) -> Note | None:
    """走访 of the day and so far, and what the units still owe; of one's own place. One query."""
    found = visits_so_far(frame.campaign, on=frame.on, user=frame.user)
    if not found.all:
        return None
    line = f"走访当日 {found.today} 次、累计 {found.all} 次（{found.units} 家）"
    more = f"，问题待答复 {found.awaited} 项" if found.awaited else ""
    return Note(f"{line}{more}。", _visits(frame, until=frame.on.isoformat()))


def _visits(frame: Frame, **asked: Any) -> str:
    query = urlencode({"campaign": frame.campaign.code, **asked})
    return f"{address('deployments:visit_list')}?{query}"


def ago(row: VisitGap) -> Any:
    """从未走访, or so many days and since when; coloured only where people are out."""
    if row.last_on is None or row.days is None:
        return Tag("从未走访", "red") if row.is_out else html.blank("从未走访")
    text = f"{row.days} 天（{formats.day(row.last_on)}）" if row.days else "今天"
    return Tag(text, "yellow") if row.is_out and row.days >= SPOT_CHECK_DAYS else text


def present(row: VisitGap) -> Any:
    if not row.is_out:
        return html.blank("无派出")
    return row.present


def waiting(row: VisitGap) -> str:
    """待答复2、待核实1; nothing where nothing waits."""
    parts = ((row.awaited, "待答复"), (row.to_verify, "待核实"))
    return "、".join(f"{label}{count}" for count, label in parts if count)


def _columns(
    frame: Frame, group: LiaisonGroup, noun: str, *, findings: bool = False
) -> list[Column]:
    name = "units:unit_detail" if noun == "单位" else "communities:community_detail"
    record, visits = by_key(name), _visits(frame, until=frame.on.isoformat())

    def posts(row: VisitGap) -> str:
        """At a community only those of the group: others may have sent people, too."""
        if not row.is_out:
            return ""
        whose = {"group": group.pk} if row.by == "community" else {}
        return posts_url(frame.campaign, frame.on, **{row.by: row.pk}, **whose)

    def turns(row: VisitGap) -> str:
        """The findings that wait, for the unit before those that wait for the group."""
        if not waiting(row):
            return ""
        turn = "awaited" if row.awaited else "to_verify"
        asked = {"campaign": frame.campaign.code, "unit": row.pk, "turn": turn}
        return f"{address('deployments:finding_list')}?{urlencode(asked)}"

    columns = [
        Column("name", noun, link=lambda row: record(row.pk), phone="title", css="nowrap"),
        Column(
            "ago",
            "距上次走访",
            value=ago,
            link=lambda row: f"{visits}&{row.by}={row.pk}" if row.visits else "",
            css="nowrap p-end",
        ),
        Column(
            "present",
            "在岗",
            kind="number",
            unit="人",
            value=present,
            link=posts,
            blank="未登记",
        ),
    ]
    if findings:
        columns.append(
            Column("waiting", "问题", value=waiting, link=turns, blank="无", css="nowrap")
        )
    return columns
