from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet

from apps.communities.models import Community, District
from apps.core.dates import business_day
from apps.core.filters import DayFilter, LookupFilter, PortalFilterSet, SearchFilter
from apps.units.models import LiaisonGroup, Unit
from apps.units.selectors import units_of_group

from .models import SigningLine, SigningSheet
from .signing_enums import Standing


class SigningFilters(PortalFilterSet):
    """The view has annotated `standing`; without a day it shows the working day."""

    q = SearchFilter(fields=["community__name"], label="社区")
    on = DayFilter(method="by_day", label="日期")
    state = django_filters.ChoiceFilter(
        choices=Standing.choices, field_name="standing", label="状态"
    )
    district = django_filters.ModelChoiceFilter(
        queryset=District.objects.all(), field_name="community__street__district", label="区县"
    )
    unit = LookupFilter(
        queryset=Unit.objects.all(), url_name="units:unit_lookup", method="by_unit", label="单位"
    )
    group = django_filters.ModelChoiceFilter(
        queryset=LiaisonGroup.objects.all(), method="by_group", label="联络服务小组"
    )
    community = LookupFilter(
        queryset=Community.objects.all(), url_name="communities:community_lookup", label="指定社区"
    )

    folded = ("group", "community")

    class Meta:
        model = SigningSheet
        fields: list[str] = []

    def by_day(self, rows: QuerySet[Any], _: str, __: Any) -> QuerySet[Any]:
        """The view reads the day: it shows one alone, asked for or not."""
        return rows

    def by_unit(self, rows: QuerySet[Any], _: str, unit: Unit) -> QuerySet[Any]:
        return rows.filter(Exists(self._lines().filter(deployment__unit=unit)))

    def by_group(self, rows: QuerySet[Any], _: str, group: LiaisonGroup) -> QuerySet[Any]:
        units = units_of_group(group, on=business_day()).values("pk")
        return rows.filter(Exists(self._lines().filter(deployment__unit__in=units)))

    def _lines(self) -> Any:
        """What the person sees: nobody finds out by filters who else is on a sheet."""
        rows: Any = SigningLine.objects.visible_to(self.request.user)
        return rows.live().filter(sheet=OuterRef("pk"))
