"""Querysets inside statements of our own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet


def sql_of(rows: QuerySet[Any], *paths: Any) -> tuple[str, Sequence[Any]]:
    """A queryset's statement over `paths`, in their order."""
    return rows.order_by().values_list(*paths).query.sql_with_params()
