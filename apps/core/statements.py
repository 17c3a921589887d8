"""Statements written by hand, for pages that would spend longer putting a query together than
the database spends on its answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper


def fetched(sql: str, **given: Any) -> list[tuple[Any, ...]]:
    """The rows of a statement with named parameters."""
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())


@contextmanager
def keys_checked_at_once(cursor: CursorWrapper) -> Iterator[None]:
    """For what writes thousands of rows in a transaction, parents before children.

    A key checked as its row is written costs a quarter less than one that is put off to the
    commit; looked up in a small table by its index, half of what reading the table through each
    time does.
    """
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("SET LOCAL random_page_cost = 1.1")
    yield
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    cursor.execute("SET LOCAL random_page_cost TO DEFAULT")


@contextmanager
def alone_at(work: str) -> Iterator[bool]:
    """Whether nobody else is at `work`, and nobody will be until the block ends: over any number
    of transactions, and no longer than the connection lives."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [work])
        (is_ours,) = cursor.fetchone()
    try:
        yield is_ours
    finally:
        if is_ours and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [work])


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
