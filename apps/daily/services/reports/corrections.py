"""What a report filed after the lock asks to be corrected."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Exists, OuterRef

from apps.accounts.models import User
from apps.figures.enums import CorrectionState
from apps.figures.models import Correction, Figure, Snapshot
from apps.figures.services import corrections

from ...models import DailyReport, ReportValue


def propose_corrections(report: DailyReport, *, reason: str, by: User, now: dt.datetime) -> int:
    """Propose the current revision's values wherever the locked leaf says otherwise; how many.

    A leaf that already has a correction to the same value, open or accepted, is left alone.
    """
    locked = Snapshot.objects.locked().filter(campaign=report.campaign, on=report.on)
    leaves = {
        leaf.indicator_id: leaf
        for leaf in Figure.objects.leaves().filter(snapshot__in=locked, unit=report.unit)
    }
    standing = _values_as_corrected(leaves.values())
    proposed = 0
    for value in ReportValue.objects.filter(revision=report.current_id):
        leaf = leaves.get(value.indicator_id)
        if leaf is not None and standing[leaf.pk] != value.value:
            corrections.propose(leaf, new=value.value, reason=reason, by=by, now=now)
            proposed += 1
    return proposed


def is_in_the_lock() -> Exists:
    """Of a report: whether the lock that stands has drawn a value of it."""
    drawn = Figure.objects.leaves().filter(
        snapshot__in=Snapshot.objects.locked(),
        snapshot__campaign=OuterRef("campaign"),
        snapshot__on=OuterRef("on"),
        unit=OuterRef("unit"),
        revision_id__isnull=False,
    )
    return Exists(drawn)


def _values_as_corrected(leaves: Iterable[Figure]) -> dict[int, Decimal | None]:
    """The value each leaf has, or will have once its open corrections are accepted."""
    values = {leaf.pk: leaf.value for leaf in leaves}
    rows = Correction.objects.filter(figure__in=list(values)).exclude(
        state=CorrectionState.DECLINED
    )
    return values | dict(rows.order_by("proposed_at", "id").values_list("figure", "new"))
