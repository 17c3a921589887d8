"""The one page: a sheet of A4, the same on a phone, and the text to paste."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from apps.campaigns.current import current_campaign
from apps.campaigns.enums import Hour
from apps.campaigns.models import Campaign
from apps.campaigns.selectors import Timetable
from apps.core.views import BoardView, PortalView, portal_action

from ..enums import Edition
from ..models import OnePage
from ..selectors.links import missing_url
from ..services.onepages import draw_page, keep_page
from .rounds import day_of, last_day, round_url

HOURS = {Edition.MORNING: Hour.LEADER_DIGEST, Edition.NIGHT: Hour.NIGHT}


def edition_of(text: str) -> Edition:
    try:
        return Edition(text)
    except ValueError:
        raise Http404 from None


def page_url(campaign: Campaign, on: dt.date, edition: Edition) -> str:
    return reverse("daily:one_page", args=[campaign.code, on.isoformat(), edition.value])


class TodayPageView(PortalView):
    """Leads to the edition whose hour came last."""

    permission = "daily.view_dailyround"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        campaign = current_campaign(request)
        if campaign is None:
            return redirect("daily:round_list")
        on = last_day(campaign)
        night = Timetable(campaign).moment(Hour.NIGHT, on=on)
        edition = Edition.NIGHT if timezone.now() >= night else Edition.MORNING
        return redirect(page_url(campaign, on, edition))


class OnePageView(BoardView):
    """As it was kept; before its hour, or when it was never drawn, as it would read now."""

    permission = "daily.view_dailyround"
    template_name = "daily/one_page.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.campaign, self.on = day_of(request, kwargs.pop("code"), kwargs.pop("on"))
        self.edition = edition_of(kwargs.pop("edition"))
        self.page = (
            OnePage.objects.visible_to(request.user)
            .filter(campaign=self.campaign, on=self.on, edition=self.edition)
            .select_related("made_by")
            .order_by("-version")
            .first()
        )
        return super().get(request, *args, **kwargs)

    def get_title(self) -> str:
        return f"{self.campaign}{self.edition.label}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        content = (
            self.page.content
            if self.page
            else draw_page(self.campaign, on=self.on, edition=self.edition)
        )
        about = dt.date.fromisoformat(content["about"])
        rows = self._rows(about)
        return super().get_context_data(
            campaign=self.campaign,
            on=self.on,
            page=self.page,
            content=content,
            sections=[{**s, "url": rows.get(s["rows"], "")} for s in content["sections"]],
            at=(at := Timetable(self.campaign).moment(HOURS[self.edition], on=self.on)),
            is_due=at <= timezone.now(),
            editions=[
                (edition.label, page_url(self.campaign, self.on, edition), edition == self.edition)
                for edition in Edition
            ],
            redraw_url=reverse(
                "daily:one_page_draw", args=[self.campaign.code, self.on, self.edition.value]
            ),
            may_redraw=self.request.user.has_perm("daily.edit_round"),
            back_url=round_url(self.campaign, self.on),
            **kwargs,
        )

    def _rows(self, about: dt.date) -> dict[str, str]:
        """Where the rows behind each section are."""
        round_ = round_url(self.campaign, about) if about >= self.campaign.starts_on else ""
        return {
            "round": round_,
            "talk": f"{round_}#city_talk" if round_ else "",
            "flashes": f"{reverse('daily:flash_list')}?campaign={self.campaign.code}",
            "missing": missing_url(self.campaign, about),
            "milestones": f"{reverse('campaigns:milestone_list')}?campaign={self.campaign.code}",
            "areas": reverse("communities:area_status_list"),
            "corrections": f"{reverse('figures:correction_list')}?campaign={self.campaign.code}",
            "needs": f"{reverse('deployments:need_list')}?campaign={self.campaign.code}&state=open",
            "departures": f"{reverse('deployments:deployment_list')}?campaign={self.campaign.code}",
        }


@portal_action("daily.edit_round")
def draw_one_page(request: HttpRequest, code: str, on: str, edition: str) -> HttpResponse:
    campaign, day = day_of(request, code, on)
    user: Any = request.user
    page = keep_page(campaign, on=day, edition=edition_of(edition), now=timezone.now(), by=user)
    messages.success(request, f"已生成第{page.version}版。")
    return redirect(page.get_absolute_url())
