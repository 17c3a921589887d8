"""The list of what the communities need, the most pressing first, and the look-up of forms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from apps.campaigns.current import current_campaign, current_day
from apps.core import formats
from apps.core.dates import parsed_day
from apps.core.html import Tag, Tone, blank
from apps.core.tables import Column, Row
from apps.core.views import (
    Action,
    AutocompleteView,
)
from apps.core.views.keyed import KeyedListView

from ..allocating import Urgency
from ..filters_allocation import NeedFilters
from ..models import Need
from ..needs import by_urgency, late_deployments, with_chain
from ..whereabouts import OPEN_NEEDS
from .common import NEED_TONES, area

VIEW = "deployments.view_need"
RAISE = "deployments.raise_need"
PROPOSE = "deployments.edit_allocation"
URGENCY_TONES: dict[Any, Tone] = {
    Urgency.NORMAL: "grey",
    Urgency.PRESSING: "yellow",
    Urgency.URGENT: "red",
}


def wanted(row: Row) -> Any:
    """The kind of work, or the goods asked for."""
    return row["task_type__name"] or f"{row['goods']} {row['quantity']}"


def heads(name: str) -> Any:
    """People of a step; a need for goods counts none."""

    def cell(row: Row) -> Any:
        return row[name] if row["heads"] else blank("物资")

    return cell


def late(row: Row) -> Any:
    """未到 2 支: who should be there and is not; nothing where all is well."""
    return Tag(f"未到 {row['late']} 支", "red") if row["late"] else blank("无")


class NeedListView(KeyedListView):
    """One line a need, the most pressing first."""

    permission = VIEW
    model = Need
    title = "社区需求"
    filterset_class = NeedFilters
    columns = (
        Column(
            "community__name",
            label="社区",
            link="deployments:need_detail",
            phone="title",
            css="nowrap",
        ),
        Column("community__street__name", label="区县、街道", value=area, css="nowrap"),
        Column("task_type__name", label="任务或物资", value=wanted, css="nowrap"),
        Column("urgency", kind="tag", tones=URGENCY_TONES, sort=True),
        Column("heads", label="需求", kind="number", unit="人", value=heads("heads"), sort=True),
        Column("accepted", label="调配", kind="number", unit="人", value=heads("accepted")),
        Column("arrived", label="到岗", kind="number", unit="人", value=heads("arrived")),
        Column("confirmed", label="社区确认", kind="number", unit="人", blank="未确认"),
        Column("gap", label="缺口", kind="number", unit="人", blank="不计", sort=True),
        Column("late", label="到岗情况", value=late),
        Column("raised_at", label="提出", kind="day", sort=True, phone="hide"),
        Column("state", kind="tag", tones=NEED_TONES),
    )
    extra_fields = (
        "community__street__district__short_name",
        "community__street__name",
        "starts_on",
        "ends_on",
        "task_type__name",
        "goods",
        "quantity",
        "heads",
        "accepted",
        "arrived",
        "late",
    )
    ordering = ("standing", "-urgency", "raised_at")
    measure = "项"
    empty = "本任务还没有登记社区需求。"

    def get_day(self) -> dt.date:
        """The day whose people stand in the columns: the one asked for, else the working day."""
        return self._asked_day() or current_day(self.request)

    def _asked_day(self) -> dt.date | None:
        asked = self.request.GET
        return parsed_day(asked.get("unmet", "")) or parsed_day(asked.get("wanted", ""))

    def get_sums(self) -> Sequence[str]:
        """Of the needs of one day: others ask for people of other days."""
        steps = ("heads", "accepted", "arrived", "confirmed", "gap")
        return steps if self._asked_day() else ()

    def get_subtitle(self) -> str:
        day = self.get_day()
        campaign = current_campaign(self.request) or ""
        return f"{campaign} · 到岗、确认、缺口为{formats.day(day)} · 久未落实的在前"

    def get_actions(self) -> Sequence[Action]:
        campaign = current_campaign(self.request)
        sheet = reverse("deployments:needs_sheet")
        export = Action("导出需求清单", sheet, icon="file-spreadsheet", method="post")
        if campaign is None or not campaign.is_reporting:
            return (export,)
        raise_, propose = reverse("deployments:need_create"), reverse("deployments:allocation_new")
        return [
            export,
            Action("生成调配建议", propose, icon="route", permission=PROPOSE),
            Action("登记需求", raise_, icon="plus", primary=True, permission=RAISE),
        ]

    def get_queryset(self) -> QuerySet[Any]:
        campaign, day = current_campaign(self.request), self.get_day()
        rows = with_chain(super().get_queryset().filter(campaign=campaign), on=day)
        return late_deployments(by_urgency(rows, on=day), on=day, campaign=campaign)


class NeedLookup(AutocompleteView):
    permission = VIEW
    model = Need
    search_fields = ("community__name", "note", "goods")

    def get_queryset(self) -> QuerySet[Any]:
        campaign = current_campaign(self.request)
        rows = super().get_queryset().filter(campaign=campaign, state__in=OPEN_NEEDS)
        return rows.select_related("community", "task_type")
