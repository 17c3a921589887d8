"""Filters of the lists of needs and sheets."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from apps.communities.models import Community, District
from apps.core.filters import DayFilter, LookupFilter, PortalFilterSet, SearchFilter
from apps.units.models import Unit

from .allocating import NeedSource, SheetState, Urgency
from .enums import NeedState
from .models import AllocationLine, AllocationSheet, Deployment, DeploymentDay, Need, TaskType
from .whereabouts import OPEN_NEEDS


class NeedFilters(PortalFilterSet):
    q = SearchFilter(fields=["community__name", "note", "goods"], label="社区、物资、说明")
    district = django_filters.ModelChoiceFilter(
        queryset=District.objects.all(), field_name="community__street__district", label="区县"
    )
    task_type = django_filters.ModelChoiceFilter(queryset=TaskType.objects.all(), label="任务类型")
    state = django_filters.ChoiceFilter(choices=NeedState.choices, label="状态")
    short = django_filters.ChoiceFilter(
        choices=[("lacking", "待调配"), ("late", "未到岗"), ("goods", "物资需求")],
        method="by_shortage",
        label="缺什么",
    )
    urgency = django_filters.ChoiceFilter(choices=Urgency.choices, label="紧急程度")
    source = django_filters.ChoiceFilter(choices=NeedSource.choices, label="来源")
    on = DayFilter(field_name="starts_on", label="需要日期")

    wanted = DayFilter(method="by_day_wanted", label="这一天需要")
    unmet = DayFilter(method="by_day_unmet", label="这一天未满足")
    raised = DayFilter(field_name="raised_at", lookup_expr="date", label="提出日期")
    settled = DayFilter(field_name="settled_at", lookup_expr="date", label="办结日期")
    community = LookupFilter(
        queryset=Community.objects.all(), url_name="communities:community_lookup", label="社区"
    )

    folded = ("urgency", "source", "on", "wanted", "unmet", "raised", "settled", "community")

    class Meta:
        model = Need
        fields: list[str] = []

    def by_day_wanted(self, rows: QuerySet[Any], _: str, day: dt.date) -> QuerySet[Any]:
        """Not closed and of that day: what the day's gap is counted from."""
        spanning = Q(ends_on=None) | Q(ends_on__gte=day)
        return rows.filter(spanning, starts_on__lte=day).exclude(state=NeedState.CLOSED)

    def by_day_unmet(self, rows: QuerySet[Any], name: str, day: dt.date) -> QuerySet[Any]:
        """Of those, the ones with fewer people there than they ask for."""
        there = (
            DeploymentDay.objects.filter(deployment__need=OuterRef("pk"), on=day)
            .order_by()
            .values("deployment__need")
            .annotate(n=Sum("present"))
            .values("n")
        )
        return self.by_day_wanted(rows, name, day).filter(heads__gt=Coalesce(Subquery(there), 0))

    def by_shortage(self, rows: QuerySet[Any], _: str, value: str) -> QuerySet[Any]:
        """The view has annotated `lacking` and `late`."""
        rows = rows.filter(state__in=OPEN_NEEDS)
        if value == "goods":
            return rows.exclude(goods="")
        return rows.filter(heads__gt=0, **{f"{value}__gt": 0})


class SheetFilters(PortalFilterSet):
    state = django_filters.ChoiceFilter(choices=SheetState.choices, label="状态")
    on = DayFilter(field_name="on", label="到岗日期")
    unit = LookupFilter(
        queryset=Unit.objects.all(),
        url_name="units:unit_lookup",
        method="by_unit",
        label="派出单位",
    )

    class Meta:
        model = AllocationSheet
        fields: list[str] = []

    def by_unit(self, rows: QuerySet[Any], _: str, unit: Unit) -> QuerySet[Any]:
        lines = AllocationLine.objects.filter(sheet=OuterRef("pk"), unit=unit, heads__gt=0)
        return rows.filter(Exists(lines))


class DispatchFilters(PortalFilterSet):
    q = SearchFilter(fields=["community__name", "unit__short_name"], label="社区、单位")
    on = DayFilter(method="by_day", label="到岗日期")
    district = django_filters.ModelChoiceFilter(
        queryset=District.objects.all(), field_name="community__street__district", label="区县"
    )

    class Meta:
        model = Deployment
        fields: list[str] = []

    def by_day(self, rows: QuerySet[Any], _: str, day: Any) -> QuerySet[Any]:
        return rows.filter(Q(starts_on=day))
