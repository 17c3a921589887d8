from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.communities.models import Community, District
from apps.core.dates import business_day
from apps.core.filters import DayFilter, LookupFilter, PortalFilterSet, SearchFilter
from apps.units.models import LiaisonGroup, Unit

from .models import Finding, Visit, VisitItem
from .visits_enums import AWAITED, FindingState

OUTCOMES = [
    ("found", "有问题"),
    ("awaited", "有待答复"),
    ("to_verify", "有待核实"),
    ("clear", "无问题"),
]
TURNS = [
    ("awaited", "待单位答复"),
    ("late", "逾期未答复"),
    ("to_verify", "待小组核实"),
    ("done", "已核实"),
]


class VisitSearchFilter(SearchFilter):
    """A part of a unit's, a community's or another place's name."""

    def __init__(self, path: str = "", **kwargs: Any) -> None:
        super().__init__(fields=(), **kwargs)
        self.path = path

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        for word in str(value or "").replace("\u3000", " ").split():
            places = Community.objects.filter(name__contains=word).order_by().values("pk")
            units = Unit.objects.filter(short_name__contains=word).order_by().values("pk")
            qs = qs.filter(
                Q(**{f"{self.path}community__in": places})
                | Q(**{f"{self.path}unit__in": units})
                | Q(**{f"{self.path}place__contains": word})
            )
        return qs


class VisitFilters(PortalFilterSet):
    q = VisitSearchFilter(label="单位、社区、地点")
    group = django_filters.ModelChoiceFilter(
        queryset=LiaisonGroup.objects.all(), label="联络服务小组"
    )
    on = DayFilter(label="走访日期")
    since = DayFilter(field_name="on", lookup_expr="gte", label="自")
    until = DayFilter(field_name="on", lookup_expr="lte", label="至")
    outcome = django_filters.ChoiceFilter(choices=OUTCOMES, method="by_outcome", label="问题")
    unit = LookupFilter(queryset=Unit.objects.all(), url_name="units:unit_lookup", label="单位")
    community = LookupFilter(
        queryset=Community.objects.all(), url_name="communities:community_lookup", label="社区"
    )
    district = django_filters.ModelChoiceFilter(
        queryset=District.objects.all(), field_name="community__street__district", label="区县"
    )

    folded = ("unit", "community", "district", "since", "until")

    class Meta:
        model = Visit
        fields: list[str] = []

    def by_outcome(self, rows: QuerySet[Any], _: str, value: str) -> QuerySet[Any]:
        findings = Finding.objects.filter(visit=OuterRef("pk"))
        if value == "clear":
            return rows.filter(~Exists(findings))
        if value == "awaited":
            findings = findings.filter(state__in=AWAITED)
        elif value == "to_verify":
            findings = findings.filter(state=FindingState.ANSWERED)
        return rows.filter(Exists(findings))


class FindingFilters(PortalFilterSet):
    q = VisitSearchFilter(path="visit__", label="单位、社区、地点")
    turn = django_filters.ChoiceFilter(choices=TURNS, method="by_turn", label="办理情况")
    item = django_filters.ModelChoiceFilter(queryset=VisitItem.objects.all(), label="检查事项")
    group = django_filters.ModelChoiceFilter(
        queryset=LiaisonGroup.objects.all(), field_name="visit__group", label="联络服务小组"
    )
    unit = LookupFilter(
        queryset=Unit.objects.all(),
        field_name="visit__unit",
        url_name="units:unit_lookup",
        label="单位",
    )

    folded = ("unit",)

    class Meta:
        model = Finding
        fields: list[str] = []

    def by_turn(self, rows: QuerySet[Any], _: str, value: str) -> QuerySet[Any]:
        states = {
            "to_verify": [FindingState.ANSWERED],
            "done": [FindingState.VERIFIED],
        }.get(value, list(AWAITED))
        found = rows.filter(state__in=states)
        return found.filter(due_on__lt=business_day()) if value == "late" else found
