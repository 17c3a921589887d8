"""What the publicity desk adds to the records of units, communities, deployments and cases."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from apps.campaigns.current import current_campaign
from apps.core.panels import Panel, register_panel
from apps.core.tables import Column, Table

from .models import PublicityItem
from .selectors.items import with_placed
from .views.common import ITEM_COLUMNS, VIEW

MOST = 100
"""Items shown in a tab; the list has them all."""


def _table(rows: QuerySet[Any], *, empty: str, with_unit: bool = False) -> dict[str, Any]:
    unit = (Column("unit__short_name", label="投稿单位"),) if with_unit else ()
    columns = (ITEM_COLUMNS[0], *unit, *ITEM_COLUMNS[1:])
    found = with_placed(rows).select_related("unit").order_by("-submitted_at", "-id")[:MOST]
    return {"table": Table.of(PublicityItem, columns, found, empty=empty)}


def _seen(request: HttpRequest) -> QuerySet[Any]:
    return PublicityItem.objects.visible_to(request.user)


def items_of_unit(request: HttpRequest, unit: Any) -> dict[str, Any]:
    rows = _seen(request).filter(unit=unit, campaign=current_campaign(request))
    return _table(rows, empty="该单位在本任务中没有稿件。")


def items_of_community(request: HttpRequest, community: Any) -> dict[str, Any]:
    """Items that tell of a deployment there which the reader may see as well."""
    told = _seen(request).filter(
        deployments__community=community, campaign=current_campaign(request)
    )
    rows = _seen(request).filter(pk__in=told.order_by().values("pk"))
    return _table(rows, empty="还没有讲述该社区的稿件。", with_unit=True)


def items_of_deployment(request: HttpRequest, deployment: Any) -> dict[str, Any]:
    rows = _seen(request).filter(deployments=deployment)
    return _table(rows, empty="还没有讲述这项任务的稿件。", with_unit=True)


def items_of_case(request: HttpRequest, case: Any) -> dict[str, Any]:
    rows = _seen(request).filter(cases=case)
    return _table(rows, empty="还没有讲述这一事项的稿件。", with_unit=True)


def register_panels() -> None:
    label = "宣传稿件"
    register_panel(
        Panel("units.unit", "publicity", label, items_of_unit, VIEW, order=150),
        Panel("communities.community", "publicity", label, items_of_community, VIEW, order=150),
        Panel("deployments.deployment", "publicity", label, items_of_deployment, VIEW, order=150),
        Panel("assistance.assistancecase", "publicity", label, items_of_case, VIEW, order=150),
    )
