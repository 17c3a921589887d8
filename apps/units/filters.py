from __future__ import annotations

import django_filters
from django.db.models import Exists, OuterRef, QuerySet

from apps.communities.models import District
from apps.core.dates import business_day
from apps.core.filters import LookupFilter, PortalFilterSet, SearchFilter

from .enums import FunctionLine, MemberKind, UnitCategory
from .models import GroupMembership, LiaisonGroup, Member, Membership, Unit

YES_NO = [("yes", "是"), ("no", "否")]


class UnitFilters(PortalFilterSet):
    q = SearchFilter(fields=["short_name", "name", "code"], label="单位名称、代码")
    category = django_filters.ChoiceFilter(choices=UnitCategory.choices, label="类别")
    group = django_filters.ModelChoiceFilter(
        queryset=LiaisonGroup.objects.all(), method="by_group", label="联络服务小组"
    )
    line = django_filters.ChoiceFilter(
        choices=FunctionLine.choices, method="by_line", label="职能线"
    )

    class Meta:
        model = Unit
        fields: list[str] = []

    def by_group(self, rows: QuerySet[Unit], _: str, group: LiaisonGroup) -> QuerySet[Unit]:
        today = GroupMembership.objects.filter(unit=OuterRef("pk"), group=group)
        return rows.filter(Exists(today.on(business_day())))

    def by_line(self, rows: QuerySet[Unit], _: str, line: str) -> QuerySet[Unit]:
        return rows.filter(function_lines__contains=[line])


class MemberFilters(PortalFilterSet):
    q = SearchFilter(fields=["name", "member_no"], label="姓名、编号")
    unit = LookupFilter(
        queryset=Unit.objects.all(), url_name="units:unit_lookup", method="by_unit", label="单位"
    )
    kind = django_filters.ChoiceFilter(choices=MemberKind.choices, label="身份")
    district = django_filters.ModelChoiceFilter(
        queryset=District.objects.all(),
        field_name="home_community__street__district",
        label="居住区县",
    )
    exempt = django_filters.ChoiceFilter(choices=YES_NO, method="by_exempt", label="免派")

    class Meta:
        model = Member
        fields: list[str] = []

    def by_unit(self, rows: QuerySet[Member], _: str, unit: Unit) -> QuerySet[Member]:
        belongs = Membership.objects.filter(member=OuterRef("pk"), unit=unit)
        return rows.filter(Exists(belongs.on(business_day())))

    def by_exempt(self, rows: QuerySet[Member], _: str, value: str) -> QuerySet[Member]:
        return rows.filter(is_exempt=value == "yes")
