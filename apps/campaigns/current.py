"""The campaign a person works in: chosen in the bar, kept in the session, shown on every page."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from django.http import HttpRequest
from django.utils import timezone

from apps.core.context import CampaignBar, CampaignOption, Clock
from apps.core.dates import business_day
from apps.core.days import NoSuchDayError
from apps.core.errors import DomainError

from .enums import CampaignMode, CampaignState, Hour
from .models import Campaign
from .selectors import Timetable

SESSION_KEY = "campaign"


class NoCampaignError(DomainError):
    """Nothing can be entered without a campaign that is under way."""


def visible_campaigns(request: HttpRequest) -> list[Campaign]:
    """The campaigns `request.user` may see, those under way first; read once per request."""
    known: list[Campaign] | None = getattr(request, "_campaigns", None)
    if known is None:
        day = business_day()
        rows = Campaign.objects.visible_to(request.user).order_by("-starts_on", "id")
        known = sorted(rows, key=lambda one: (not runs(one, day), one.is_drill))
        request._campaigns = known  # type: ignore[attr-defined]
    return known


def current_campaign(request: HttpRequest) -> Campaign | None:
    """The campaign in hand: named by `?campaign=CODE`, else chosen before, else the first.

    A known code in the address is kept in the session; an unknown one is left to the page.
    """
    by_code = {one.code: one for one in visible_campaigns(request)}
    asked = request.GET.get("campaign", "")
    if asked in by_code:
        take_up(request, asked)
        return by_code[asked]
    kept = request.session.get(SESSION_KEY, "")
    return by_code.get(kept) or next(iter(by_code.values()), None)


def take_up(request: HttpRequest, code: str) -> None:
    """Make it the campaign in hand. A session that is not changed is not written."""
    if request.session.get(SESSION_KEY) != code:
        request.session[SESSION_KEY] = code


def runs(campaign: Campaign, day: dt.date) -> bool:
    """Whether units report to `campaign` on `day`."""
    ended = campaign.ends_on is not None and campaign.ends_on < day
    return campaign.is_reporting and campaign.starts_on <= day and not ended


def working_day(campaign: Campaign, *, today: dt.date) -> dt.date:
    """The day whose figures pages show: today while it runs, the last day once it is over."""
    if campaign.ends_on is not None and campaign.ends_on < today:
        return campaign.ends_on
    return max(campaign.starts_on, today)


def check_within(campaign: Campaign, day: dt.date, *, today: dt.date) -> None:
    """Raises NoSuchDayError for a day before the campaign, after it, or still ahead."""
    last = working_day(campaign, today=today)
    if not campaign.starts_on <= day <= last:
        raise NoSuchDayError(
            f"“{campaign}”没有 {day} 的数据，只有 {campaign.starts_on} 至 {last} 的，请另选日期。"
        )


def running_campaign(request: HttpRequest) -> Campaign:
    """The campaign in hand; raises NoCampaignError when there is none, or it is not under way."""
    campaign = current_campaign(request)
    if campaign is None or not campaign.is_reporting:
        name = f"“{campaign}”" if campaign else "当前"
        raise NoCampaignError(f"{name}不在进行中，不能新增登记。请在页面上方切换应急任务。")
    return campaign


def show_day(request: HttpRequest, campaign: Campaign, day: dt.date) -> None:
    """Say that the page is about this day of this campaign: the bar must not name another."""
    take_up(request, campaign.code)
    request._shown = (campaign.pk, day)  # type: ignore[attr-defined]


def shown_day(request: HttpRequest, campaign: Campaign, *, today: dt.date) -> dt.date:
    """The day the page says it is about, else the working day."""
    code, day = getattr(request, "_shown", (None, None))
    if code == campaign.pk and day is not None:
        return day
    return working_day(campaign, today=today)


def current_day(request: HttpRequest) -> dt.date:
    """The working day of the campaign in hand; today without one."""
    campaign = current_campaign(request)
    today = business_day()
    return working_day(campaign, today=today) if campaign else today


def badge(campaign: Campaign) -> str:
    """演练, 已结束, the level as the headquarters announced it, or 应急 / 常态."""
    if campaign.is_drill:
        return "演练"
    if campaign.state == CampaignState.CLOSED:
        return campaign.get_state_display()
    return campaign.level or campaign.get_mode_display()


def tone(campaign: Campaign) -> Literal["urgent", "normal", "drill"]:
    if campaign.is_drill:
        return "drill"
    is_urgent = campaign.mode == CampaignMode.EMERGENCY and campaign.is_reporting
    return "urgent" if is_urgent else "normal"


def next_clock(campaign: Campaign, *, on: dt.date, now: dt.datetime) -> Clock | None:
    """What is counted down on `on`: first the filing hour, then the lock; None after both."""
    times = Timetable(campaign)
    for label, hour, icon in (("距截报", Hour.FILING, "clock"), ("距数据锁定", Hour.LOCK, "lock")):
        moment = times.moment(hour, on=on)
        if now < moment:
            return Clock(label, moment, icon)
    return None


def campaign_bar(request: HttpRequest) -> CampaignBar | None:
    """Answers `portal.campaign`: two queries."""
    campaign = current_campaign(request)
    if campaign is None:
        return None
    now = timezone.now()
    today = business_day(now)
    day = shown_day(request, campaign, today=today)
    running = runs(campaign, today)
    return CampaignBar(
        code=campaign.code,
        name=campaign.name,
        badge=badge(campaign),
        mode=tone(campaign),
        day=day,
        nth=campaign.day_number(day) if day >= campaign.starts_on else None,
        clock=next_clock(campaign, on=day, now=now) if running else None,
        options=[CampaignOption(c.code, c.name, badge(c)) for c in visible_campaigns(request)],
    )
