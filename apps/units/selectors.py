"""Reads of units and people as they stand on a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from .backends import PostingBackend
from .enums import MemberKind, Role
from .models import GroupMembership, Member, Membership, Posting, Unit


def with_group(rows: QuerySet[Unit], *, on: dt.date) -> QuerySet[Unit]:
    """Adds `group_id` and `group_number` of `on`; None for a unit in no group that day."""
    belongs = GroupMembership.objects.filter(unit=OuterRef("pk")).on(on).order_by()
    return rows.annotate(
        group_id=Subquery(belongs.values("group")[:1]),
        group_number=Subquery(belongs.values("group__number")[:1]),
    )


def with_headcount(rows: QuerySet[Any], *, on: dt.date, by: str = "unit") -> QuerySet[Any]:
    """Adds `members`: people whose `by` (unit or branch) of `on` is the row."""
    belongs = Membership.objects.filter(**{by: OuterRef("pk")}).on(on)
    counted = belongs.order_by().values(by).annotate(n=Count("pk")).values("n")
    return rows.annotate(members=Coalesce(Subquery(counted), 0, output_field=IntegerField()))


def with_unit(rows: QuerySet[Member], *, on: dt.date) -> QuerySet[Member]:
    """Adds `unit_id`, `unit_name` and `branch_name` of `on`; None for who belongs nowhere."""
    belongs = Membership.objects.filter(member=OuterRef("pk")).on(on).order_by()
    return rows.annotate(
        unit_id=Subquery(belongs.values("unit")[:1]),
        unit_name=Subquery(belongs.values("unit__short_name")[:1]),
        branch_name=Subquery(belongs.values("branch__name")[:1]),
    )


def units_of_group(group: Any, *, on: dt.date) -> QuerySet[Unit]:
    """The group's units of `on` in official order."""
    ids = GroupMembership.objects.filter(group=group).on(on).values("unit")
    return Unit.objects.filter(pk__in=ids).order_by("sort_order")


def membership_on(member: Member, *, on: dt.date) -> Membership | None:
    found: Membership | None = (
        Membership.objects.filter(member=member).on(on).select_related("unit", "branch").first()
    )
    return found


@dataclass(frozen=True)
class Headcount:
    """People of one kind who belong to a unit."""

    kind: MemberKind
    people: int


def headcount_by_kind(unit: Unit, *, on: dt.date) -> list[Headcount]:
    """People of `unit` on `on` by 身份, in the order of the dictionary; absent kinds are left out."""
    rows = Membership.objects.filter(unit=unit).on(on).order_by().values_list("member__kind")
    counts = dict(rows.annotate(n=Count("pk")))
    return [Headcount(kind, counts[kind]) for kind in MemberKind if kind in counts]


def posted_people(unit: Unit, *, on: dt.date) -> list[Posting]:
    """Who is posted to `unit` on `on`: 联络员 first, then 审核人."""
    rows = Posting.objects.filter(unit=unit).on(on).select_related("user")
    return sorted(rows, key=lambda row: (row.role != Role.REPORTER, row.starts_on, row.pk))


def group_membership_on(unit: Unit, *, on: dt.date) -> GroupMembership | None:
    found: GroupMembership | None = (
        GroupMembership.objects.filter(unit=unit).on(on).select_related("group__leader").first()
    )
    return found


def role_label(user: Any) -> str:
    """What the person is, in words: 示例甲单位联络员、第3组联络服务小组成员; empty without posting."""
    postings = PostingBackend().postings_of(user)
    return "、".join(f"{p.unit or p.group or ''}{p.get_role_display()}" for p in postings)
