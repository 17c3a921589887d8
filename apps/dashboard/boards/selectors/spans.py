"""Figures over the days of a campaign, at one place, and what was corrected since."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from apps.campaigns.models import Campaign
from apps.core.html import Note
from apps.core.statements import fetched
from apps.figures.corrected import note_of
from apps.figures.enums import ScopeKind
from apps.figures.selectors.moves import Key, Move

Days: TypeAlias = Mapping[dt.date, Decimal | None]


@dataclass(frozen=True)
class Span:
    """One indicator over days: the published `values`, and of corrected days what became of them."""

    values: Days
    corrected: Days


# Locked figures win over provisional ones, and corrected leaves would move totals that add up: the
# latest accepted correction of each leaf, by the rule of `figures.selectors`.
SPAN = """
WITH taken AS (
    SELECT id, "on", stage FROM figures_snapshot
     WHERE campaign_id = %(campaign)s AND "on" <= %(until)s AND withdrawn_at IS NULL
),
latest AS (
    SELECT DISTINCT ON (c.figure_id) f.snapshot_id, f.indicator_id, f.value AS was, c.new
      FROM figures_correction c
      JOIN figures_figure f ON f.id = c.figure_id
      JOIN taken t ON t.id = f.snapshot_id
      JOIN figures_indicator i ON i.id = f.indicator_id AND i.rollup = 'sum'
     WHERE c.state = 'accepted' AND i.code = ANY(%(codes)s){leaf}
     ORDER BY c.figure_id, c.reviewed_at DESC, c.id DESC
),
moves AS (
    SELECT snapshot_id, indicator_id, SUM(COALESCE(new, 0) - COALESCE(was, 0)) AS by,
           SUM((new IS NOT NULL)::int - (was IS NOT NULL)::int) AS arrived
      FROM latest GROUP BY snapshot_id, indicator_id
)
SELECT i.code, t."on", f.value, f.reported, m.by, m.arrived
  FROM taken t
  JOIN figures_figure f ON f.snapshot_id = t.id AND f.scope = %(scope)s{place}
  JOIN figures_indicator i ON i.id = f.indicator_id
  LEFT JOIN moves m ON m.snapshot_id = t.id AND m.indicator_id = f.indicator_id
 WHERE i.code = ANY(%(codes)s)
 ORDER BY t.stage
"""
PLACES: Mapping[ScopeKind, str] = {
    ScopeKind.TOTAL: "",
    ScopeKind.UNIT: " AND f.unit_id = %(key)s",
    ScopeKind.GROUP: " AND f.group_id = %(key)s",
    ScopeKind.CATEGORY: " AND f.category = %(key)s",
    ScopeKind.DISTRICT: " AND f.district_id = %(key)s",
}
SPANS = {scope: SPAN.format(leaf=place, place=place) for scope, place in PLACES.items()}


def values_by_day(
    campaign: Campaign, *, codes: Collection[str], at: tuple[ScopeKind, Key], until: dt.date
) -> dict[str, Span]:
    """By code: 核定数 of each day, else 快报数; days not drawn are left out.

    One statement, whatever the number of days.
    """
    scope, key = at
    rows = fetched(
        SPANS[scope],
        campaign=campaign.pk,
        until=until,
        codes=list(codes),
        scope=scope.value,
        key=key,
    )
    values: dict[str, dict[dt.date, Decimal | None]] = defaultdict(dict)
    corrected: dict[str, dict[dt.date, Decimal | None]] = defaultdict(dict)
    # Locked comes after flash in this order, so that it wins where a day has both.
    for code, on, value, reported, by, arrived in rows:
        values[code][on] = value
        became = value if by is None else Move(by, int(arrived), 1).applied(value, reported)
        if became != value:
            corrected[code][on] = became
    return {code: Span(values[code], corrected[code]) for code in codes}


def notes_by_day(
    campaign: Campaign,
    code: str,
    span: Span,
    measure: str,
    *,
    days: Iterable[dt.date | None],
    at: tuple[ScopeKind, Key],
) -> list[Note | None]:
    """更正后 beside each day that was corrected."""
    return [
        note_of(campaign, day, code, span.corrected[day], measure, at=at)
        if day is not None and day in span.corrected
        else None
        for day in days
    ]


def plain(value: Any) -> float | int | None:
    """For a chart, which knows no decimals; a gap stays one."""
    if value is None or not isinstance(value, Decimal):
        return None
    return int(value) if value == value.to_integral_value() else float(value)
