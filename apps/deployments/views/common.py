"""What the pages of the ledger share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.campaigns.current import current_campaign, current_day
from apps.campaigns.in_campaign import InRunningCampaignMixin
from apps.campaigns.services import refuse_unless_under_way
from apps.core.formats import days
from apps.core.html import Tone
from apps.core.tables import Column, Row
from apps.units.models import Unit

from ..enums import DeploymentState, NeedState

EDIT = "deployments.change_deployment_records"

STATE_TONES: dict[Any, Tone] = {
    DeploymentState.PLANNED: "yellow",
    DeploymentState.ACTIVE: "green",
    DeploymentState.ENDED: "grey",
    DeploymentState.WITHDRAWN: "grey",
}
NEED_TONES: dict[Any, Tone] = {
    NeedState.OPEN: "red",
    NeedState.PARTLY: "yellow",
    NeedState.MET: "green",
    NeedState.CLOSED: "grey",
}


def span(row: Row) -> SafeString:
    """8月5日—20日; an open end is 起."""
    is_dict = isinstance(row, dict)
    starts, ends = (row["starts_on"], row["ends_on"]) if is_dict else (row.starts_on, row.ends_on)
    return format_html('<span class="num nowrap">{}</span>', days(starts, ends))


def area(row: Row) -> str:
    """二七 建中街街道: names of communities recur within a district, too."""
    return f"{row['community__street__district__short_name']} {row['community__street__name']}"


DAY_COLUMNS = (
    Column("expected", label="应到", kind="number", blank="未登记"),
    Column("present", label="实到", kind="number", blank="未登记"),
    Column("night", label="其中夜班", kind="number", blank="未登记", phone="hide"),
)
DEPLOYMENT_COLUMNS = (
    Column("community__name", label="社区", link="deployments:deployment_detail", phone="title"),
    Column("community__street__district__short_name", label="区县"),
    Column("task_type__name", label="任务"),
    Column("leader__name", label="带队人", blank="未指定"),
    Column("span", label="起止", value=span),
    *DAY_COLUMNS,
    Column("state", kind="tag", tones=STATE_TONES),
)


def said(row: Any) -> Any:
    """The community's number, in red while the two sides differ."""
    if row.said is None or not row.is_disputed:
        return row.said
    return format_html('<b class="num worse" title="与单位登记不一致">{}</b>', row.said)


SAID = Column("said", label="社区确认", kind="number", value=said, blank="未确认")


class OfCampaignCreateMixin(InRunningCampaignMixin):
    """A new row of the campaign in hand, which must be under way."""

    request: HttpRequest
    cancel_to: str = ""

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()  # type: ignore[misc]
        return {**kwargs, "campaign": current_campaign(self.request)}

    def get_initial(self) -> dict[str, Any]:
        """The one unit of a unit's own people, the working day, and what the address names."""
        found: dict[str, Any] = {**super().get_initial()}  # type: ignore[misc]
        day = current_day(self.request)
        found |= {"starts_on": day, "formed_on": day}
        own = list(Unit.objects.visible_to(self.request.user)[:2])
        if len(own) == 1:
            found["unit"] = own[0].pk
        named = {
            name: self.request.GET.get(name, "") for name in ("unit", "community", "need", "team")
        }
        return {**found, **{name: pk for name, pk in named.items() if pk.isdecimal()}}

    def get_cancel_url(self) -> str:
        return reverse(self.cancel_to)


class OfCampaignUpdateMixin:
    """A row of a campaign changes while the campaign is under way; raises CampaignOverError."""

    object: Any

    def perform(self, form: Any) -> Any:
        refuse_unless_under_way(self.object.campaign, act="修改")
        return super().perform(form)  # type: ignore[misc]
