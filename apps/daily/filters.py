"""Filters of the daily desk's lists."""

from typing import Any, ClassVar

import django_filters
from django.db.models import F, Q
from django.utils import timezone

from apps.campaigns.models import Campaign
from apps.core.dates import business_day
from apps.core.filters import DayFilter, LookupFilter, PortalFilterSet, SearchFilter
from apps.units.enums import UnitCategory
from apps.units.models import LiaisonGroup, Unit

from .enums import GRAVE, ActKind, CallState, FlashKind, ReportSource, ReportState
from .models import (
    DailyReport,
    DailyRound,
    DataCall,
    DataCallItem,
    FlashReport,
    ReportRevision,
    UpwardReturn,
)

GATHERED = (
    ("asked", "应报（不含免报）"),
    ("owed", "应报未报"),
    ("contradicted", "零报告与台账不符"),
)
"""What boards and to-dos count by one word: a verb of the QuerySet each."""


class ReportFilter(PortalFilterSet):
    """日报 by day, campaign, group, category, state, unit."""

    day = DayFilter(field_name="on", label="日期")
    campaign = django_filters.ModelChoiceFilter(
        field_name="campaign",
        to_field_name="code",
        queryset=Campaign.objects.all(),
        label="应急任务",
    )
    group = django_filters.ModelChoiceFilter(queryset=LiaisonGroup.objects.all(), label="联络组")
    category = django_filters.ChoiceFilter(choices=UnitCategory.choices, label="类别")
    state = django_filters.ChoiceFilter(
        choices=[*ReportState.choices, *GATHERED], label="状态", method="by_state"
    )
    unit = LookupFilter(queryset=Unit.objects.all(), url_name="units:unit_lookup", label="单位")
    source = django_filters.ChoiceFilter(
        choices=[*ReportSource.choices, ("proxy", "代录（各种来源）")],
        label="来源",
        method="by_source",
    )
    again = django_filters.ChoiceFilter(
        choices=[("true", "报送两次以上")], label="重复报送", method="by_repeats"
    )
    late = django_filters.ChoiceFilter(
        choices=[("true", "逾期报送"), ("false", "按时报送"), ("owed", "逾期未报")],
        label="是否逾期",
        method="by_lateness",
    )
    since = DayFilter(field_name="on", lookup_expr="gte", label="自")
    until = DayFilter(field_name="on", lookup_expr="lte", label="至")

    folded: ClassVar = ("source", "again", "late", "since", "until")

    class Meta:
        model = DailyReport
        fields: ClassVar[list[str]] = []

    def by_state(self, rows: Any, _name: str, value: str) -> Any:
        if value in dict(GATHERED):
            return getattr(rows, value)()
        return rows.filter(state=value)

    def by_source(self, rows: Any, _name: str, value: str) -> Any:
        if value != "proxy":
            return rows.filter(current__source=value)
        typed = ReportRevision.objects.exclude(source=ReportSource.UNIT)
        return rows.filter(pk__in=typed.values("report"))

    def by_repeats(self, rows: Any, _name: str, _value: str) -> Any:
        return rows.filter(pk__in=ReportRevision.objects.filter(number__gt=1).values("report"))

    def by_lateness(self, rows: Any, _name: str, value: str) -> Any:
        """As the record of the last days counts it: by the first filing, or owed past its hour."""
        if value == "owed":
            return rows.owed().filter(due_at__lte=timezone.now())
        when = "gt" if value == "true" else "lte"
        return rows.filter(**{f"first_filed_at__{when}": F("due_at")})


