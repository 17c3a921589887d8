"""Stored figures by their ids, as documents compare what they print with the books."""

from collections.abc import Collection

from apps.office.documents.sources import Frozen

from ..enums import Stage
from ..models import Figure


def frozen_figures(ids: Collection[int]) -> dict[int, Frozen]:
    """By id, without later corrections: what was published does not move. One query."""
    rows = Figure.objects.filter(pk__in=ids).select_related("snapshot", "indicator")
    return {row.pk: _frozen(row) for row in rows}


def _frozen(row: Figure) -> Frozen:
    change = None
    if row.compared is not None and row.compared_before is not None:
        change = row.compared - row.compared_before
    return Frozen(
        value=row.value,
        measure=row.indicator.get_measure_display(),
        qualifier=row.get_qualifier_display() if row.qualifier else "",
        change=change,
        compared_units=row.compared_units,
        is_locked=row.snapshot.stage == Stage.LOCKED and row.snapshot.withdrawn_at is None,
    )
