"""What a lock would store if it came now: the same statements without their INSERT."""

import datetime as dt
from collections.abc import Callable, Collection
from typing import Any

from apps.assistance.selectors import day_count as assistance_count
from apps.campaigns.models import Campaign
from apps.core.statements import fetched
from apps.deployments.selectors import day_count as deployment_count
from apps.figures.desks import DeskCount, counted
from apps.figures.enums import ScopeKind
from apps.figures.rows import Drawn
from apps.figures.selectors.days import whole_scope

from .. import drawing_sql
from ..enums import COUNTED, ReportState

DESKS: tuple[Callable[[Campaign, dt.date], DeskCount | None], ...] = (
    deployment_count,
    assistance_count,
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
    desks, given = ledger(campaign, on=on)
    rows += fetched(drawing_sql.preview_ledger(desks), **given, **wanted)
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


def ledger(
    campaign: Campaign, *, on: dt.date, snapshot: int | None = None
) -> tuple[str, dict[str, Any]]:
    """The statement of all desks, and the parameters of the one that takes it in."""
    desks, given = counted([count for desk in DESKS if (count := desk(campaign, on))])
    return desks, {**given, **_day(campaign, on, snapshot)}


def _day(campaign: Campaign, on: dt.date, snapshot: int | None) -> dict[str, Any]:
    return {
        "campaign": campaign.pk,
        "on": on,
        "before": on - dt.timedelta(days=1),
        "snapshot": snapshot,
    }
