from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.core.dates import day_bounds
from apps.core.filters import DayFilter, LookupFilter, PortalFilterSet, SearchFilter
from apps.units.models import Unit

from .enums import ChannelKind, ItemKind, ItemState
from .forms import MonthField
from .models import Channel, Placement, PublicityItem
from .selectors.placements import next_month

COUNTED = [("yes", "计入"), ("no", "已撤稿，不计入")]


class MonthFilter(django_filters.Filter):
    """Rows of one calendar month, by a method of the set."""

    field_class = MonthField


class ItemFilters(PortalFilterSet):
    q = SearchFilter(fields=["title", "number"], label="标题、编号")
    state = django_filters.ChoiceFilter(choices=ItemState.choices, label="状态")
    unit = LookupFilter(queryset=Unit.objects.all(), url_name="units:unit_lookup", label="单位")
    kind = django_filters.ChoiceFilter(choices=ItemKind.choices, label="形式")
    channel = django_filters.ModelChoiceFilter(
        queryset=Channel.objects.all(), method="by_channel", label="刊发渠道"
    )
    month = MonthFilter(method="by_month", label="投稿月份")
    counted = django_filters.ChoiceFilter(choices=COUNTED, method="by_counted", label="计入通报")

    folded = ("counted",)

    class Meta:
        model = PublicityItem
        fields: list[str] = []

    def by_channel(self, rows: QuerySet[Any], _: str, channel: Channel) -> QuerySet[Any]:
        placed = Placement.objects.filter(item=OuterRef("pk"), channel=channel)
        return rows.filter(Exists(placed))

    def by_month(self, rows: QuerySet[Any], _: str, month: dt.date) -> QuerySet[Any]:
        start, end = day_bounds(month)[0], day_bounds(next_month(month))[0]
        return rows.filter(submitted_at__gte=start, submitted_at__lt=end)

    def by_counted(self, rows: QuerySet[Any], _: str, counted: str) -> QuerySet[Any]:
        withdrawn = Q(state=ItemState.WITHDRAWN)
        return rows.filter(~withdrawn if counted == "yes" else withdrawn)


class PlacementFilters(PortalFilterSet):
    q = SearchFilter(fields=["item__title", "place"], label="标题、版面")
    kind = django_filters.ChoiceFilter(
        choices=ChannelKind.choices, field_name="channel__kind", label="渠道类型"
    )
    channel = django_filters.ModelChoiceFilter(queryset=Channel.objects.all(), label="渠道")
    unit = LookupFilter(
        queryset=Unit.objects.all(),
        url_name="units:unit_lookup",
        field_name="item__unit",
        label="单位",
    )
    month = MonthFilter(method="by_month", label="刊发月份")
    on = DayFilter(label="刊发日期")
    counted = django_filters.ChoiceFilter(choices=COUNTED, method="by_counted", label="计入采用")

    folded = ("on", "counted")

    class Meta:
        model = Placement
        fields: list[str] = []

    def by_month(self, rows: QuerySet[Any], _: str, month: dt.date) -> QuerySet[Any]:
        return rows.filter(on__gte=month, on__lt=next_month(month))

    def by_counted(self, rows: QuerySet[Any], _: str, counted: str) -> QuerySet[Any]:
        withdrawn = Q(item__state=ItemState.WITHDRAWN)
        return rows.filter(~withdrawn if counted == "yes" else withdrawn)
