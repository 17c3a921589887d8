"""COPY into the tables of models, and what has to stand around it."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.db.models import AutoField, JSONField, Model, UUIDField

from apps.accounts.models import AuditEntry, SecurityEvent

from . import clock

Row = Sequence[Any]
Advance = Callable[[str, int], None]

# A record of what was done outlives what it was done to.
KEPT = (AuditEntry, SecurityEvent)


def business_models() -> list[type[Model]]:
    """Every model of ours, those that join two included, without the records that are kept."""
    ours = (m for m in apps.get_models(include_auto_created=True) if _is_ours(m))
    return [model for model in ours if model not in KEPT]


def _is_ours(model: type[Model]) -> bool:
    return model.__module__.startswith("apps.")


class Copier:
    """Writes rows of models by COPY and counts them.

    Columns not named get the field's default, so that a row says only what matters. Ids are given
    by the caller: the world is the same at each load.
    """

    def __init__(self, advance: Advance) -> None:
        self.advance = advance
        self.counts: dict[str, int] = {}

    def load(self, model: type[Model], columns: str, rows: Iterable[Row]) -> int:
        """`columns` names fields with spaces; a foreign key takes the id."""
        named: list[Any] = [model._meta.get_field(name) for name in columns.split()]
        fields: list[Any] = list(model._meta.concrete_fields)
        rest = [f for f in fields if f not in named and not isinstance(f, AutoField)]
        # No two rows share a default that is one of a kind: it is drawn from the row's own id.
        own = [f for f in rest if isinstance(f, UUIDField) and f.unique]
        rest = [f for f in rest if f not in own]
        constants = tuple(_default(field) for field in rest)
        names = ", ".join(connection.ops.quote_name(f.column) for f in (*named, *rest, *own))
        table = _table(model)
        written = 0
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
        ):
            for row in _drawn(rows) if clock.is_early() else rows:
                copy.write_row((*row, *constants, *(UUID(int=row[0]) for _ in own)))
                written += 1
        label = str(model._meta.verbose_name)
        self.counts[model._meta.db_table] = self.counts.get(model._meta.db_table, 0) + written
        self.advance(label, written)
        return written


def _drawn(rows: Iterable[Row]) -> Iterator[Row]:
    return (tuple(map(clock.drawn, row)) for row in rows)


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _default(field: Any) -> Any:
    value = field.get_default()
    return json.dumps(value) if isinstance(field, JSONField) and value is not None else value


@contextmanager
def audit_silenced() -> Iterator[None]:
    """Take the audit triggers off the tables for one load; only their owner can.

    The foreign keys stay and are checked before the triggers come back.
    """
    tables = [_table(model) for model in business_models()]
    with connection.cursor() as cursor:
        cursor.execute(";".join(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables))
        yield
        check_foreign_keys()
        cursor.execute(";".join(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables))


def check_foreign_keys() -> None:
    """Check what was written so far, so that the list of checks to come stays short."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def empty_tables() -> None:
    """Remove every row of ours, and the admin's log that points to users; ids begin anew.

    To empty what is empty would give each of a hundred tables new files.
    """
    models: list[type[Model]] = [*business_models(), LogEntry]
    filled = " OR ".join(f"EXISTS (SELECT FROM {_table(model)})" for model in models)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {filled}")
        if cursor.fetchone() == (True,):
            cursor.execute(f"TRUNCATE {', '.join(map(_table, models))}")
    set_sequences()


def set_sequences(*models: type[Model]) -> None:
    """Let the next row of each table, or of those of `models`, follow the last one it holds."""
    chosen = [model for model in models or business_models() if _is_counted(model)]
    following = ", ".join(map(_following, chosen))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {following}")


def _is_counted(model: type[Model]) -> bool:
    return isinstance(model._meta.pk, AutoField)


def _following(model: type[Model]) -> str:
    table, key = _table(model), model._meta.pk.column
    last = f"SELECT max({key}) FROM {table}"  # noqa: S608
    sequence = f"pg_get_serial_sequence('{table}', '{key}')"
    return f"setval({sequence}, coalesce(({last}), 1), ({last}) IS NOT NULL)"


def analyze() -> None:
    tables = ", ".join(map(_table, business_models()))
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables}")
