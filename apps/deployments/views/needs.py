"""Needs of communities, passed on by the city's committee."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from apps.campaigns.current import current_campaign, current_day
from apps.core.html import Tag
from apps.core.panels import PanelledDetailView
from apps.core.tables import Column, Table
from apps.core.views import (
    Action,
    AutocompleteView,
    ScopedCreateView,
    ScopedUpdateView,
    Tab,
    portal_action,
)
from apps.core.views.keyed import KeyedListView

from .. import services
from ..enums import NeedState
from ..filters import NeedFilters
from ..forms import NeedForm
from ..models import Deployment, Need
from ..whereabouts import OPEN_NEEDS, with_day, with_gap
from .common import DEPLOYMENT_COLUMNS, EDIT, NEED_TONES, OfCampaignCreateMixin, span

VIEW = "deployments.view_need"
RAISE = "deployments.raise_need"


class NeedListView(KeyedListView):
    permission = VIEW
    model = Need
    title = "社区需求"
    filterset_class = NeedFilters
    columns = (
        Column("community__name", label="社区", link="deployments:need_detail", phone="title"),
        Column("community__street__district__short_name", label="区县"),
        Column("task_type__name", label="任务"),
        Column("heads", label="需求", kind="number", unit="人", sort=True),
        Column("arrived", label="到岗", kind="number", unit="人"),
        Column("gap", label="缺口", kind="number", unit="人", blank="不计", sort=True),
        Column("span", label="起止", value=span, phone="hide"),
        Column("raised_at", kind="moment", sort=True, phone="hide"),
        Column("state", kind="tag", tones=NEED_TONES),
    )
    extra_fields = ("starts_on", "ends_on")
    ordering = ("-raised_at",)
    measure = "项"
    empty = "本任务还没有登记社区需求。"

    def get_subtitle(self) -> str:
        return str(current_campaign(self.request) or "")

    def get_actions(self) -> Sequence[Action]:
        url = reverse("deployments:need_create")
        return [Action("登记需求", url, icon="plus", primary=True, permission=RAISE)]

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset().filter(campaign=current_campaign(self.request))
        return with_gap(rows, on=current_day(self.request))


class NeedDetailView(PanelledDetailView):
    permission = VIEW
    model = Need
    queryset = Need.objects.select_related("campaign", "community__street__district", "task_type")
    facts = (
        Column("campaign__name", label="应急任务"),
        Column(
            "community__name",
            label="社区",
            link="communities:community_detail",
            link_by="community_id",
        ),
        Column("community__street__district__name", label="区县"),
        Column("task_type__name", label="任务类型"),
        Column("heads", label="需求", kind="number", unit="人"),
        Column("arrived", label="到岗", kind="number", unit="人"),
        Column("gap", label="缺口", kind="number", unit="人", blank="不计"),
        Column("span", label="起止", value=span),
        Column("raised_at", kind="moment"),
        Column("note", blank="无"),
    )
    tabs = (Tab("deployments", "派往该处的任务"),)

    def get_queryset(self) -> QuerySet[Any]:
        return with_gap(super().get_queryset(), on=current_day(self.request))

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("社区需求", reverse("deployments:need_list"))]

    def get_state(self) -> Tag | None:
        return Tag(self.object.get_state_display(), NEED_TONES[self.object.state])

    def get_actions(self) -> Sequence[Action]:
        if self.object.state not in OPEN_NEEDS:
            return []
        pk, community = self.object.pk, self.object.community_id
        settle = reverse("deployments:need_settle", args=[pk, NeedState.MET])
        close = reverse("deployments:need_settle", args=[pk, NeedState.CLOSED])
        send = f"{reverse('deployments:deployment_create')}?need={pk}&community={community}"
        edit = reverse("deployments:need_update", args=[pk])
        return [
            Action("派出力量", send, icon="users-plus", primary=True, permission=EDIT),
            Action("已落实", settle, icon="check", method="post", permission=RAISE),
            Action(
                "关闭",
                close,
                icon="x",
                method="post",
                confirm="关闭后该需求不再计入缺口，确定吗？",
                permission=RAISE,
            ),
            Action("修改", edit, icon="edit", permission=RAISE),
        ]

    def tab_deployments(self) -> dict[str, Any]:
        rows = Deployment.objects.visible_to(self.request.user).filter(need=self.object)
        rows = rows.select_related("community__street__district", "task_type", "leader", "unit")
        unit = Column("unit__short_name", label="派出单位")
        found = with_day(rows, on=current_day(self.request))
        columns = (DEPLOYMENT_COLUMNS[0], unit, *DEPLOYMENT_COLUMNS[2:])
        return {"table": Table.of(Deployment, columns, found, empty="还没有派出力量。")}


class NeedCreateView(OfCampaignCreateMixin, ScopedCreateView):
    permission = RAISE
    model = Need
    form_class = NeedForm
    title = "登记社区需求"
    cancel_to = "deployments:need_list"

    def get_success_url(self) -> str:
        return reverse("deployments:need_detail", args=[self.object.pk])


class NeedUpdateView(ScopedUpdateView):
    permission = RAISE
    model = Need
    form_class = NeedForm

    def get_success_url(self) -> str:
        return reverse("deployments:need_detail", args=[self.object.pk])

    def get_cancel_url(self) -> str:
        return self.get_success_url()


@portal_action(RAISE)
def settle_need(request: HttpRequest, pk: int, state: str) -> HttpResponse:
    """已落实 or 关闭."""
    need = get_object_or_404(Need.objects.visible_to(request.user), pk=pk)
    chosen = NeedState.CLOSED if state == NeedState.CLOSED else NeedState.MET
    services.close_need(need, state=chosen)
    return redirect("deployments:need_detail", pk)


class NeedLookup(AutocompleteView):
    permission = VIEW
    model = Need
    search_fields = ("community__name", "note")

    def get_queryset(self) -> QuerySet[Any]:
        campaign = current_campaign(self.request)
        rows = super().get_queryset().filter(campaign=campaign, state__in=OPEN_NEEDS)
        return rows.select_related("community", "task_type")
