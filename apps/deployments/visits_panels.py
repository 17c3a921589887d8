"""What visits put on the menu, among what waits, and on the records of units and places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from apps.campaigns.current import current_campaign
from apps.campaigns.enums import REPORTING_STATES
from apps.core import formats
from apps.core.boards import Todo
from apps.core.dates import business_day
from apps.core.menu import MenuItem, register
from apps.core.panels import Panel, register_panel
from apps.core.scope import scope_of
from apps.core.tables import Column, Table
from apps.core.todos import register_todos
from apps.units.models import GroupMembership

from .models import Finding, Visit
from .views.visits import VISIT_COLUMNS, VISIT_FIELDS
from .visits import with_outcome
from .visits_enums import FindingState

VIEW = "deployments.view_visit"
ANSWER = "deployments.answer_finding"
VERIFY = "deployments.verify_finding"
MOST = 60
"""Visits shown in a tab; the list has them all."""


def _list(campaign: str, turn: str) -> str:
    query = urlencode({"turn": turn, "campaign": campaign})
    return f"{reverse('deployments:finding_list')}?{query}"


def _by_campaign(rows: QuerySet[Any]) -> Any:
    return (
        rows.filter(visit__campaign__state__in=REPORTING_STATES)
        .order_by("visit__campaign")
        .values("visit__campaign__code", "visit__campaign__name")
    )


def to_answer(request: HttpRequest) -> Iterator[Todo]:
    """问题待答复, for the people of the unit; red once the day has passed. One query."""
    today = business_day()
    own = scope_of(request.user).own_units
    counts = _by_campaign(Finding.objects.filter(visit__unit__in=own).awaited()).annotate(
        n=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)), first=Min("due_on")
    )
    for row in counts:
        late = f"，其中逾期 {row['late']} 项" if row["late"] else ""
        yield Todo(
            label="走访",
            tone="red" if row["late"] else "yellow",
            text=f"{row['visit__campaign__name']}：走访问题待答复 {row['n']} 项{late}",
            url=_list(row["visit__campaign__code"], "awaited"),
            when=f"{formats.day(row['first'])}前",
        )


def to_verify(request: HttpRequest) -> Iterator[Todo]:
    """答复待核实 and 逾期未答复, for the group the units belong to today. One query more than the
    scope's own."""
    groups = scope_of(request.user).groups
    if not groups:
        return
    today = business_day()
    units = GroupMembership.objects.filter(group__in=groups).on(today).values("unit")
    counts = _by_campaign(Finding.objects.filter(visit__unit__in=units)).annotate(
        n=Count("pk", filter=Q(state=FindingState.ANSWERED)),
        late=Count(
            "pk", filter=Q(due_on__lt=today, state__in=[FindingState.OPEN, FindingState.RETURNED])
        ),
    )
    for row in counts:
        code, name = row["visit__campaign__code"], row["visit__campaign__name"]
        if row["n"]:
            text = f"{name}：走访问题答复待核实 {row['n']} 项"
            yield Todo("走访", "yellow", text, _list(code, "to_verify"))
        if row["late"]:
            text = f"{name}：走访问题逾期未答复 {row['late']} 项"
            yield Todo("走访", "red", text, _list(code, "late"))


DAY = Column("on", "日期", kind="day", link="deployments:visit_detail", phone="title")


def _shown(rows: QuerySet[Any], columns: Sequence[Column], empty: str) -> dict[str, Any]:
    names = [column.name for column in columns if column.value is None]
    found = with_outcome(rows).values(*dict.fromkeys(["pk", *names, *VISIT_FIELDS]))
    return {"table": Table.of(Visit, columns, found[:MOST], empty=empty)}


def _without(*left_out: str) -> list[Column]:
    return [column for column in VISIT_COLUMNS if column.name not in left_out]


def _seen(request: HttpRequest, **of: Any) -> QuerySet[Any]:
    rows: QuerySet[Any] = Visit.objects.visible_to(request.user).filter(**of)
    return rows


def visits_of_unit(request: HttpRequest, unit: Any) -> dict[str, Any]:
    """When the unit's people were visited in the campaign in hand, the latest first."""
    rows = _seen(request, campaign=current_campaign(request), unit=unit)
    columns = [DAY, *_without("on", "unit__short_name", "good")]
    return _shown(rows, columns, "本任务中还没有走访过该单位。")


def visits_at_community(request: HttpRequest, community: Any) -> dict[str, Any]:
    """Who was visited there in the campaign in hand, the latest first."""
    rows = _seen(request, campaign=current_campaign(request), community=community)
    return _shown(rows, _without("where"), "本任务中还没有到该社区走访过。")


def visits_of_deployment(request: HttpRequest, deployment: Any) -> dict[str, Any]:
    columns = [DAY, *_without("on", "unit__short_name", "where")]
    return _shown(_seen(request, deployment=deployment), columns, "还没有走访过这个任务。")


def register_all() -> None:
    name = "deployments"
    register_panel(
        Panel("units.unit", "visits", "走访督导", visits_of_unit, VIEW, order=30),
        Panel("communities.community", "visits", "走访督导", visits_at_community, VIEW, order=30),
        Panel("deployments.deployment", "visits", "走访督导", visits_of_deployment, VIEW),
    )
    register_todos(ANSWER, to_answer)
    register_todos(VERIFY, to_verify)
    register(
        MenuItem(
            "走访督导",
            f"{name}:visit_list",
            VIEW,
            name,
            45,
            match=(f"{name}:visit_", f"{name}:finding_"),
        ),
    )
