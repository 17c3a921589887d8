"""Reads of visits: what a list shows of each, and how long ago the last one was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import (
    Count,
    Exists,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce
from django.urls import reverse

from apps.campaigns.models import Campaign
from apps.core.scope import scope_of, seen_units
from apps.core.statements import fetched
from apps.units.models import GroupMembership

from . import visits_sql
from .models import DeploymentDay, Finding, Visit, VisitResult
from .visits_enums import AWAITED, FindingState, Verdict

USUAL_TERM = dt.timedelta(days=2)
"""A unit answers a finding within these days unless the group says otherwise."""
SPOT_CHECK_DAYS = 7
"""Who has people out and was not visited for so many days is due a spot check."""


_AWAITED = [state.value for state in AWAITED]


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


class VisitGap(NamedTuple):
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


def group_gaps(campaign: Campaign, group: int, *, on: dt.date) -> dict[str, list[VisitGap]]:
    """The units of the group on `on` ("unit"), and the communities their people are sent to
    ("community"), each the worst first, then in official order. One query."""
    rows: dict[str, list[VisitGap]] = {"unit": [], "community": []}
    given = {"campaign": campaign.pk, "group": group, "on": on, "awaited": _AWAITED}
    for gap in map(VisitGap._make, fetched(visits_sql.GAPS, **given)):
        rows[gap.by].append(gap)
    return {by: sorted(gaps, key=urgency) for by, gaps in rows.items()}


@dataclass(frozen=True, slots=True)
class VisitCounts:
    """Visits of a day and up to it, the units seen, and the findings that wait for answers."""

    today: int
    all: int
    units: int
    awaited: int


def visits_so_far(campaign: Campaign, *, on: dt.date, user: Any) -> VisitCounts:
    """Of what `user` may see. One query."""
    [row] = fetched(
        visits_sql.SO_FAR,
        campaign=campaign.pk,
        on=on,
        seen=seen_units(user),
        groups=sorted(scope_of(user).groups),
        awaited=_AWAITED,
    )
    return VisitCounts(*row)


@dataclass(frozen=True, slots=True)
class GroupVisits:
    """Visits a group made in the last days; of all it made, the findings and those awaited."""

    count: int
    found: int
    awaited: int


def group_visits(campaign: Campaign, group: int, *, on: dt.date, days: int) -> GroupVisits:
    """One query."""
    since = on - dt.timedelta(days=days)
    given = {"campaign": campaign.pk, "group": group, "on": on, "since": since}
    [row] = fetched(visits_sql.OF_GROUP, **given, awaited=_AWAITED)
    return GroupVisits(*row)


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
