from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from apps.communities.models import Community
from apps.core.filters import LookupFilter, PortalFilterSet
from apps.units.models import Unit

from .models import Assignment, SealingChange
from .registrations_filters import RegisteredPersonFilter
from .sealing_enums import ChangeKind


class ChangeFilters(PortalFilterSet):
    """What became of people by one sealing."""

    q = RegisteredPersonFilter(label="姓名、编号")
    unit = LookupFilter(
        queryset=Unit.objects.all(),
        url_name="units:unit_lookup",
        field_name="deployment__unit",
        label="派出单位",
    )
    kind = django_filters.ChoiceFilter(choices=ChangeKind.choices, method="by_kind", label="变动")
    place = LookupFilter(
        queryset=Community.objects.all(),
        url_name="communities:community_lookup",
        method="by_place",
        label="转往或撤出的社区",
    )

    class Meta:
        model = SealingChange
        fields: list[str] = []

    def by_kind(self, rows: QuerySet[Any], _: str, value: Any) -> QuerySet[Any]:
        return rows.filter(kind=value)

    def by_place(self, rows: QuerySet[Any], _: str, value: Any) -> QuerySet[Any]:
        left = Q(kind=ChangeKind.WITHDRAWN, deployment__community=value)
        return rows.filter(left | Q(target__community=value))


class PlanFilters(ChangeFilters):
    """Who is in a plan. It is no rows yet: the view chooses by `kind`, `place`, `drill`."""

    drill = django_filters.ChoiceFilter(
        choices=[("0", "实际"), ("1", "演练")], method="by_plan", label="实际或演练"
    )

    class Meta:
        model = Assignment
        fields: list[str] = []

    def by_plan(self, rows: QuerySet[Any], _: str, value: Any) -> QuerySet[Any]:  # noqa: ARG002
        return rows

    by_kind = by_place = by_plan
