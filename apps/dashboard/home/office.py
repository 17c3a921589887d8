"""The committee's home: the four acts, the key figures, who is missing, where hands are short."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from apps.campaigns.milestones import clocks_of
from apps.communities.models import AreaStatus
from apps.core import formats
from apps.core.boards import LIVE, Kpi
from apps.core.dates import day_bounds
from apps.core.html import Note
from apps.core.tables import Table
from apps.daily.enums import GRAVE
from apps.daily.models import FlashReport
from apps.daily.selectors.acts import act_board
from apps.daily.selectors.days import day_figures, headline, value_url
from apps.daily.selectors.links import missing_url, reports_url
from apps.daily.selectors.owed import standings
from apps.daily.selectors.reports import missing_reports
from apps.daily.selectors.upward import returns_of
from apps.deployments.selectors import attendance
from apps.figures.enums import ScopeKind
from apps.figures.keys import keys_of
from apps.figures.selectors.day_values import DayFigures
from apps.publicity.selectors.placements import day_placements

from ..boards.campaign import gap_columns
from ..boards.selectors.places import largest_gaps
from ..selectors.links import needs_url
from ..selectors.progress import group_tiles
from ..selectors.trend import trend
from .day import Day

MISSING = 5
"""Missing units shown at home; the working list has them all."""
GAPS = 10

SHORT_NAMES = {"被隔离、困难家庭帮扶": "家庭帮扶", "走访慰问一线人员家庭": "走访慰问"}

GAP_COLUMNS = ("name", "district", "heads", "present", "gap")
"""Of the columns of the board: the home has half its width."""


def office(day: Day) -> dict[str, Any]:
    """Context of `dashboard/_office.html`; the number of queries does not depend on the rows."""
    figures = day_figures(day.campaign, on=day.on, user=day.user)
    missing = missing_reports(day.campaign, on=day.on, user=day.user, now=day.now)
    tiles = group_tiles(day.campaign, on=day.on, now=day.now)
    gaps = largest_gaps(day.campaign, on=day.on, most=GAPS)
    columns = gap_columns(day.campaign, day.on)
    standing = standings([day.campaign], on=day.on)[day.campaign.pk, None]
    return {
        "acts": act_board(day.campaign, on=day.on, now=day.now),
        "kpis": _kpis(day, figures),
        "strip": _strip(day, figures, len(missing)),
        "groups": tiles,
        "groups_full": sum(tile.filed >= tile.expected for tile in tiles),
        "groups_short": sum(tile.filed < tile.expected for tile in tiles),
        "missing": missing[:MISSING],
        "missing_count": len(missing),
        "missing_more": max(len(missing) - MISSING, 0),
        "missing_url": missing_url(day.campaign, day.on),
        "reports_url": reports_url(day.campaign, day=day.on.isoformat(), state="asked"),
        "filed": standing.filed,
        "asked": standing.asked,
        "gaps": Table(
            [column for column in columns if column.name in GAP_COLUMNS],
            gaps.rows,
            caption="缺口前十社区",
            empty="没有缺口。",
            is_compact=True,
        ),
        "gaps_count": gaps.short,
        "gaps_url": needs_url(day.campaign, unmet=day.on.isoformat()),
        "trend": trend(day.campaign, until=day.on),
        "milestones": clocks_of(day.campaign, at=day.now),
    }


def _kpis(day: Day, figures: DayFigures) -> list[Kpi]:
    keys = keys_of(day.campaign.kind)
    further = [code for code in (keys.gap, keys.helped, keys.visited) if code]

    def told(*codes: str) -> list[Kpi]:
        return [_shortened(kpi) for kpi in headline(figures, user=day.user, codes=list(codes))]

    return [
        _news(day, figures),
        *told(keys.on_post, keys.communities),
        _turnout(day),
        *told(*further, keys.ever_on_post),
    ]


def _shortened(kpi: Kpi) -> Kpi:
    """Seven figures share a line: a long name is said in full behind the question mark."""
    short = SHORT_NAMES.get(kpi.label)
    return replace(kpi, label=short, help=kpi.label) if short else kpi


def _news(day: Day, figures: DayFigures) -> Kpi:
    """突发情况 of the day, and with it whether anybody sent out came to harm."""
    start, end = day_bounds(day.on)
    found = FlashReport.objects.filter(
        campaign=day.campaign,
        at__gte=start,
        at__lt=end,
        kind__in=GRAVE,
    )
    count = found.count()
    injured = figures.value(keys_of(day.campaign.kind).injured, ScopeKind.TOTAL)
    asked = {"campaign": day.campaign.code, "day": day.on.isoformat(), "kind": "grave"}
    text = formats.figure(injured.value if injured else None, " 人")
    return Kpi(
        label="突发情况",
        value=count,
        unit="起",
        url=f"{reverse('daily:flash_list')}?{urlencode(asked)}",
        tag=LIVE,
        notes=(f"下沉人员伤病 {text}",),
        alert=count > 0,
    )


def _turnout(day: Day) -> Kpi:
    """到岗率: who is there of those who should be, today and yesterday; as the entries are now,
    for no lock keeps it."""
    today = attendance(day.campaign, on=day.on, by=ScopeKind.CATEGORY)[None]
    before = attendance(day.campaign, on=day.on - dt.timedelta(days=1), by=ScopeKind.CATEGORY)[None]
    rate, earlier = _rate(today.present, today.expected), _rate(before.present, before.expected)
    change = round(rate - earlier, 1) if rate is not None and earlier is not None else None
    return Kpi(
        label="到岗率",
        value=rate,
        unit="%",
        url=f"{reverse('deployments:deployment_list')}?campaign={day.campaign.code}&on={day.on.isoformat()}",
        tag=LIVE,
        reason=formats.Blank.NOT_ENTERED,
        change=change,
        notes=(
            f"应到 {formats.number(today.expected)}",
            f"实到 {formats.number(today.present)}",
        ),
    )


def _rate(present: int, expected: int) -> Decimal | None:
    return round(Decimal(100 * present) / expected, 1) if expected else None


def _strip(day: Day, figures: DayFigures, owed: int) -> list[Note]:
    """The grey line under the figures: what is not in them, what changed, what was told upward;
    each with its rows."""
    lines = []
    asked = urlencode({"campaign": day.campaign.code, "day": day.on.isoformat()})
    on_post = figures.value(keys_of(day.campaign.kind).on_post, ScopeKind.TOTAL)
    if on_post and on_post.carried_over and on_post.number is not None:
        about = formats.number(on_post.number + on_post.carried_over)
        held = f"未登记任务暂按昨日数计，在岗约 {about} 人。"
        lines.append(Note(held, value_url(figures, on_post)))
    if owed:
        lines.append(Note(f"未报 {owed} 家未计入填报数。", missing_url(day.campaign, day.on)))
    start, end = day_bounds(day.on)
    sealed = AreaStatus.objects.filter(
        starts_at__gte=start, starts_at__lt=end, is_drill=day.campaign.is_drill
    ).with_places()
    lines += [
        Note(
            f"{formats.clock(row.starts_at)} {row}（{row.basis}）。",
            reverse("communities:area_status_list"),
        )
        for row in sealed[:2]
    ]
    appeared = day_placements(day.campaign, on=day.on).sentence
    if appeared:
        lines.append(
            Note(f"{appeared}。", f"{reverse('publicity:placement_list')}?on={day.on.isoformat()}")
        )
    told = returns_of(day.campaign, on=day.on).last()
    if told:
        value = formats.figure(told.value, f" {told.indicator.get_measure_display()}")
        line = f"{formats.clock(told.at)} 报{told.receiver} {value}。"
        lines.append(Note(line, f"{reverse('daily:upward_list')}?{asked}"))
    return lines
