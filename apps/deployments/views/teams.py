"""Commando teams of the campaign in hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse

from apps.campaigns.current import current_campaign, current_day
from apps.campaigns.in_campaign import InCampaignMixin
from apps.core.panels import PanelledDetailView
from apps.core.tables import Column, Table
from apps.core.views import (
    Action,
    AutocompleteView,
    ScopedCreateView,
    ScopedUpdateView,
    Tab,
)
from apps.core.views.keyed import KeyedListView

from ..filters import TeamFilters
from ..forms import TeamForm
from ..models import Assignment, Deployment, Team
from ..whereabouts import with_day, with_present
from .common import DEPLOYMENT_COLUMNS, EDIT, OfCampaignCreateMixin, OfCampaignUpdateMixin

VIEW = "deployments.view_team"


class TeamListView(InCampaignMixin, KeyedListView):
    permission = VIEW
    model = Team
    title = "党员突击队"
    filterset_class = TeamFilters
    columns = (
        Column("name", link="deployments:team_detail", phone="title"),
        Column("unit__short_name", label="单位", link="units:unit_detail", link_by="unit_id"),
        Column("captain__name", label="队长", blank="未指定"),
        Column("formed_on", kind="day", sort=True),
        Column("oath_on", label="重温誓词", kind="day", blank="未登记", phone="hide"),
        Column("temporary_branch", blank="未成立", phone="hide"),
        Column("on_duty", label="在岗", kind="number", unit="人", blank="未登记"),
    )
    ordering = ("unit__sort_order", "id")
    measure = "个"
    empty = "本任务还没有组建突击队。"

    def get_actions(self) -> Sequence[Action]:
        url = reverse("deployments:team_create")
        return [Action("组建突击队", url, icon="plus", primary=True, permission=EDIT)]

    def get_queryset(self) -> QuerySet[Any]:
        campaign = current_campaign(self.request)
        rows = super().get_queryset().filter(campaign=campaign)
        return with_present(rows, by="team", campaign=campaign, on=current_day(self.request))


class TeamDetailView(PanelledDetailView):
    permission = VIEW
    model = Team
    queryset = Team.objects.select_related("campaign", "unit", "captain")
    facts = (
        Column("campaign__name", label="应急任务"),
        Column("unit__short_name", label="单位", link="units:unit_detail", link_by="unit_id"),
        Column("captain__name", label="队长", blank="未指定"),
        Column("formed_on", kind="day"),
        Column("oath_on", kind="day", blank="未登记"),
        Column("temporary_branch", blank="未成立"),
    )
    tabs = (Tab("deployments", "下沉任务"), Tab("people", "队员"))

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("党员突击队", reverse("deployments:team_list"))]

    def get_actions(self) -> Sequence[Action]:
        team = self.object
        if not (team.campaign.is_reporting and self.request.user.has_perm(EDIT, team)):
            return []
        return [Action("修改", reverse("deployments:team_update", args=[team.pk]), icon="edit")]

    def tab_deployments(self) -> dict[str, Any]:
        rows = Deployment.objects.filter(team=self.object).select_related(
            "unit", "community__street__district", "task_type", "leader"
        )
        found = with_day(rows, on=current_day(self.request))
        empty = "该突击队还没有下沉任务。"
        return {"table": Table.of(Deployment, DEPLOYMENT_COLUMNS, found, empty=empty)}

    def tab_people(self) -> dict[str, Any]:
        rows = (
            Assignment.objects.filter(deployment__team=self.object)
            .values("member", "member__name")
            .annotate(times=Count("pk"))
            .order_by("member")[:200]
        )
        columns = (
            Column("member__name", label="姓名", link="units:member_detail", link_by="member"),
            Column("times", label="派出", kind="number", unit="人次"),
        )
        return {"table": Table.of(Assignment, columns, rows, empty="还没有派出人员。")}


class TeamCreateView(OfCampaignCreateMixin, ScopedCreateView):
    permission = EDIT
    model = Team
    form_class = TeamForm
    title = "组建党员突击队"
    cancel_to = "deployments:team_list"


class TeamUpdateView(OfCampaignUpdateMixin, ScopedUpdateView):
    permission = EDIT
    model = Team
    form_class = TeamForm


class TeamLookup(AutocompleteView):
    permission = VIEW
    model = Team
    search_fields = ("name", "unit__short_name")

    def get_queryset(self) -> QuerySet[Any]:
        campaign = current_campaign(self.request)
        rows = super().get_queryset().filter(campaign=campaign)
        return rows.select_related("unit")

    def label(self, row: Any) -> str:
        return f"{row.name}（{row.unit}）"
