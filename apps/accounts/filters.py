"""What the two trails are searched by."""

import datetime as dt
from typing import Any

import django_filters
from django.db.models import QuerySet

from apps.core.dates import day_bounds
from apps.core.filters import DayFilter, PortalFilterSet, SearchFilter

from .database import watches
from .enums import AuditOperation, SecurityEventKind
from .models import AuditEntry, SecurityEvent
from .selectors import table_label


class _DaysFilterSet(PortalFilterSet):
    """From one day to another of Beijing, both included."""

    since = DayFilter(label="自", method="filter_since")
    until = DayFilter(label="至", method="filter_until")

    def filter_since(self, rows: QuerySet[Any], _name: str, day: dt.date) -> QuerySet[Any]:
        return rows.filter(at__gte=day_bounds(day)[0])

    def filter_until(self, rows: QuerySet[Any], _name: str, day: dt.date) -> QuerySet[Any]:
        return rows.filter(at__lt=day_bounds(day)[1])


def _tables() -> list[tuple[str, str]]:
    return sorted(((w.table, table_label(w.table)) for w in watches()), key=lambda pair: pair[1])


class AuditFilters(_DaysFilterSet):
    table = django_filters.ChoiceFilter(label="数据", choices=_tables)
    actor = django_filters.CharFilter(label="操作人（用户名）")
    operation = django_filters.ChoiceFilter(label="操作", choices=AuditOperation.choices)
    key = django_filters.CharFilter(label="主键")
    request = django_filters.CharFilter(label="请求编号")
    folded = ("key", "request")

    class Meta:
        model = AuditEntry
        fields: tuple[str, ...] = ()


class SecurityEventFilters(_DaysFilterSet):
    kind = django_filters.ChoiceFilter(label="事件", choices=SecurityEventKind.choices)
    q = SearchFilter(label="用户名", fields=["username"])
    address = django_filters.CharFilter(label="来源地址")
    folded = ("address",)

    class Meta:
        model = SecurityEvent
        fields: tuple[str, ...] = ()
