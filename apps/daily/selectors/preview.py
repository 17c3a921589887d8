"""What a lock would store if it came now: the same statements without their INSERT."""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from typing import Any

from apps.assistance.selectors import day_figures as assistance_figures
from apps.campaigns.models import Campaign
from apps.core.statements import array, fetched
from apps.deployments.selectors import day_figures as deployment_figures
from apps.figures.enums import ScopeKind
from apps.figures.rows import Drawn, FigureRow
from apps.figures.selectors.days import whole_scope

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
    by_place: Collection[str] | None = None,
) -> list[Drawn]:
    """The figures of the day as they stand, not stored.

    Of `scopes` and of `group` when given; with `by_place` only these codes beside the totals, or
    beside those of the group.
    """
    wanted = {
        "wanted_scopes": None if scopes is None else [scope.value for scope in scopes],
        "wanted_group": group,
        "wanted_whole": whole_scope(group),
        "wanted_codes": None if by_place is None else [code for code in by_place if code],
    }
    rows = fetched(drawing_sql.PREVIEW_TYPED, **typed_parameters(campaign, on=on), **wanted)
    rows += fetched(drawing_sql.PREVIEW_LEDGER, **ledger_parameters(campaign, on=on), **wanted)
    return [Drawn(None, *row) for row in rows]


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
        "codes": array(row.indicator for row in rows),
        "scopes": array(row.scope.value for row in rows),
        "keys": array(None if code else row.key for row, code in zip(rows, is_code, strict=True)),
        "categories": array(
            row.key if code else None for row, code in zip(rows, is_code, strict=True)
        ),
        "values": array(row.value for row in rows),
        "n": array(row.n for row in rows),
        "of": array(row.of for row in rows),
    }


def _day(campaign: Campaign, on: dt.date, snapshot: int | None) -> dict[str, Any]:
    return {
        "campaign": campaign.pk,
        "on": on,
        "before": on - dt.timedelta(days=1),
        "snapshot": snapshot,
    }
