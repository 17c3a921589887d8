"""Figures over the days of a campaign, at one place, with the corrections accepted since."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from django.db.models import F, Q

from apps.campaigns.models import Campaign
from apps.figures.enums import CorrectionState, Rollup, ScopeKind
from apps.figures.models import Correction, Figure
from apps.figures.selectors.moves import Key

Days: TypeAlias = Mapping[dt.date, Decimal | None]


def values_by_day(
    campaign: Campaign, *, codes: Collection[str], at: tuple[ScopeKind, Key], until: dt.date
) -> dict[str, Days]:
    """By code and day: 核定数 with its corrections, else 快报数; days not drawn are left out.

    Two queries, whatever the number of days.
    """
    place = _place(at)
    rows = (
        Figure.objects.filter(
            place,
            snapshot__campaign=campaign,
            snapshot__on__lte=until,
            snapshot__withdrawn_at=None,
            scope=at[0],
            indicator__code__in=codes,
        )
        # Locked comes after flash in this order, so that it wins where a day has both.
        .order_by("snapshot__stage")
        .values_list("indicator__code", "snapshot__on", "snapshot", "value", "reported")
    )
    moves = _moves(campaign, codes=codes, at=at, until=until)
    found: dict[str, dict[dt.date, Decimal | None]] = defaultdict(dict)
    for code, on, snapshot, value, reported in rows:
        found[code][on] = _moved(value, reported, moves.get((snapshot, code)))
    return {code: found[code] for code in codes}


def _moved(
    value: Decimal | None, reported: int, move: tuple[Decimal, int] | None
) -> Decimal | None:
    """The rule of `figures.selectors.days`: a value that came late makes a total of a missing one."""
    if move is None or (value is None and move[1] <= 0):
        return value
    by, arrived = move
    return (value or Decimal()) + by if reported + arrived > 0 else None


def _moves(
    campaign: Campaign, *, codes: Collection[str], at: tuple[ScopeKind, Key], until: dt.date
) -> dict[tuple[int, str], tuple[Decimal, int]]:
    """By snapshot and code: what accepted corrections of leaves changed in a total that adds up."""
    latest = (
        Correction.objects.filter(
            _leaf_place(at),
            state=CorrectionState.ACCEPTED,
            figure__snapshot__campaign=campaign,
            figure__snapshot__withdrawn_at=None,
            figure__snapshot__on__lte=until,
            figure__indicator__code__in=codes,
            figure__indicator__rollup=Rollup.SUM,
        )
        .order_by("figure_id", F("reviewed_at").desc(), "-id")
        .distinct("figure_id")
        .values_list("figure__snapshot", "figure__indicator__code", "figure__value", "new")
    )
    found: dict[tuple[int, str], tuple[Decimal, int]] = defaultdict(lambda: (Decimal(), 0))
    for snapshot, code, was, new in latest:
        by, arrived = found[snapshot, code]
        found[snapshot, code] = (
            by + (new or Decimal()) - (was or Decimal()),
            arrived + (new is not None) - (was is not None),
        )
    return dict(found)


def _place(at: tuple[ScopeKind, Key]) -> Q:
    scope, key = at
    if scope == ScopeKind.TOTAL:
        return Q()
    return Q(**{PLACES[scope]: key})


def _leaf_place(at: tuple[ScopeKind, Key]) -> Q:
    scope, key = at
    if scope == ScopeKind.TOTAL:
        return Q()
    return Q(**{f"figure__{PLACES[scope]}": key})


PLACES: Mapping[ScopeKind, str] = {
    ScopeKind.UNIT: "unit",
    ScopeKind.GROUP: "group",
    ScopeKind.CATEGORY: "category",
    ScopeKind.DISTRICT: "district",
}


def plain(value: Any) -> float | int | None:
    """For a chart, which knows no decimals; a gap stays one."""
    if value is None or not isinstance(value, Decimal):
        return None
    return int(value) if value == value.to_integral_value() else float(value)
