from __future__ import annotations

import datetime as dt
import re
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.campaigns.current import current_campaign
from apps.communities.models import Community
from apps.core.dates import business_day
from apps.core.filters import DayFilter, LookupFilter, PortalFilterSet, SearchFilter
from apps.units.models import GroupMembership, LiaisonGroup, Unit

from .enums import (
    LIVE_CASES,
    BeneficiaryKind,
    CaseSource,
    CaseState,
    Circumstance,
    Mode,
    ServiceType,
)
from .models import AssistanceAction, AssistanceCase, Beneficiary
from .selectors.caseload import suspects

NUMBER = re.compile(r"^(?:DX)?0*(\d{1,9})$", re.IGNORECASE)


def beneficiaries_named(word: str, *, path: str = "") -> Q:
    """The beneficiary at `path` by its number, or by a part of its community's name."""
    number = NUMBER.match(word)
    if number:
        return Q(**{f"{path}pk": int(number[1])})
    places = Community.objects.filter(name__contains=word).order_by().values("pk")
    return Q(**{f"{path}community__in": places})


class BeneficiarySearch(SearchFilter):
    """DX000123, or a part of the community's name; nobody is found by what is sealed."""

    def __init__(self, *args: Any, path: str = "", **kwargs: Any) -> None:
        super().__init__(*args, fields=(), **kwargs)
        self.path = path

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        for word in str(value or "").replace("\u3000", " ").split():
            qs = qs.filter(self.match(word))
        return qs

    def match(self, word: str) -> Q:
        return beneficiaries_named(word, path=self.path)


class CaseSearch(BeneficiarySearch):
    def match(self, word: str) -> Q:
        found = Q(title__contains=word) | Q(number__icontains=word)
        return found | super().match(word)


class OfUnitFilters(PortalFilterSet):
    """What the desk's lists share: the unit, and the group that looks after it today."""

    unit = LookupFilter(queryset=Unit.objects.all(), url_name="units:unit_lookup", label="单位")
    group = django_filters.ModelChoiceFilter(
        queryset=LiaisonGroup.objects.all(), method="by_group", label="联络服务小组"
    )

    def by_group(self, rows: QuerySet[Any], _: str, group: LiaisonGroup) -> QuerySet[Any]:
        belongs = GroupMembership.objects.filter(unit=OuterRef("unit"), group=group)
        return rows.filter(Exists(belongs.on(business_day())))


class BeneficiaryFilters(OfUnitFilters):
    q = BeneficiarySearch(label="社区、编号")
    circumstance = django_filters.ChoiceFilter(choices=Circumstance.choices, label="情形")
    kind = django_filters.ChoiceFilter(choices=BeneficiaryKind.choices, label="对象类型")
    twice = django_filters.ChoiceFilter(
        choices=[("no", "不含重复"), ("marked", "已标重复"), ("maybe", "疑似重复")],
        method="by_twice",
        label="重复登记",
    )
    community = LookupFilter(
        queryset=Community.objects.all(), url_name="communities:community_lookup", label="社区"
    )

    helped = django_filters.ChoiceFilter(
        choices=[("yes", "本任务内帮扶过"), ("no", "本任务内尚未帮扶")],
        method="by_help",
        label="是否帮扶",
    )

    folded = ("group", "community", "kind")

    class Meta:
        model = Beneficiary
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.request.user.has_perm("assistance.mark_duplicate"):
            # That two are alike is said only to those who may look into it.
            choice: Any = self.form.fields["twice"]
            choice.choices = [pair for pair in choice.choices if pair[0] != "maybe"]

    def by_help(self, rows: QuerySet[Any], _: str, wanted: str) -> QuerySet[Any]:
        acts = AssistanceAction.objects.filter(
            beneficiary=OuterRef("pk"), campaign=current_campaign(self.request)
        )
        return rows.filter(Exists(acts) if wanted == "yes" else ~Exists(acts))

    def by_twice(self, rows: QuerySet[Any], _: str, wanted: str) -> QuerySet[Any]:
        if wanted == "maybe":
            return suspects(rows)
        return rows.filter(duplicate_of__isnull=wanted == "no")


class CaseFilters(OfUnitFilters):
    q = CaseSearch(label="事项、编号、社区", path="beneficiary__")
    state = django_filters.ChoiceFilter(choices=CaseState.choices, label="状态")
    due = django_filters.ChoiceFilter(
        choices=[("late", "已逾期"), ("today", "今日到期"), ("soon", "3日内到期")],
        method="by_due",
        label="时限",
    )
    owner = django_filters.ChoiceFilter(
        choices=[("me", "由我办理"), ("nobody", "尚未交办")], method="by_owner", label="责任人"
    )
    service_type = django_filters.ChoiceFilter(choices=ServiceType.choices, label="服务类型")
    circumstance = django_filters.ChoiceFilter(
        choices=Circumstance.choices, field_name="beneficiary__circumstance", label="情形"
    )
    source = django_filters.ChoiceFilter(choices=CaseSource.choices, label="来源")

    folded = ("group", "circumstance", "source", "service_type")

    class Meta:
        model = AssistanceCase
        fields: list[str] = []

    def by_due(self, rows: QuerySet[Any], _: str, wanted: str) -> QuerySet[Any]:
        today = business_day()
        live = rows.filter(state__in=LIVE_CASES)
        if wanted == "late":
            return live.filter(due_on__lt=today)
        last = today if wanted == "today" else today + dt.timedelta(days=3)
        return live.filter(due_on__gte=today, due_on__lte=last)

    def by_owner(self, rows: QuerySet[Any], _: str, wanted: str) -> QuerySet[Any]:
        return rows.filter(owner=self.request.user if wanted == "me" else None)


class ActionFilters(OfUnitFilters):
    q = BeneficiarySearch(label="社区、编号", path="beneficiary__")
    on = DayFilter(label="日期")
    service_type = django_filters.ChoiceFilter(choices=ServiceType.choices, label="服务类型")
    mode = django_filters.ChoiceFilter(choices=Mode.choices, label="方式")
    circumstance = django_filters.ChoiceFilter(
        choices=Circumstance.choices, field_name="beneficiary__circumstance", label="情形"
    )

    folded = ("group", "mode")

    class Meta:
        model = AssistanceAction
        fields: list[str] = []
