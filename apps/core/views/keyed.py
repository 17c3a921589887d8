"""Lists whose columns cost a lookup per row: keys first, then the columns of that page alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from apps.core.links import reachable
from apps.core.tables import Column, Row

from .lists import ScopedListView, among


class KeyedListView(ScopedListView, abstract=True):
    """`get_queryset` may annotate freely: what neither filter nor order asks for is computed only
    for the rows shown. One query more than a plain list, whatever the page number.
    """

    def get_columns(self) -> Sequence[Column]:
        return reachable(super().get_columns(), self.request.user)

    def fetch(self, rows: Any) -> Sequence[Row]:
        if not isinstance(rows, QuerySet):
            return super().fetch(rows)
        keys = list(rows.values_list("pk", flat=True))
        found = super().fetch(self.get_queryset().filter(among(keys)).order_by())
        by_key = {row["pk"] if isinstance(row, dict) else row.pk: row for row in found}
        return [by_key[key] for key in keys if key in by_key]
