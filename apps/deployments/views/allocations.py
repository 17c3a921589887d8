"""力量调配通知单: the list, and a draft made from the needs of a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone

from apps.campaigns.current import current_campaign, current_day, running_campaign
from apps.campaigns.in_campaign import InCampaignMixin, InRunningCampaignMixin
from apps.core.dates import business_day
from apps.core.html import Tone
from apps.core.tables import Column
from apps.core.views import Action, ScopedFormView, ScopedListView

from ..allocating import SheetState
from ..filters_allocation import SheetFilters
from ..forms_allocation import DraftForm
from ..models import AllocationLine, AllocationSheet
from ..services import allocation as services
from .common import span

VIEW = "deployments.view_allocation"
EDIT = "deployments.edit_allocation"
SIGN = "deployments.sign_allocation"
ACKNOWLEDGE = "deployments.acknowledge_allocation"
SIGN_FOR = "deployments.sign_allocation_for"
DAY = dt.timedelta(days=1)
SHEET_TONES: dict[Any, Tone] = {
    SheetState.DRAFT: "grey",
    SheetState.REVIEW: "yellow",
    SheetState.SIGNED: "blue",
    SheetState.ISSUED: "yellow",
    SheetState.ACCEPTED: "blue",
    SheetState.ARRIVED: "green",
    SheetState.DONE: "green",
    SheetState.PARTLY: "yellow",
    SheetState.WITHDRAWN: "grey",
}


def sheet_span(row: Any) -> Any:
    """8月6日—8日."""
    if isinstance(row, dict):
        return span({"starts_on": row["on"], "ends_on": row["ends_on"]})
    return span({"starts_on": row.on, "ends_on": row.ends_on})


class AllocationListView(InCampaignMixin, ScopedListView):
    permission = VIEW
    model = AllocationSheet
    title = "力量调配"
    filterset_class = SheetFilters
    as_objects = True
    columns = (
        Column(
            "title", "调配单", value=str, link=lambda row: row.get_absolute_url(), phone="title"
        ),
        Column("span", "起止", value=sheet_span),
        Column("units", "派出单位", kind="number", unit="家"),
        Column("heads", "派出", kind="number", unit="人"),
        Column("accepted", "已接单", kind="number", unit="条", phone="hide"),
        Column("signed_by", blank="未签发"),
        Column("issued_at", kind="moment", blank="未下发", phone="hide"),
        Column("state", kind="tag", tones=SHEET_TONES),
    )
    ordering = ("-on", "-id")
    measure = "张"
    empty = "本任务还没有调配单。有未落实的需求时，按“生成调配建议”起草。"

    def get_actions(self) -> Sequence[Action]:
        campaign = current_campaign(self.request)
        if campaign is None or not campaign.is_reporting:
            return ()
        url = reverse("deployments:allocation_new")
        return [Action("生成调配建议", url, icon="route", primary=True, permission=EDIT)]

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset().filter(campaign=current_campaign(self.request))
        seen = AllocationLine.objects.visible_to(self.request.user).filter(heads__gt=0)
        own = Q(lines__in=seen)
        return rows.select_related("signed_by").annotate(
            units=Count("lines__unit", distinct=True, filter=own),
            heads=Sum("lines__heads", default=0, filter=own),
            accepted=Count("lines", filter=own & Q(lines__acknowledged_at__isnull=False)),
        )


class DraftView(InRunningCampaignMixin, ScopedFormView):
    """生成调配建议: from the needs of a day to a draft."""

    permission = EDIT
    form_class = DraftForm
    makes = AllocationSheet
    title = "生成调配建议"
    submit_label = "生成建议"
    done = "已按建议生成草稿，请核对后送审。"

    def get_subtitle(self) -> str:
        return "先少缺人，再求就近，再求各单位负担均衡；每条写明理由，由人核定"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "campaign": current_campaign(self.request)}

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("need", "")
        day = max(current_day(self.request), business_day())
        found: dict[str, Any] = {"on": day + DAY}
        if asked.isdecimal():
            found["need"] = asked
        return found

    def perform(self, form: DraftForm) -> AllocationSheet:
        user: Any = self.request.user
        data = form.cleaned_data
        needs = None
        if data["need"] is not None:
            needs = services.short_needs(
                running_campaign(self.request), on=data["on"], only=data["need"]
            )
        return services.draft_sheet(
            running_campaign(self.request),
            on=data["on"],
            ends_on=data["ends_on"],
            by=user,
            now=timezone.now(),
            needs=needs,
            submission=data["submission"],
        )

    def get_success_url(self) -> str:
        return str(self.object.get_absolute_url())

    def get_cancel_url(self) -> str:
        return reverse("deployments:allocation_list")
