"""采用通报: whose items were taken in a month, as it stands now and as it was signed."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth

from apps.campaigns.enums import CampaignState
from apps.campaigns.models import Campaign
from apps.core.dates import day_bounds
from apps.core.scope import scope_of
from apps.units.enums import Role
from apps.units.models import Unit

from ..enums import ItemState
from ..models import AdoptionNotice, AdoptionRow, Placement, PublicityItem
from .placements import next_month


@dataclass(frozen=True)
class UnitAdoption:
    """One unit's month: items handed in, items taken, and how often they appeared."""

    unit: Unit
    name: str
    submitted: int
    adopted: int
    placed: int

    @property
    def pk(self) -> int:
        return int(self.unit.pk)

    @property
    def counts(self) -> tuple[int, int, int]:
        return self.submitted, self.adopted, self.placed


@dataclass(frozen=True)
class Adoption:
    """The table of a month, in official order; `silent` units neither handed in nor appeared."""

    rows: list[UnitAdoption]
    silent: int

    @property
    def submitted(self) -> int:
        return sum(row.submitted for row in self.rows)

    @property
    def adopted(self) -> int:
        return sum(row.adopted for row in self.rows)

    @property
    def placed(self) -> int:
        return sum(row.placed for row in self.rows)

    @property
    def by_unit(self) -> dict[int, tuple[int, int, int]]:
        return {row.pk: row.counts for row in self.rows}

    @property
    def fingerprint(self) -> str:
        """The same for the same figures: what is signed must be what was on the page."""
        written = repr(sorted(self.by_unit.items()))
        return hashlib.sha256(written.encode()).hexdigest()[:16]


def adoption(campaign: Campaign, *, month: dt.date, user: Any) -> Adoption:
    """投稿 and 采用 of `month` (its first day) by unit, of the units in `user`'s scope.

    Handed in counts by the day of the first 投稿; taken counts items that appeared in the month,
    whenever they were handed in. Withdrawn items count in neither. Three statements.
    """
    after = next_month(month)
    start, end = day_bounds(month)[0], day_bounds(after)[0]
    items = PublicityItem.objects.visible_to(user).filter(campaign=campaign)
    submitted = dict(
        items.exclude(state=ItemState.WITHDRAWN)
        .filter(submitted_at__gte=start, submitted_at__lt=end)
        .order_by()
        .values_list("unit")
        .annotate(n=Count("pk"))
    )
    appeared = (
        Placement.objects.visible_to(user)
        .standing()
        .filter(item__campaign=campaign, on__gte=month, on__lt=after)
    )
    taken = {
        unit: (adopted, placed)
        for unit, adopted, placed in appeared.order_by()
        .values_list("item__unit")
        .annotate(adopted=Count("item", distinct=True), placed=Count("pk"))
    }
    named = Q(pk__in={*submitted, *taken})
    units = Unit.objects.visible_to(user).filter(Q(is_active=True) | named).order_by("sort_order")
    rows = [
        UnitAdoption(unit, unit.short_name, submitted.get(unit.pk, 0), *taken.get(unit.pk, (0, 0)))
        for unit in units
    ]
    kept = [row for row in rows if row.submitted or row.placed]
    return Adoption(rows=kept, silent=len(rows) - len(kept))


def notices(campaign: Campaign, *, month: dt.date) -> list[AdoptionNotice]:
    """The signed versions of a month's notice, the one that holds first."""
    rows = AdoptionNotice.objects.filter(campaign=campaign, month=month)
    return list(rows.select_related("signed_by").order_by("-version"))


def signed_adoption(notice: AdoptionNotice, *, user: Any) -> Adoption:
    """The figures under the signature, of the units in `user`'s scope."""
    rows = AdoptionRow.objects.visible_to(user).filter(notice=notice)
    scope = scope_of(user)
    sees_all = scope.everything or Role.EDITOR in scope.roles
    return Adoption(
        rows=[
            UnitAdoption(row.unit, row.unit_name, row.submitted, row.adopted, row.placed)
            for row in rows.select_related("unit").order_by("position")
        ],
        silent=notice.silent if sees_all else 0,
    )


@dataclass(frozen=True)
class AdoptionChange:
    """A unit whose figures are no longer those that were signed: 投稿, 采用, 刊发 then and now."""

    name: str
    signed: tuple[int, int, int]
    now: tuple[int, int, int]


def changes_since(signed: Adoption, now: Adoption) -> list[AdoptionChange]:
    """What moved since the signature, in official order."""
    rows = {row.pk: row for row in (*now.rows, *signed.rows)}
    nothing = (0, 0, 0)
    pairs = [
        (row, signed.by_unit.get(key, nothing), now.by_unit.get(key, nothing))
        for key, row in rows.items()
    ]
    pairs.sort(key=lambda pair: pair[0].unit.sort_order)
    return [AdoptionChange(row.name, then, now) for row, then, now in pairs if then != now]


def unsigned_months(*, today: dt.date) -> QuerySet[Any]:
    """Campaign and month of past months in which something appeared and nobody signed the notice.

    Campaigns that are over ask for nothing any more.
    """
    signed = AdoptionNotice.objects.filter(
        campaign=OuterRef("item__campaign"), month=OuterRef("month")
    )
    return (
        Placement.objects.standing()
        .filter(on__lt=today.replace(day=1))
        .exclude(item__campaign__state=CampaignState.CLOSED)
        .annotate(month=TruncMonth("on"))
        .filter(~Exists(signed))
        .order_by("month", "item__campaign")
        .values("month", code=F("item__campaign__code"), campaign=F("item__campaign__name"))
        .distinct()
    )
