"""Filters of the office's lists."""

from __future__ import annotations

from typing import Any

import django_filters

from apps.core.filters import PortalFilterSet, SearchFilter

from .enums import ExportShape, ExportState, ImportState
from .models import ExportFile, ImportBatch
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


class ExportFilters(PortalFilterSet):
    q = SearchFilter(fields=["title"], label="名称")
    shape = django_filters.ChoiceFilter(choices=ExportShape.choices, label="类别")
    state = django_filters.ChoiceFilter(choices=ExportState.choices, label="状态")

    class Meta:
        model = ExportFile
        fields: list[Any] = []
