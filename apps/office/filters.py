"""Filters of the office's lists."""

from __future__ import annotations

from typing import Any

import django_filters

from apps.core.filters import PortalFilterSet, SearchFilter

from .enums import ImportState
from .models import ImportBatch
from .sheets import sheets


def _sheet_choices() -> list[tuple[str, str]]:
    return [(sheet.code, sheet.title) for sheet in sheets().values()]


class ImportFilters(PortalFilterSet):
    q = SearchFilter(fields=["name"], label="文件名")
    sheet = django_filters.ChoiceFilter(choices=_sheet_choices, label="表格")
    state = django_filters.ChoiceFilter(choices=ImportState.choices, label="状态")

    class Meta:
        model = ImportBatch
        fields: list[Any] = []
