"""Reads of visits: what a list shows of each, and how long ago the last one was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Count,
    Exists,
    FilteredRelation,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce
from django.urls import reverse

from apps.campaigns.models import Campaign
from apps.communities.models import Community
from apps.units.models import GroupMembership

from .models import Deployment, DeploymentDay, Finding, Visit, VisitResult
from .visits_enums import AWAITED, FindingState, Verdict
from .whereabouts import active_on

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

    `days` since then, None when nobody ever went. `is_out`: somebody is sent; `present` is None
    where the day is not entered. `by` names the field of a visit that `pk` stands for.
    """

    by: str
    pk: int
    name: str
    is_out: bool
    present: int | None
    last_on: dt.date | None
    days: int | None
    visits: int
    awaited: int = 0
    to_verify: int = 0

    @property
    def visit_url(self) -> str:
        return f"{reverse('deployments:visit_create')}?{self.by}={self.pk}"


def urgency(row: VisitGap) -> tuple[bool, bool, int, int]:
    """Sorts the worst first: people out, never seen, then the longest ago, then the most people."""
    return (not row.is_out, row.days is not None, -(row.days or 0), -(row.present or 0))


@dataclass(frozen=True, slots=True)
class _Ledger:
    """What is known by unit or community: who is out, and when somebody was there last."""

    out: dict[int, int | None]
    last: dict[int, tuple[dt.date, int]]
    on: dt.date

    def gap(self, by: str, pk: int, name: str, *findings: int) -> VisitGap:
        last_on, visits = self.last.get(pk, (None, 0))
        days = (self.on - last_on).days if last_on else None
        present = self.out.get(pk)
        return VisitGap(by, pk, name, pk in self.out, present, last_on, days, visits, *findings)


def _ledger(campaign: Campaign, units: Collection[int], by: str, *, on: dt.date) -> _Ledger:
    """Two queries."""
    sent = active_on(Deployment.objects.filter(campaign=campaign, unit__in=units), on)
    today = FilteredRelation("days", condition=Q(days__on=on))
    out = sent.alias(today=today).order_by().values_list(by).annotate(n=Sum("today__present"))
    visits = Visit.objects.filter(campaign=campaign, unit__in=units, on__lte=on).order_by()
    seen = visits.values_list(by).annotate(last=Max("on"), n=Count("pk"))
    return _Ledger(dict(out), {key: (last, n) for key, last, n in seen if key}, on)


def unit_gaps(campaign: Campaign, names: Mapping[int, str], *, on: dt.date) -> list[VisitGap]:
    """The units of `names` (in official order), the worst first. Three queries."""
    known = _ledger(campaign, names.keys(), "unit", on=on)
    findings = (
        Finding.objects.filter(visit__campaign=campaign, visit__unit__in=names.keys())
        .order_by()
        .values_list("visit__unit")
        .annotate(
            awaited=Count("pk", filter=Q(state__in=AWAITED)),
            to_verify=Count("pk", filter=Q(state=FindingState.ANSWERED)),
        )
    )
    counts = {unit: found for unit, *found in findings}
    rows = [known.gap("unit", pk, name, *counts.get(pk, ())) for pk, name in names.items()]
    return sorted(rows, key=urgency)


def community_gaps(campaign: Campaign, units: Collection[int], *, on: dt.date) -> list[VisitGap]:
    """Communities people of `units` are sent to on `on`, the worst first. Three queries."""
    known = _ledger(campaign, units, "community", on=on)
    places = Community.objects.filter(pk__in=known.out).order_by("sort_key", "pk")
    rows = [known.gap("community", *place) for place in places.values_list("pk", "name")]
    return sorted(rows, key=urgency)


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


def answers_owed(campaigns: Collection[Campaign]) -> dict[int, tuple[str, int]]:
    """By unit: its name and how many findings it has to answer, in official order. One query."""
    rows = (
        Finding.objects.filter(visit__campaign__in=campaigns, state__in=AWAITED)
        .order_by("visit__unit__sort_order")
        .values_list("visit__unit", "visit__unit__short_name")
        .annotate(n=Count("pk"))
    )
    return {unit: (name, count) for unit, name, count in rows}
