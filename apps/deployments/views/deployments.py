"""The list of deployments: who is where on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from apps.campaigns.current import current_campaign, current_day
from apps.campaigns.models import Campaign
from apps.core.dates import business_day, parsed_day
from apps.core.tables import Column
from apps.core.views import (
    Action,
    BulkAction,
)
from apps.core.views.keyed import KeyedListView

from ..filters import DeploymentFilters
from ..models import Deployment
from ..needs import is_due
from ..whereabouts import with_day, without_entry
from .common import DEPLOYMENT_COLUMNS, EDIT
from .withdrawing import last_batch

VIEW = "deployments.view_deployment"
RECORD = "deployments.record_day"
VISIT = "deployments.record_visit"


class DeploymentListView(KeyedListView):
    permission = VIEW
    model = Deployment
    title = "下沉任务"
    filterset_class = DeploymentFilters
    columns = (
        Column("unit__short_name", label="派出单位", link="units:unit_detail", link_by="unit_id"),
        *DEPLOYMENT_COLUMNS,
    )
    extra_fields = ("starts_on", "ends_on")
    ordering = ("-starts_on", "unit__sort_order")
    measure = "项"
    empty = "本任务还没有派出力量。"
    template_name = "deployments/deployment_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(batch=last_batch(self.request), **kwargs)

    def get_day(self) -> dt.date:
        """The day whose figures stand in the columns: the one asked for, else the working day."""
        return self._asked_day() or current_day(self.request)

    def get_sums(self) -> Sequence[str]:
        """Of the one day asked for: without it the rows are not all of that day."""
        return ("expected", "present", "night") if self._asked_day() else ()

    def _asked_day(self) -> dt.date | None:
        return parsed_day(self.request.GET.get("on", ""))

    def get_subtitle(self) -> str:
        day = self.get_day()
        return f"{current_campaign(self.request) or ''} · 应到、实到为{day.month}月{day.day}日"

    def get_actions(self) -> Sequence[Action]:
        """A campaign that is over sends nobody."""
        campaign = current_campaign(self.request)
        if campaign is None or not campaign.is_reporting:
            return ()
        url = reverse("deployments:deployment_create")
        send = Action("派出力量", url, icon="plus", primary=True, permission=EDIT)
        return [*self._uncounted(campaign), send]

    def _uncounted(self, campaign: Campaign) -> Iterator[Action]:
        """到岗确认: from its hour on the way to the deployments nobody has counted today."""
        today = business_day()
        if self.get_day() != today or "entry" in self.request.GET:
            return
        if not is_due(campaign, on=today):
            return
        rows = Deployment.objects.visible_to(self.request.user).filter(campaign=campaign)
        count = without_entry(rows, on=today).count()
        if count:
            yield Action(
                f"未登记到岗 {count} 个任务",
                "?entry=no",
                icon="clipboard-list",
                permission=RECORD,
            )

    def get_bulk_actions(self) -> Sequence[BulkAction]:
        campaign = current_campaign(self.request)
        if campaign is None or not campaign.is_reporting:
            return ()
        url = reverse("deployments:withdraw_many")
        question = "撤回所选任务？人员今日离岗，尚未开始的不再派出。"
        return [
            BulkAction("撤回所选", url, icon="arrow-back-up", confirm=question, permission=EDIT)
        ]

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset().filter(campaign=current_campaign(self.request))
        return with_day(rows, on=self.get_day())
