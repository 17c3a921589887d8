from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet

from apps.communities.models import Community, District
from apps.core.dates import business_day
from apps.core.filters import LookupFilter, PortalFilterSet
from apps.units.filters import PersonFilter
from apps.units.models import GroupMembership, LiaisonGroup, Member, Membership, Unit
from apps.units.selectors import units_of_group

from .filters import OfUnitFilters, PlaceOrUnitFilter
from .models import MemberRegistration, UnitRegistration

RECEIPT = [("yes", "已收到"), ("no", "未收到")]


class ReceiptFilters(PortalFilterSet):
    """What both lists of registrations share."""

    district = django_filters.ModelChoiceFilter(
        queryset=District.objects.all(), field_name="community__street__district", label="区县"
    )
    community = LookupFilter(
        queryset=Community.objects.all(), url_name="communities:community_lookup", label="社区"
    )
    receipt = django_filters.ChoiceFilter(choices=RECEIPT, method="by_receipt", label="报到回执")
    standing = django_filters.ChoiceFilter(
        choices=[("now", "现行"), ("over", "已截止")], method="by_standing", label="是否现行"
    )

    def by_receipt(self, rows: QuerySet[Any], _: str, value: str) -> QuerySet[Any]:
        return rows.filter(received_on__isnull=value == "no")

    def by_standing(self, rows: QuerySet[Any], _: str, value: str) -> QuerySet[Any]:
        today = business_day()
        if value == "over":
            return rows.filter(ends_on__lt=today)
        return rows.on(today)  # type: ignore[attr-defined]


class UnitRegistrationFilters(OfUnitFilters, ReceiptFilters):
    q = PlaceOrUnitFilter(label="单位、社区")

    folded = ("community", "district")

    class Meta:
        model = UnitRegistration
        fields: list[str] = []


class RegisteredPersonFilter(PersonFilter):
    """The person of the row, by name or number."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        if not str(value or "").strip():
            return qs
        found = super().filter(Member.objects.all(), value)
        return qs.filter(member__in=found.order_by().values("pk"))


class MemberRegistrationFilters(ReceiptFilters):
    q = RegisteredPersonFilter(label="姓名、编号")
    unit = LookupFilter(
        queryset=Unit.objects.all(), url_name="units:unit_lookup", method="by_unit", label="单位"
    )
    local = django_filters.ChoiceFilter(
        choices=[("yes", "就地报到"), ("no", "居住地报到")], method="by_local", label="类别"
    )
    standing = django_filters.ChoiceFilter(
        choices=[("now", "现行"), ("over", "已截止"), ("void", "已作废")],
        method="by_standing",
        label="是否现行",
    )

    folded = ("community", "district")

    class Meta:
        model = MemberRegistration
        fields: list[str] = []

    def by_unit(self, rows: QuerySet[Any], _: str, unit: Unit) -> QuerySet[Any]:
        belongs = Membership.objects.filter(member=OuterRef("member"), unit=unit)
        return rows.filter(Exists(belongs.on(business_day())))

    def by_local(self, rows: QuerySet[Any], _: str, value: str) -> QuerySet[Any]:
        return rows.filter(is_local=value == "yes")

    def by_standing(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "void":
            return rows.exclude(void_reason="")
        return super().by_standing(rows.filter(void_reason=""), name, value)


class CoverageFilters(PortalFilterSet):
    group = django_filters.ModelChoiceFilter(
        queryset=LiaisonGroup.objects.all(), method="by_group", label="联络服务小组"
    )
    unit_done = django_filters.ChoiceFilter(
        choices=[("yes", "已报到"), ("no", "未报到")], method="by_done", label="单位报到"
    )

    class Meta:
        model = Unit
        fields: list[str] = []

    def by_group(self, rows: QuerySet[Any], _: str, group: LiaisonGroup) -> QuerySet[Any]:
        return rows.filter(pk__in=units_of_group(group, on=business_day()).values("pk"))

    def by_done(self, rows: QuerySet[Any], _: str, value: str) -> QuerySet[Any]:
        done = Exists(UnitRegistration.objects.filter(unit=OuterRef("pk")).on(business_day()))
        return rows.filter(done if value == "yes" else ~done)


class MissingFilters(PortalFilterSet):
    q = PersonFilter(label="姓名、编号")
    unit = LookupFilter(
        queryset=Unit.objects.all(), url_name="units:unit_lookup", method="by_unit", label="单位"
    )
    group = django_filters.ModelChoiceFilter(
        queryset=LiaisonGroup.objects.all(), method="by_group", label="联络服务小组"
    )
    home = django_filters.ChoiceFilter(
        choices=[("yes", "已登记"), ("no", "未登记")], method="by_home", label="居住社区"
    )

    class Meta:
        model = Member
        fields: list[str] = []

    def by_unit(self, rows: QuerySet[Any], _: str, unit: Unit) -> QuerySet[Any]:
        belongs = Membership.objects.filter(member=OuterRef("pk"), unit=unit)
        return rows.filter(Exists(belongs.on(business_day())))

    def by_group(self, rows: QuerySet[Any], _: str, group: LiaisonGroup) -> QuerySet[Any]:
        today = business_day()
        units = GroupMembership.objects.filter(group=group).on(today).values("unit")
        belongs = Membership.objects.filter(member=OuterRef("pk"), unit__in=units)
        return rows.filter(Exists(belongs.on(today)))

    def by_home(self, rows: QuerySet[Any], _: str, value: str) -> QuerySet[Any]:
        return rows.filter(home_community__isnull=value == "no")
