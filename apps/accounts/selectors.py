"""Reads of the two trails: what happened to a row, and whether the trail can be trusted."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.utils.dateparse import parse_datetime

from apps.core.dates import to_local

from .database import AUDIT_TABLE, EVENTS, SECRET_ENDINGS, standing_triggers, watches
from .enums import AuditOperation
from .models import AuditEntry, User

HIDDEN = "（不记录内容）"
NONE = "空"


@dataclass(frozen=True)
class FieldChange:
    """One field of a change, in words: labels, choices and names instead of codes and ids."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One entry of the trail as people read it."""

    at: dt.datetime
    actor: str
    actor_name: str
    operation: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class AuditProtection:
    """Whether the role that runs the portal could tamper with the trail."""

    separate_role: bool
    missing: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return self.separate_role and not self.missing


def audit_protection() -> AuditProtection:
    """Two queries: may this role write to the trail, and are all triggers there and switched on."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT NOT pg_has_role(current_user, relowner, 'USAGE')
               AND NOT has_table_privilege(pg_class.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
            FROM pg_class WHERE oid = %s::regclass
            """,
            [f"public.{AUDIT_TABLE}"],
        )
        (separate,) = cursor.fetchone()
        standing = standing_triggers(cursor)
    missing = {
        watch.table
        for watch in watches()
        for name in EVENTS
        if standing.get((watch.table, name)) != watch.arguments
    }
    return AuditProtection(separate_role=separate, missing=tuple(sorted(missing)))


def audit_is_protected() -> bool:
    return audit_protection().holds


def history_of(row: models.Model, *, limit: int = 50) -> list[Change]:
    """What happened to one row, newest first. The number of queries does not grow with entries.

    The caller has made sure that the reader may see `row`.
    """
    table, key = row._meta.db_table, str(row.pk)
    entries = AuditEntry.objects.filter(table=table, key=key).order_by("-id")[:limit]
    return changes_of(list(entries))


def changes_of(entries: Sequence[AuditEntry]) -> list[Change]:
    """Entries in words; entries of any tables."""
    names = _names_of_related(entries)
    people = _names_of_people({entry.actor for entry in entries})
    return [
        Change(
            at=entry.at,
            actor=entry.actor,
            actor_name=people.get(entry.actor, entry.actor),
            operation=AuditOperation(entry.operation).label,
            fields=tuple(_fields(entry, names)),
        )
        for entry in entries
    ]


@cache
def table_names() -> Mapping[str, str]:
    """Tables of our own and Django's models with the Chinese name of a row."""
    every = apps.get_models(include_auto_created=True)
    return {model._meta.db_table: str(model._meta.verbose_name) for model in every}


def table_label(table: str) -> str:
    return table_names().get(table, table)


@cache
def _model_of(table: str) -> type[models.Model] | None:
    every = apps.get_models(include_auto_created=True)
    return next((model for model in every if model._meta.db_table == table), None)


def _field(table: str, column: str) -> Any:
    model = _model_of(table)
    if model is None:
        return None
    found = (f for f in model._meta.local_concrete_fields if f.column == column)
    return next(found, None)


def _fields(entry: AuditEntry, names: Mapping[tuple[str, str], Mapping[str, str]]) -> Any:
    before, after = entry.before or {}, entry.after or {}
    columns = [*before, *(column for column in after if column not in before)]
    for column in columns:
        field = _field(entry.table, column)
        known = names.get((entry.table, column), {})
        old, new = (_worded(column, field, known, side.get(column)) for side in (before, after))
        if entry.operation == AuditOperation.UPDATE or old != new:
            yield FieldChange(str(field.verbose_name) if field else column, old, new)


def _worded(column: str, field: Any, names: Mapping[str, str], value: Any) -> str:
    if value is None or value == "":
        return NONE
    if column.endswith(SECRET_ENDINGS):
        return HIDDEN
    if str(value) in names:
        return names[str(value)]
    return _plain(field, value) if field else str(value)


def _plain(field: Any, value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(field, models.DateTimeField) and (moment := parse_datetime(str(value))):
        return f"{to_local(moment):%Y-%m-%d %H:%M}"
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return str(value)


def _names_of_related(
    entries: Sequence[AuditEntry],
) -> dict[tuple[str, str], Mapping[str, str]]:
    """For each foreign-key column met: names by id; one query per column."""
    wanted: dict[tuple[str, str], set[str]] = {}
    for entry in entries:
        for side in (entry.before or {}, entry.after or {}):
            for column, value in side.items():
                field = _field(entry.table, column)
                if value is not None and getattr(field, "related_model", None):
                    wanted.setdefault((entry.table, column), set()).add(str(value))
    return {place: _names(_field(*place).related_model, ids) for place, ids in wanted.items()}


def _names(model: type[models.Model], ids: Collection[str]) -> dict[str, str]:
    # With what their names are made of, so that no row asks for itself.
    found = model._base_manager.filter(pk__in=ids).select_related()
    return {str(row.pk): str(row) for row in found}


def _names_of_people(usernames: Collection[str]) -> dict[str, str]:
    rows = User.objects.filter(username__in=usernames).values_list("username", "name")
    return dict(rows)
