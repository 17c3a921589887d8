from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet

from apps.communities.models import District
from apps.core.dates import business_day
from apps.core.filters import LookupFilter, PortalFilterSet, SearchFilter
from apps.core.formats import numeral

from .enums import FunctionLine, MemberKind, UnitCategory
from .models import GroupMembership, LiaisonGroup, Member, Membership, Unit, characters_of

YES_NO = [("yes", "是"), ("no", "否")]
MOST_GROUPS = 32767
"""No number of a group is larger, whatever is asked for."""
SPELLED = {numeral(number): number for number in range(1, 100)}


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


class GroupFilter(SearchFilter):
    """Groups as they are called: 第3组, 3组, 第三组, or by their leader."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, fields=("leader__name",), **kwargs)

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        called = "".join(str(value or "").split()).removeprefix("第").removesuffix("组")
        if called.isdecimal():
            return qs.filter(number=min(int(called), MOST_GROUPS))
        if called in SPELLED:
            return qs.filter(number=SPELLED[called])
        return super().filter(qs, value)


class GroupFilters(PortalFilterSet):
    q = GroupFilter(label="小组、组长")

    class Meta:
        model = LiaisonGroup
        fields: list[str] = []


def people_named(rows: QuerySet[Any], asked: str) -> QuerySet[Any]:
    """People by a part of the name, one character or more, or by the beginning of their number.

    Names are found through the index of their characters, then read for the order of these: a
    trigram index is of no use for names of two or three characters.
    """
    for word in asked.replace("\u3000", " ").split():
        if word.isascii():
            rows = rows.filter(member_no__startswith=word.upper())
        else:
            letters = list(dict.fromkeys(word))
            rows = rows.alias(letters=characters_of("name")).filter(
                letters__contains=letters, name__contains=word
            )
    return rows


class PersonFilter(SearchFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, fields=(), **kwargs)

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return people_named(qs, str(value or ""))


class MemberFilters(PortalFilterSet):
    q = PersonFilter(label="姓名、编号")
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
        belongs = Membership.objects.filter(unit=unit).on(business_day())
        return rows.filter(pk__in=belongs.values("member"))

    def by_exempt(self, rows: QuerySet[Member], _: str, value: str) -> QuerySet[Member]:
        return rows.filter(is_exempt=value == "yes")
