"""One unit's figures over the last days."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from apps.campaigns.models import Campaign
from apps.core.scope import scope_of
from apps.units.models import Unit

from ..enums import CorrectionState, ScopeKind
from ..models import Correction, Figure, Indicator
from .days import hides


@dataclass(frozen=True)
class UnitDay:
    """A day of one unit: published value by indicator code, None is missing; `leaves` are their
    rows, `corrected` what some of them became since."""

    on: dt.date
    values: dict[str, Decimal | None] = field(default_factory=dict)
    leaves: dict[str, int] = field(default_factory=dict)
    corrected: dict[str, Decimal | None] = field(default_factory=dict)


def unit_figures(
    campaign: Campaign, unit: Unit, *, until: dt.date, user: Any, days: int = 30
) -> tuple[list[Indicator], list[UnitDay]]:
    """Locked leaves of `unit` and what corrected them, newest day first, and their indicators.

    In the scope of `user`, without what is restricted to the office and the unit itself.
    """
    leaves = (
        Figure.objects.visible_to(user)
        .filter(
            unit=unit,
            scope=ScopeKind.UNIT,
            snapshot__in=campaign.snapshots.locked(),
            snapshot__on__gt=until - dt.timedelta(days=days),
            snapshot__on__lte=until,
        )
        .select_related("indicator", "snapshot")
    )
    scope = scope_of(user)
    rows = [leaf for leaf in leaves if not (leaf.indicator.is_restricted and hides(leaf, scope))]
    corrected = dict(
        Correction.objects.filter(figure__in=rows, state=CorrectionState.ACCEPTED)
        .order_by("reviewed_at", "id")
        .values_list("figure", "new")
    )
    by_day: dict[dt.date, UnitDay] = {}
    indicators: dict[int, Indicator] = {}
    for leaf in rows:
        indicators[leaf.indicator_id] = leaf.indicator
        day = by_day.setdefault(leaf.snapshot.on, UnitDay(leaf.snapshot.on))
        day.values[leaf.indicator.code] = leaf.value
        became = corrected.get(leaf.pk, leaf.value)
        if became != leaf.value:
            day.corrected[leaf.indicator.code] = became
        day.leaves[leaf.indicator.code] = leaf.pk
    return (
        sorted(indicators.values(), key=lambda row: row.sort_order),
        [by_day[on] for on in sorted(by_day, reverse=True)],
    )
