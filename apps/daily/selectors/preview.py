"""What a lock would store if it came now: the same statements without their INSERT."""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from typing import Any

from django.db import connection

from apps.assistance.selectors import day_figures as assistance_figures
from apps.campaigns.models import Campaign
from apps.deployments.selectors import day_figures as deployment_figures
from apps.figures.enums import ScopeKind
from apps.figures.rows import Drawn, FigureRow

from .. import drawing_sql
from ..enums import COUNTED, ReportState

# Each desk answers with one statement of its own.
DESKS: tuple[Callable[[Campaign, dt.date], Sequence[FigureRow]], ...] = (
    deployment_figures,
    assistance_figures,
)


def preview_figures(
    campaign: Campaign,
    *,
    on: dt.date,
    scopes: Collection[ScopeKind] | None = None,
    group: int | None = None,
) -> list[Drawn]:
    """The figures of the day as they stand, not stored; of `scopes` and of `group` when given."""
    with connection.cursor() as cursor:
        cursor.execute(drawing_sql.PREVIEW_TYPED, typed_parameters(campaign, on=on))
        rows = cursor.fetchall()
        cursor.execute(drawing_sql.PREVIEW_LEDGER, ledger_parameters(campaign, on=on))
        rows += cursor.fetchall()
    scope, of_group = (drawing_sql.COLUMNS.index(name) for name in ("scope", "group_id"))
    return [
        Drawn(None, *row)
        for row in rows
        if (scopes is None or row[scope] in scopes) and (group is None or row[of_group] == group)
    ]


def typed_parameters(
    campaign: Campaign, *, on: dt.date, snapshot: int | None = None
) -> dict[str, Any]:
    counted = sorted(COUNTED)
    return {
        **_day(campaign, on, snapshot),
        "counted": counted,
        "filed": [*counted, ReportState.LATE.value],
    }


def ledger_parameters(
    campaign: Campaign, *, on: dt.date, snapshot: int | None = None
) -> dict[str, Any]:
    """The rows of all desks turned into one array per column; asks each desk once.

    A category is a code, other places are ids.
    """
    rows = [row for desk in DESKS for row in desk(campaign, on)]
    is_code = [isinstance(row.key, str) for row in rows]
    return {
        **_day(campaign, on, snapshot),
        "codes": [row.indicator for row in rows],
        "scopes": [row.scope.value for row in rows],
        "keys": [None if code else row.key for row, code in zip(rows, is_code, strict=True)],
        "categories": [row.key if code else None for row, code in zip(rows, is_code, strict=True)],
        "values": [row.value for row in rows],
        "n": [row.n for row in rows],
        "of": [row.of for row in rows],
    }


def _day(campaign: Campaign, on: dt.date, snapshot: int | None) -> dict[str, Any]:
    return {
        "campaign": campaign.pk,
        "on": on,
        "before": on - dt.timedelta(days=1),
        "snapshot": snapshot,
    }
