"""The leaves behind a number, and what each of them rests on."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from apps.deployments.models import DeploymentDay
from apps.figures.enums import Rollup
from apps.figures.models import Figure
from apps.figures.quantities import total
from apps.figures.selectors.day_values import DayFigures, Value
from apps.figures.selectors.days import standing_snapshot
from apps.units.models import LiaisonGroup, Unit

from ..models import DailyReport


@dataclass(frozen=True)
class Leaf:
    """One unit's part of a number."""

    value: Value
    unit: Unit
    group: LiaisonGroup | None
    report: int | None
    was_missing: bool = False
    """Yesterday's value had not come when yesterday was drawn, so there is no change."""


def leaves(
    day: DayFigures, code: str, *, group: int | None = None, category: str = ""
) -> list[Leaf]:
    """In official order, narrowed to a group or category of that day; five queries."""
    found = [
        value
        for value in day.leaves(code)
        if (group is None or value.group == group) and (not category or value.category == category)
    ]
    units = Unit.objects.in_bulk([value.unit for value in found])
    groups = LiaisonGroup.objects.in_bulk({value.group for value in found if value.group})
    reports = dict(
        DailyReport.objects.filter(campaign=day.campaign)
        .on(day.on)
        .filter(unit__in=units)
        .values_list("unit", "pk")
    )
    missing = missing_before(day, code)
    rows = [
        Leaf(
            value=value,
            unit=units[value.unit],
            group=groups.get(value.group or 0),
            report=reports.get(value.unit or 0) if value.asked.is_typed else None,
            was_missing=value.unit in missing,
        )
        for value in found
    ]
    return sorted(rows, key=lambda leaf: leaf.unit.sort_order)


def missing_before(day: DayFigures, code: str) -> frozenset[int | None]:
    """Units asked for the indicator the day before and without a value then; two queries."""
    yesterday = standing_snapshot(day.campaign, on=day.on - dt.timedelta(days=1))
    if yesterday is None:
        return frozenset()
    blanks = Figure.objects.leaves().filter(
        snapshot=yesterday, indicator__code=code, value__isnull=True
    )
    return frozenset(blanks.values_list("unit", flat=True))


def added_up(rows: Iterable[Leaf], rollup: Rollup) -> Decimal | None:
    """The sum of the leaves where they may be added; None when all are missing or they may not."""
    if rollup != Rollup.SUM:
        return None
    found = total(leaf.value.quantity for leaf in rows)
    return None if found is None else found.value


def entries_behind(figure: Figure) -> QuerySet[DeploymentDay]:
    """The day's entries that a ledger leaf counts, as they are now."""
    return (
        DeploymentDay.objects.filter(
            on=figure.snapshot.on,
            deployment__campaign=figure.snapshot.campaign,
            deployment__unit=figure.unit,
        )
        .select_related("deployment__community", "deployment__task_type", "deployment__team")
        .order_by("deployment__community__sort_key", "deployment")
    )


def changed_since(figure: Figure) -> int:
    """其后变动: entries written after the figure was taken."""
    return entries_behind(figure).filter(recorded_at__gt=figure.snapshot.taken_at).count()
