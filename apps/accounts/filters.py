"""What the two trails are searched by."""

import datetime as dt
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet

from apps.core.dates import day_bounds
from apps.core.filters import DayFilter, PortalFilterSet, SearchFilter

from .database import watches
from .enums import AuditOperation, SecurityEventKind
from .models import AuditEntry, SecurityEvent
from .selectors import table_label


def on_day(rows: QuerySet[Any], _name: str, day: dt.date) -> QuerySet[Any]:
    """Rows of one day of Beijing."""
    start, end = day_bounds(day)
    return rows.filter(at__gte=start, at__lt=end)


def _tables() -> list[tuple[str, str]]:
    return sorted(((w.table, table_label(w.table)) for w in watches()), key=lambda pair: pair[1])


def _exact(label: str) -> django_filters.CharFilter:
    box = forms.TextInput(attrs={"placeholder": label, "autocomplete": "off"})
    return django_filters.CharFilter(label=label, widget=box)


class AuditFilters(PortalFilterSet):
    actor = _exact("操作人（用户名）")
    table = django_filters.ChoiceFilter(label="数据", choices=_tables())
    on = DayFilter(label="日期", method=on_day)
    operation = django_filters.ChoiceFilter(label="操作", choices=AuditOperation.choices)
    key = _exact("主键")
    request = _exact("请求编号")
    folded = ("key", "request")

    class Meta:
        model = AuditEntry
        fields: tuple[str, ...] = ()


class SecurityEventFilters(PortalFilterSet):
    on = DayFilter(label="日期", method=on_day)
    kind = django_filters.ChoiceFilter(label="事件", choices=SecurityEventKind.choices)
    q = SearchFilter(label="用户名", fields=["username"])
    address = _exact("来源地址")
    folded = ("address",)

    class Meta:
        model = SecurityEvent
        fields: tuple[str, ...] = ()
