"""The wall: the day on a screen across the room. Units and totals only, no person's name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.utils.safestring import SafeString

from apps.campaigns.current import badge, next_clock
from apps.core import formats, html
from apps.core.boards import GroupTile, Kpi
from apps.core.dates import day_bounds
from apps.core.html import escaped
from apps.core.scope import seen_units
from apps.core.statements import fetched
from apps.daily.enums import FlashKind
from apps.daily.selectors.acts import act_board
from apps.daily.selectors.days import headline

from ..selectors.progress import group_tiles
from .campaign import stage
from .frame import Frame
from .selectors.places import largest_gaps

KEY_NAMES = ("on_post", "communities", "gap", "helped", "ever_on_post")


def wall_parts(frame: Frame) -> dict[str, Any]:
    """Context of `_wall.html`; the number of queries does not depend on the rows."""
    tiles = group_tiles(frame.campaign, on=frame.on, now=frame.now)
    return {
        "frame": frame,
        "badge": badge(frame.campaign),
        "nth": frame.campaign.day_number(frame.on),
        "clock": next_clock(frame.campaign, on=frame.on, now=frame.now)
        if frame.is_running
        else None,
        "stage": stage(frame),
        "kpis": [*figures(frame), flashes(frame)],
        "acts": act_board(frame.campaign, on=frame.on, now=frame.now, named=False),
        "groups": progress(tiles),
        "filed": sum(tile.filed for tile in tiles),
        "filed_late": sum(tile.late for tile in tiles),
        "expected": sum(tile.expected for tile in tiles),
        "gaps": largest_gaps(frame.campaign, on=frame.on),
    }


def progress(tiles: Iterable[GroupTile]) -> SafeString:
    """The groups with their bars; the number of a group, and not who leads it."""
    return SafeString(
        "".join(
            f'<div class="wall-group{" is-short" if tile.filed < tile.expected else ""}">'
            f'<p><b>{escaped(tile.label)}</b><span class="num">{tile.filed}/{tile.expected}</span></p>'
            f"{html.progress(tile.filed, tile.expected, tone=tile.tone, label=tile.spoken)}</div>"
            for tile in tiles
        )
    )


def figures(frame: Frame) -> list[Kpi]:
    """The name says 时点, 当日 or 累计; the line below how much of it is in."""
    codes = [code for name in KEY_NAMES if (code := getattr(frame.keys, name))]
    asked = frame.figures.asked
    told = headline(frame.figures, user=frame.user, codes=codes, at=frame.at)
    kinds = {asked[code].name: asked[code].kind.label for code in codes if code in asked}
    return [
        replace(kpi, help=str(kinds.get(kpi.label, "")), notes=list(kpi.notes)[1:]) for kpi in told
    ]


def flashes(frame: Frame) -> Kpi:
    """动态报告 of the day: how many came in, and how many wait."""
    start, end = day_bounds(frame.on)
    ((count, waiting, incidents),) = fetched(
        FLASHES,
        campaign=frame.campaign.pk,
        start=start,
        end=end,
        incident=FlashKind.INCIDENT.value,
        seen=seen_units(frame.user),
    )
    notes = (f"突发情况 {incidents} 起", f"待处理 {formats.number(waiting)} 件")
    return Kpi("动态报告", count, "件", notes=notes, alert=incidents > 0)


FLASHES = """
SELECT COUNT(*), COUNT(*) FILTER (WHERE handled_at IS NULL),
       COUNT(*) FILTER (WHERE kind = %(incident)s)
  FROM daily_flashreport
 WHERE campaign_id = %(campaign)s AND at >= %(start)s AND at < %(end)s
   AND (%(seen)s::bigint[] IS NULL OR unit_id = ANY(%(seen)s))
"""
