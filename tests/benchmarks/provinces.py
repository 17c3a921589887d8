"""The same campaign with many times the units, for measuring what a larger office would meet.

Rows are copied under shifted ids with the audit off: this is a world to measure, not to keep.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

STEP = 10_000_000
"""Ids of the n-th copy begin here times n."""


def multiply(code: str, times: int, *, days: tuple[dt.date, ...]) -> None:
    """Copy the campaign's units, people, deployments and the reports of `days` so many times."""
    from django.db import connection, transaction

    from apps.campaigns.models import Campaign, UnitActivation
    from apps.daily.models import DailyReport, ReportRevision, ReportValue
    from apps.deployments.models import Assignment, Deployment, DeploymentDay
    from apps.units.models import GroupMembership, Member, Unit

    campaign = Campaign.objects.get(code=code)
    on = ", ".join(f"'{day}'" for day in days)
    reports = f'campaign_id = {campaign.pk} AND "on" IN ({on})'
    own = f"campaign_id = {campaign.pk}"
    sent = f"deployment_id IN (SELECT id FROM deployments_deployment WHERE {own})"
    filed = f"report_id IN (SELECT id FROM daily_dailyreport WHERE {reports})"
    plan: list[tuple[Any, str, tuple[str, ...], tuple[str, ...]]] = [
        # model, which rows, columns that follow the copy, columns that must differ from it
        (Unit, "TRUE", (), ("code", "name", "short_name")),
        (GroupMembership, "TRUE", ("unit_id",), ()),
        (UnitActivation, own, ("unit_id",), ()),
        (Member, f"id IN (SELECT member_id FROM deployments_assignment WHERE {sent})",
         (), ("ref", "member_no")),
        (Deployment, own, ("unit_id",), ()),
        (DeploymentDay, sent, ("deployment_id",), ()),
        (Assignment, sent, ("deployment_id", "member_id", "unit_id"), ()),
        (DailyReport, reports, ("unit_id", "current_id"), ()),
        (ReportRevision, filed, ("report_id",), ("submission", "receipt")),
        (ReportValue, f"revision_id IN (SELECT id FROM daily_reportrevision WHERE {filed})",
         ("revision_id",), ()),
    ]  # fmt: skip
    tables = [model._meta.db_table for model, *_ in plan]
    _triggers(tables, "DISABLE")
    for n in range(1, times):
        with transaction.atomic(), connection.cursor() as cursor:
            for model, rows, follow, differ in plan:
                # Only the first world is copied: later ones have ids beyond the step.
                originals = f"id < {STEP} AND {rows}"
                copy(cursor, model, originals, n, follow=follow, differ=differ)
    _triggers(tables, "ENABLE")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _triggers(tables: list[str], verb: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} {verb} TRIGGER USER")


def copy(
    cursor: Any,
    model: Any,
    rows: str,
    n: int,
    *,
    follow: tuple[str, ...],
    differ: tuple[str, ...],
) -> None:
    shift = n * STEP
    fields = model._meta.concrete_fields

    def value(field: Any) -> str:
        column = field.column
        if column == "id":
            return f"id + {shift}"
        if column in follow:
            return f'"{column}" + {shift}'
        if column in differ:
            is_uuid = field.get_internal_type() == "UUIDField"
            return "gen_random_uuid()" if is_uuid else f"\"{column}\" || '+{n}'"
        return f'"{column}"'

    table = model._meta.db_table
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(value(field) for field in fields)
    cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} WHERE {rows}")
