"""Reads of 双报到: who is registered where, who is not, and what the sheets print."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from apps.units.enums import MemberKind
from apps.units.models import Member, Membership

from .models import MemberRegistration, UnitRegistration

NOT_YET = "还没到这一天，请填写今天或以前的日期。"
"""Nobody has registered as of a day to come, by whichever door it is said."""


def members_to_register(*, on: dt.date) -> QuerySet[Membership]:
    """Belongings of `on` whose person is a serving Party member: who has to register."""
    rows: QuerySet[Membership] = Membership.objects.on(on).filter(member__kind=MemberKind.MEMBER)
    return rows


def _registered(on: dt.date, member: str = "member") -> Exists:
    return Exists(MemberRegistration.objects.filter(member=OuterRef(member)).on(on))


def with_coverage(rows: QuerySet[Any], *, on: dt.date) -> QuerySet[Any]:
    """Adds to units: `has_registered`, `received`, `due` and `done` people, and `homeless`: those
    whose home community nobody has entered."""
    own = UnitRegistration.objects.filter(unit=OuterRef("pk")).on(on).order_by()
    people = members_to_register(on=on).filter(unit=OuterRef("pk")).order_by()

    def counted(only: Any = None) -> Coalesce:
        chosen = people.filter(only) if only is not None else people
        totals = chosen.values("unit").annotate(n=Count("pk")).values("n")
        return Coalesce(Subquery(totals, output_field=IntegerField()), 0)

    nowhere = Q(member__home_community=None, member__home_estate=None)
    return rows.annotate(
        registered_at=Subquery(own.values("community__name")[:1]),
        received_on=Subquery(own.values("received_on")[:1]),
        due=counted(),
        done=counted(_registered(on)),
        homeless=counted(nowhere & ~_registered(on)),
    )


def coverage_of(units: QuerySet[Any], *, on: dt.date) -> dict[str, int]:
    """Units and people due and registered among `units`; three queries."""
    people = members_to_register(on=on).filter(unit__in=units.values("pk"))
    return {
        "units": units.count(),
        "units_done": units.filter(
            Exists(UnitRegistration.objects.filter(unit=OuterRef("pk")).on(on))
        ).count(),
        **people.aggregate(due=Count("pk"), done=Count("pk", filter=_registered(on))),
    }


def not_registered(*, on: dt.date) -> QuerySet[Member]:
    """Serving members who belong to a unit and are registered nowhere on `on`."""
    due = members_to_register(on=on).filter(member=OuterRef("pk"))
    rows: QuerySet[Member] = Member.objects.filter(Exists(due), ~_registered(on, "pk"))
    return rows
