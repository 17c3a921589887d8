"""What the desk adds to the records of units and communities."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from apps.campaigns.current import current_campaign
from apps.core.panels import Panel, register_panel
from apps.core.tables import Column, Table

from .models import AssistanceCase, Beneficiary
from .selectors.caseload import with_help
from .views.common import STATE_TONES, VIEW_BENEFICIARY, VIEW_CASE, due_cell_of

MOST = 100


def cases_of_unit(request: HttpRequest, unit: Any) -> dict[str, Any]:
    """Cases of the campaign in hand that the unit was given, the most pressing first."""
    rows = AssistanceCase.objects.visible_to(request.user).filter(
        unit=unit, campaign=current_campaign(request)
    )
    columns = (
        Column("title", link="assistance:case_detail", phone="title"),
        Column("beneficiary__label", label="帮扶对象"),
        Column("owner__name", label="责任人", blank="未交办"),
        Column("due_on", label="时限", value=due_cell_of),
        Column("state", kind="tag", tones=STATE_TONES),
    )
    found = rows.select_related("beneficiary__community", "owner").order_by("due_on", "pk")[:MOST]
    return {"table": Table.of(AssistanceCase, columns, found, empty="本任务中没有承办的帮扶事项。")}


def beneficiaries_of_community(request: HttpRequest, community: Any) -> dict[str, Any]:
    """Who lives there and is helped, by circumstance and number alone."""
    rows = Beneficiary.objects.visible_to(request.user).counted().filter(community=community)
    columns = (
        Column("number", label="编号", link="assistance:beneficiary_detail", phone="title"),
        Column("circumstance"),
        Column("people", kind="number", unit="人", blank="未登记"),
        Column("unit__short_name", label="登记单位"),
        Column("acts", label="帮扶", kind="number", unit="次"),
        Column("last_on", label="最近帮扶", kind="day", blank="尚未帮扶"),
    )
    helped = with_help(rows, campaign=current_campaign(request))
    found = helped.select_related("unit").order_by("circumstance", "pk")[:MOST]
    return {"table": Table.of(Beneficiary, columns, found, empty="该社区没有登记帮扶对象。")}


def register_all() -> None:
    register_panel(
        Panel("units.unit", "cases", "帮扶事项", cases_of_unit, VIEW_CASE, order=30),
        Panel(
            "communities.community",
            "beneficiaries",
            "帮扶对象",
            beneficiaries_of_community,
            VIEW_BENEFICIARY,
            order=30,
        ),
    )