class CallFilter(PortalFilterSet):
    """临时报数 by what is asked, campaign, state, and the days they were made on."""

    q = SearchFilter(fields=["title", "purpose"], label="事项、用途")
    campaign = django_filters.ModelChoiceFilter(
        to_field_name="code", queryset=Campaign.objects.all(), label="应急任务"
    )
    state = django_filters.ChoiceFilter(
        choices=[*CallState.choices, ("asked", "未撤销")], label="状态", method="by_state"
    )
    known = django_filters.ChoiceFilter(
        choices=[("true", "索要已有数")], label="数据项", method="by_known"
    )
    since = DayFilter(field_name="made_at", lookup_expr="date__gte", label="发起自")
    until = DayFilter(field_name="made_at", lookup_expr="date__lte", label="发起至")

    folded: ClassVar = ("known", "since", "until")

    class Meta:
        model = DataCall
        fields: ClassVar[list[str]] = []

    def by_state(self, rows: Any, _name: str, value: str) -> Any:
        if value == "asked":
            return rows.exclude(state=CallState.WITHDRAWN)
        return rows.filter(state=value)

    def by_known(self, rows: Any, _name: str, _value: str) -> Any:
        """Of which a number is in a ledger or in the daily report already."""
        known = DataCallItem.objects.exclude(indicator=None)
        return rows.filter(pk__in=known.values("call"))


class FlashFilter(PortalFilterSet):
    """动态报告 by words, campaign, kind, unit, whether handled."""

    q = SearchFilter(fields=["text", "place", "unit__short_name"], label="情况、地点、单位")
    campaign = django_filters.ModelChoiceFilter(
        field_name="campaign",
        to_field_name="code",
        queryset=Campaign.objects.all(),
        label="应急任务",
    )
    kind = django_filters.ChoiceFilter(
        choices=[*FlashKind.choices, ("grave", "突发情况和伤病")], label="类别", method="by_kind"
    )
    day = DayFilter(field_name="at", lookup_expr="date", label="报告日期")
    unit = LookupFilter(queryset=Unit.objects.all(), url_name="units:unit_lookup", label="单位")
    handled = django_filters.ChoiceFilter(
        choices=[("no", "待处理"), ("yes", "已处理")], label="处理", method="by_handling"
    )

    class Meta:
        model = FlashReport
        fields: ClassVar[list[str]] = []

    def by_kind(self, rows: Any, _name: str, value: str) -> Any:
        return rows.filter(kind__in=GRAVE if value == "grave" else [value])

    def by_handling(self, rows: Any, _name: str, value: str) -> Any:
        return rows.filter(handled_at__isnull=value == "no")


class RoundFilter(PortalFilterSet):
    """四个一 by campaign, day, and what became of the four acts."""

    campaign = django_filters.ModelChoiceFilter(
        to_field_name="code", queryset=Campaign.objects.all(), label="应急任务"
    )
    day = DayFilter(field_name="on", label="日期")
    acts = django_filters.ChoiceFilter(
        choices=[("whole", "按时齐全"), ("late", "齐全，有逾期或免办"), ("lacking", "缺项")],
        label="四项",
        method="by_acts",
    )
    since = DayFilter(field_name="on", lookup_expr="gte", label="自")
    until = DayFilter(field_name="on", lookup_expr="lte", label="至")

    folded: ClassVar = ("since", "until")

    class Meta:
        model = DailyRound
        fields: ClassVar[list[str]] = []

    def by_acts(self, rows: Any, _name: str, value: str) -> Any:
        """As the calendar counts days; one that still runs lacks nothing yet."""
        counted = DailyRound.objects.with_acts().order_by()
        late = Q(late__gt=0) | Q(waived__gt=0)
        found = {
            "whole": Q(settled=len(ActKind)) & ~late,
            "late": Q(settled=len(ActKind)) & late,
            "lacking": Q(settled__lt=len(ActKind), on__lt=business_day()),
        }[value]
        return rows.filter(pk__in=counted.filter(found).values("pk"))


class UpwardFilter(PortalFilterSet):
    """报送台账 by campaign, day, receiver."""

    campaign = django_filters.ModelChoiceFilter(
        to_field_name="code", queryset=Campaign.objects.all(), label="应急任务"
    )
    day = DayFilter(field_name="on", label="数据日期")
    receiver = django_filters.CharFilter(lookup_expr="contains", label="报送对象")

    class Meta:
        model = UpwardReturn
        fields: ClassVar[list[str]] = []
