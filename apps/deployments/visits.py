"""Reads of visits: what a list shows of each, and how long ago the last one was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Count,
    Exists,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce

from apps.campaigns.models import Campaign
from apps.units.models import GroupMembership

from .models import DeploymentDay, Finding, Visit, VisitResult
from .visits_enums import AWAITED, FindingState, Verdict

USUAL_TERM = dt.timedelta(days=2)
"""A unit answers a finding within these days unless the group says otherwise."""
SPOT_CHECK_DAYS = 7
"""Who has people out and was not visited for so many days is due a spot check."""


def _counted(rows: QuerySet[Any]) -> Coalesce:
    counts = rows.order_by().values("visit").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)


def with_outcome(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Adds to visits how many items were in order (`good`) and not (`bad`), how many findings
    there are (`found`), and of those how many wait for the unit (`awaited`) or the group
    (`to_verify`)."""
    results = VisitResult.objects.filter(visit=OuterRef("pk"))
    findings = Finding.objects.filter(visit=OuterRef("pk"))
    return rows.annotate(
        good=_counted(results.filter(verdict=Verdict.OK)),
        bad=_counted(results.filter(verdict=Verdict.BAD)),
        found=_counted(findings),
        awaited=_counted(findings.filter(state__in=AWAITED)),
        to_verify=_counted(findings.filter(state=FindingState.ANSWERED)),
    )


@dataclass(frozen=True, slots=True)
class VisitGap:
    """A unit or a community where people are, and the last time somebody went to see.

    `days` since then, None when nobody ever went; `present` is None where the day is not entered.
    """

    pk: int
    name: str
    order: Any
    present: int | None
    last_on: dt.date | None
    days: int | None
    visits: int
    awaited: int = 0
    to_verify: int = 0

    @property
    def urgency(self) -> tuple[bool, int, int, Any]:
        """Sorts the worst first: never, then the longest ago, then the most people."""
        return (self.days is not None, -(self.days or 0), -(self.present or 0), self.order)


def _last_visits(
    campaign: Campaign, units: Collection[int], by: str, *, on: dt.date
) -> dict[int, tuple[dt.date, int]]:
    rows = Visit.objects.filter(campaign=campaign, unit__in=units, on__lte=on).order_by()
    counted = rows.values_list(by).annotate(last=Max("on"), n=Count("pk"))
    return {key: (last, n) for key, last, n in counted if key is not None}


def unit_gaps(
    campaign: Campaign, names: dict[int, tuple[str, Any]], *, on: dt.date
) -> list[VisitGap]:
    """Every unit of `names` (id → name and order), the worst first. Three queries."""
    last = _last_visits(campaign, names, "unit", on=on)
    days = DeploymentDay.objects.filter(
        on=on, deployment__campaign=campaign, deployment__unit__in=names
    )
    present = dict(days.order_by().values_list("deployment__unit").annotate(n=Sum("present")))
    findings = (
        Finding.objects.filter(visit__campaign=campaign, visit__unit__in=names)
        .order_by()
        .values_list("visit__unit")
        .annotate(
            awaited=Count("pk", filter=Q(state__in=AWAITED)),
            to_verify=Count("pk", filter=Q(state=FindingState.ANSWERED)),
        )
    )
    open_ = {unit: counts for unit, *counts in findings}
    rows = [
        _gap(pk, name, order, present.get(pk), last.get(pk), on, *open_.get(pk, (0, 0)))
        for pk, (name, order) in names.items()
    ]
    return sorted(rows, key=lambda row: row.urgency)


def community_gaps(campaign: Campaign, units: Collection[int], *, on: dt.date) -> list[VisitGap]:
    """Communities where people of `units` are present on `on`, the worst first. Two queries."""
    last = _last_visits(campaign, units, "community", on=on)
    days = DeploymentDay.objects.filter(
        on=on, deployment__campaign=campaign, deployment__unit__in=units, present__gt=0
    )
    places = days.order_by().values_list(
        "deployment__community", "deployment__community__name", "deployment__community__sort_key"
    )
    rows = [
        _gap(pk, name, order, present, last.get(pk), on)
        for pk, name, order, present in places.annotate(n=Sum("present"))
    ]
    return sorted(rows, key=lambda row: row.urgency)


def _gap(
    pk: int,
    name: str,
    order: Any,
    present: int | None,
    last: tuple[dt.date, int] | None,
    on: dt.date,
    *findings: int,
) -> VisitGap:
    last_on, visits = last or (None, 0)
    days = (on - last_on).days if last_on else None
    return VisitGap(pk, name, order, present, last_on, days, visits, *findings)


def spot_checks_due(campaign: Campaign, *, on: dt.date) -> dict[int, int]:
    """By group of the day: units with people present on `on` that nobody has been to see for
    SPOT_CHECK_DAYS, counted from the campaign's begin for those never visited. One query."""
    since = on - dt.timedelta(days=SPOT_CHECK_DAYS)
    if campaign.starts_on > since:
        return {}
    present = DeploymentDay.objects.filter(
        on=on, deployment__campaign=campaign, deployment__unit=OuterRef("unit"), present__gt=0
    )
    visited = Visit.objects.filter(
        campaign=campaign, unit=OuterRef("unit"), on__gt=since, on__lte=on
    )
    rows = (
        GroupMembership.objects.on(on)
        .filter(Exists(present), ~Exists(visited))
        .order_by()
        .values_list("group")
        .annotate(n=Count("unit", distinct=True))
    )
    return dict(rows)


def answers_to_verify(campaign: Campaign, *, on: dt.date) -> dict[int, int]:
    """By the group a unit belongs to on `on`: findings of the campaign that were answered and not
    verified. One query."""
    group = GroupMembership.objects.on(on).filter(unit=OuterRef("visit__unit")).values("group")
    rows = (
        Finding.objects.filter(visit__campaign=campaign, state=FindingState.ANSWERED)
        .annotate(today=Subquery(group[:1]))
        .order_by()
        .values_list("today")
        .annotate(n=Count("pk"))
    )
    return {key: n for key, n in rows if key is not None}


def visits_of(campaign: Campaign | None, user: Any) -> QuerySet[Visit]:
    """Visits of the campaign that `user` sees, with what a row names."""
    rows: QuerySet[Visit] = Visit.objects.visible_to(user).filter(campaign=campaign)
    return rows.select_related("group", "unit", "community")


def findings_of(campaign: Campaign | None, user: Any) -> QuerySet[Finding]:
    """Findings of the campaign that `user` sees."""
    rows: QuerySet[Finding] = Finding.objects.visible_to(user).filter(visit__campaign=campaign)
    return rows
