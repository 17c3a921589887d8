"""Reads for the pages of the ledger: who is where, how many are there, what is still missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Coalesce, Greatest

from apps.campaigns.models import Campaign
from apps.core.formats import days
from apps.units.models import Membership

from .enums import DeploymentState, NeedState
from .models import Assignment, Deployment, DeploymentDay, Need


def active_on(rows: QuerySet[Deployment], day: dt.date) -> QuerySet[Deployment]:
    """Deployments whose span covers `day`, the withdrawn left out."""
    return rows.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day).exclude(
        state=DeploymentState.WITHDRAWN
    )


def without_entry(rows: QuerySet[Deployment], *, on: dt.date) -> QuerySet[Deployment]:
    """Deployments active on `on` whose day nobody has entered."""
    entries = DeploymentDay.objects.filter(deployment=OuterRef("pk"), on=on)
    return active_on(rows, on).filter(~Exists(entries))


def with_day(rows: QuerySet[Deployment], *, on: dt.date) -> QuerySet[Deployment]:
    """Adds `expected`, `present`, `night` of `on`; None where the day is not entered."""
    entry = DeploymentDay.objects.filter(deployment=OuterRef("pk"), on=on).order_by()
    return rows.annotate(
        expected=Subquery(entry.values("expected")[:1]),
        present=Subquery(entry.values("present")[:1]),
        night=Subquery(entry.values("night")[:1]),
    )


def with_present(
    rows: QuerySet[Any], *, by: str, campaign: Campaign | None, on: dt.date
) -> QuerySet[Any]:
    """Adds `on_duty`: people present on `on` in the row's deployments; None without any entry.

    `by` is the field of a deployment that names the row: unit, community, team or need.
    """
    days = DeploymentDay.objects.filter(
        on=on, deployment__campaign=campaign, **{f"deployment__{by}": OuterRef("pk")}
    )
    total = days.order_by().values(f"deployment__{by}").annotate(n=Sum("present")).values("n")
    return rows.annotate(on_duty=Subquery(total, output_field=IntegerField()))


def with_assigned(rows: QuerySet[Deployment], *, on: dt.date) -> QuerySet[Deployment]:
    """Adds `assigned`: people sent there on `on`."""
    people = Assignment.objects.filter(deployment=OuterRef("pk")).on(on)
    counted = people.order_by().values("deployment").annotate(n=Count("pk")).values("n")
    return rows.annotate(assigned=Coalesce(Subquery(counted), 0, output_field=IntegerField()))


def most_there(deployment: Deployment, *, on: dt.date) -> int:
    """How many can be there on `on`: the unit's people of the day, and who is sent there though
    of another unit by now."""
    people = Membership.objects.filter(unit=deployment.unit_id).on(on).values("member")
    named = Assignment.objects.filter(deployment=deployment).on(on).values("member")
    return people.union(named).count()


def with_gap(rows: QuerySet[Need], *, on: dt.date) -> QuerySet[Need]:
    """Adds `arrived` on `on` and `gap` = asked − arrived, never below zero.

    The gap is None where none is counted: the need is closed, or does not cover the day.
    """
    days = DeploymentDay.objects.filter(on=on, deployment__need=OuterRef("pk"))
    total = days.order_by().values("deployment__need").annotate(n=Sum("present")).values("n")
    rows = rows.annotate(arrived=Coalesce(Subquery(total), 0, output_field=IntegerField()))
    counted = Q(ends_on=None) | Q(ends_on__gte=on)
    gap = Case(
        When(
            counted & Q(starts_on__lte=on) & ~Q(state=NeedState.CLOSED),
            then=Greatest(F("heads") - F("arrived"), 0),
        ),
        default=None,
        output_field=IntegerField(),
    )
    return rows.annotate(gap=gap)


def with_place_of_today(rows: QuerySet[Any], *, is_drill: bool, on: dt.date) -> QuerySet[Any]:
    """Adds `busy_at` and `busy_until` to members: the community they are sent to on `on`."""
    sent = Assignment.objects.filter(member=OuterRef("pk"), is_drill=is_drill).on(on)
    sent = sent.order_by()
    return rows.alias(is_sent=Exists(sent)).annotate(
        busy_at=Subquery(sent.values("deployment__community__name")[:1]),
        busy_until=Subquery(sent.values("ends_on")[:1]),
    )


def served_communities(campaign: Campaign, unit: Any, *, on: dt.date) -> list[dict[str, Any]]:
    """Where people of `unit` were sent by `on`, the most people first. Three queries.

    Each with pk, name, district, tasks, first_on, people (distinct), present (人日) and last_on;
    the last two are None where no day has been entered.
    """
    sent = Deployment.objects.filter(campaign=campaign, unit=unit, starts_on__lte=on).order_by()
    places = sent.values(
        pk=F("community"),
        name=F("community__name"),
        district=F("community__street__district__short_name"),
        place=F("community__sort_key"),
    ).annotate(tasks=Count("pk"), first_on=Min("starts_on"))
    stays = Assignment.objects.filter(deployment__in=sent.values("pk"), starts_on__lte=on)
    people = dict(
        stays.order_by()
        .values_list("deployment__community")
        .annotate(n=Count("member", distinct=True))
    )
    entries = DeploymentDay.objects.filter(deployment__in=sent.values("pk"), on__lte=on)
    days = {
        place: (present, last)
        for place, present, last in entries.order_by()
        .values_list("deployment__community")
        .annotate(n=Sum("present"), last=Max("on", filter=Q(present__gt=0)))
    }
    rows = [
        {**row, "people": people.get(row["pk"], 0)}
        | dict(zip(("present", "last_on"), days.get(row["pk"], (None, None)), strict=True))
        for row in places
    ]
    return sorted(rows, key=lambda row: (-row["people"], row["place"]))


def clashes(
    members: Collection[int], *, starts_on: dt.date, ends_on: dt.date | None, is_drill: bool
) -> list[Assignment]:
    """Assignments of `members` that share a day with the span; drills and real ones apart."""
    rows = Assignment.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=starts_on), member__in=members, is_drill=is_drill
    )
    if ends_on is not None:
        rows = rows.filter(starts_on__lte=ends_on)
    return list(
        rows.select_related("member", "deployment__community", "deployment__unit").order_by(
            "starts_on", "id"
        )
    )


def place_of(row: Assignment) -> str:
    """王某8月5日—20日已派往城东路社区: who is where, and until when."""
    span = days(row.starts_on, row.ends_on)
    return f"{row.member.name}{span}已派往{row.deployment.community}"


OPEN_NEEDS = (NeedState.OPEN, NeedState.PARTLY)
