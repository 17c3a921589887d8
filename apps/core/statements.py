"""Statements written by hand, for pages that would spend longer putting a query together than
the database spends on its answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection


def fetched(sql: str, **given: Any) -> list[tuple[Any, ...]]:
    """The rows of a statement with named parameters."""
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())


def array(values: Iterable[object]) -> str:
    """The values as PostgreSQL writes an array, for a parameter that the statement casts.

    A list of a thousand items costs the driver more than the statement it is given to.
    """
    return f"{{{','.join(map(_item, values))}}}"


def _item(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        text = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{text}"'
    return str(value)
