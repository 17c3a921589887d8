"""Statements written by hand, for pages that would spend longer putting a query together than
the database spends on its answer."""

from __future__ import annotations

from typing import Any

from django.db import connection


def fetched(sql: str, **given: Any) -> list[tuple[Any, ...]]:
    """The rows of a statement with named parameters."""
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())
