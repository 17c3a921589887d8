from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.campaigns.current import current_day
from apps.communities.models import Community, District
from apps.core.dates import business_day
from apps.core.filters import DayFilter, LookupFilter, PortalFilterSet, SearchFilter
from apps.units.enums import UnitCategory
from apps.units.filters import PersonFilter
from apps.units.models import GroupMembership, LiaisonGroup, Member, Unit

from .enums import DeploymentState, DutyNature
from .models import Deployment, DeploymentDay, TaskType, Team
from .whereabouts import active_on, without_entry


def units_of(group: LiaisonGroup, *, on: dt.date) -> QuerySet[GroupMembership]:
    """Memberships of the row's unit in `group` on the day, for an Exists."""
    rows: QuerySet[GroupMembership] = GroupMembership.objects.filter(
        unit=OuterRef("unit"), group=group
    ).on(on)
    return rows


class OfUnitFilters(PortalFilterSet):
    """What lists of rows that hang on a unit share."""

    unit = LookupFilter(queryset=Unit.objects.all(), url_name="units:unit_lookup", label="单位")
    group = django_filters.ModelChoiceFilter(
        queryset=LiaisonGroup.objects.all(), method="by_group", label="联络服务小组"
    )

    def by_group(self, rows: QuerySet[Any], _: str, group: LiaisonGroup) -> QuerySet[Any]:
        return rows.filter(Exists(units_of(group, on=self.group_day)))

    @property
    def group_day(self) -> dt.date:
        """The day whose groups count: today, unless the list is asked for another."""
        return business_day()


class TeamFilters(OfUnitFilters):
    q = SearchFilter(fields=["name", "unit__short_name"], label="突击队、单位")

    class Meta:
        model = Team
        fields: list[str] = []


class PlaceOrUnitFilter(SearchFilter):
    """A part of a community's or a unit's name: looked up there first, then matched by key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, fields=(), **kwargs)

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        for word in str(value or "").replace("\u3000", " ").split():
            places = Community.objects.filter(name__contains=word).order_by().values("pk")
            units = Unit.objects.filter(short_name__contains=word).order_by().values("pk")
            qs = qs.filter(Q(community__in=places) | Q(unit__in=units))
        return qs


class DeploymentFilters(OfUnitFilters):
    q = PlaceOrUnitFilter(label="社区、单位")
    on = DayFilter(method="by_day", label="在这一天")
    district = django_filters.ModelChoiceFilter(
        queryset=District.objects.all(), field_name="community__street__district", label="区县"
    )
    task_type = django_filters.ModelChoiceFilter(queryset=TaskType.objects.all(), label="任务类型")
    state = django_filters.ChoiceFilter(choices=DeploymentState.choices, label="状态")
    entry = django_filters.ChoiceFilter(
        choices=[("no", "未登记到岗"), ("yes", "已登记到岗")], method="by_entry", label="到岗登记"
    )
    nature = django_filters.ChoiceFilter(choices=DutyNature.choices, label="性质")
    category = django_filters.ChoiceFilter(
        field_name="unit__category", choices=UnitCategory.choices, label="单位类别"
    )
    community = LookupFilter(
        queryset=Community.objects.all(), url_name="communities:community_lookup", label="社区"
    )

    folded = ("group", "category", "nature", "community", "entry")

    class Meta:
        model = Deployment
        fields: list[str] = []

    @property
    def group_day(self) -> dt.date:
        return self.form.cleaned_data.get("on") or super().group_day

    def by_entry(self, rows: QuerySet[Deployment], _: str, value: str) -> QuerySet[Deployment]:
        """On the day asked for, else on the working day."""
        day = self.form.cleaned_data.get("on") or current_day(self.request)
        if value == "no":
            return without_entry(rows, on=day)
        return rows.filter(Exists(DeploymentDay.objects.filter(deployment=OuterRef("pk"), on=day)))

    def by_day(self, rows: QuerySet[Deployment], _: str, day: dt.date) -> QuerySet[Deployment]:
        return active_on(rows, day)


class CandidateFilters(PortalFilterSet):
    """People of the unit who may be sent to one deployment."""

    q = PersonFilter(label="姓名、编号")
    free = django_filters.ChoiceFilter(
        choices=[("yes", "现未派出"), ("no", "已派出")], method="by_free", label="现在何处"
    )

    class Meta:
        model = Member
        fields: list[str] = []

    def by_free(self, rows: QuerySet[Any], _: str, value: str) -> QuerySet[Any]:
        return rows.filter(is_sent=value == "no")
