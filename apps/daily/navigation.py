"""The daily desk's pages on the menu.

The menu stands on every page, so what its badges count are statements by hand.
"""

import datetime as dt

from django.http import HttpRequest
from django.utils import timezone

from apps.campaigns.current import current_campaign
from apps.core.dates import business_day
from apps.core.menu import Badge, MenuItem, register
from apps.core.scope import seen_units
from apps.core.statements import fetched

from .enums import OWED


def missing_badge(request: HttpRequest) -> Badge | None:
    """How many reports of today are still owed in one's scope; hot once they are due."""
    campaign = current_campaign(request)
    if campaign is None or not campaign.is_reporting:
        return None
    now = timezone.now()
    [counted] = fetched(
        MISSING,
        campaign=campaign.pk,
        on=business_day(now),
        owed=[state.value for state in OWED],
        seen=seen_units(request.user),
    )
    return _due(*counted, now=now)


def flash_badge(request: HttpRequest) -> Badge | None:
    [[waiting]] = fetched(WAITING, seen=seen_units(request.user))
    return Badge(str(waiting), hot=True) if waiting else None


def calls_badge(request: HttpRequest) -> Badge | None:
    """Open requests that somebody of one's scope has not answered; hot once one is due."""
    [counted] = fetched(CALLS, seen=seen_units(request.user))
    return _due(*counted, now=timezone.now())


def _due(count: int, first: dt.datetime | None, *, now: dt.datetime) -> Badge | None:
    return Badge(str(count), hot=first < now) if first else None


def acts_badge(request: HttpRequest) -> Badge | None:
    """2/4: how many of today's acts are done or excused; hot when one is overdue."""
    campaign = current_campaign(request)
    if campaign is None or not campaign.is_reporting:
        return None
    now = timezone.now()
    [[acts, pending, first]] = fetched(ACTS, campaign=campaign.pk, on=business_day(now))
    if not acts:
        return None
    return Badge(f"{acts - pending}/{acts}", hot=first is not None and first < now)


MISSING = """
SELECT COUNT(*), MIN(due_at)
  FROM daily_dailyreport
 WHERE campaign_id = %(campaign)s AND "on" = %(on)s AND state = ANY(%(owed)s)
   AND (%(seen)s::bigint[] IS NULL OR unit_id = ANY(%(seen)s))
"""
WAITING = """
SELECT COUNT(*)
  FROM daily_flashreport
 WHERE handled_at IS NULL AND (%(seen)s::bigint[] IS NULL OR unit_id = ANY(%(seen)s))
"""
CALLS = """
SELECT COUNT(DISTINCT c.id), MIN(c.due_at)
  FROM daily_datacallreply r
  JOIN daily_datacall c ON c.id = r.call_id AND c.state = 'open'
 WHERE r.state = 'owed' AND (%(seen)s::bigint[] IS NULL OR r.unit_id = ANY(%(seen)s))
"""
ACTS = """
SELECT COUNT(*), COUNT(*) FILTER (WHERE a.state = 'pending'),
       MIN(a.due_at) FILTER (WHERE a.state = 'pending')
  FROM daily_roundact a
  JOIN daily_dailyround r ON r.id = a.round_id
 WHERE r.campaign_id = %(campaign)s AND r."on" = %(on)s
"""


ROUND_PAGES = (
    "daily:act_",
    "daily:dispatch_",
    "daily:judgment_",
    "daily:late_notices",
    "daily:return_create",
    "daily:talk_",
)
"""Pages from which one comes back to the day they are about."""


def register_menu() -> None:
    register(
        MenuItem(
            "当日四个一",
            "daily:round_today",
            "daily.view_dailyround",
            "round",
            order=1,
            badge=acts_badge,
            match=("daily:round_detail", "daily:figure_", *ROUND_PAGES),
        ),
        MenuItem(
            "一页情况",
            "daily:one_page_today",
            "daily.view_dailyround",
            "round",
            order=2,
            match=("daily:one_page",),
        ),
        MenuItem("往日四个一", "daily:round_list", "daily.view_dailyround", "round", order=50),
        MenuItem("报送台账", "daily:upward_list", "daily.view_dailyround", "round", order=60),
        MenuItem("减负", "daily:burden", "daily.view_dailyround", "round", order=65),
        MenuItem("更正", "figures:correction_list", "figures.view_figure", "round", order=70),
        MenuItem("今日日报", "daily:report_form", "daily.file_report", "round", order=5),
        MenuItem("近30天日报", "daily:report_mine", "daily.file_report", "round", order=6),
        MenuItem(
            "单位日报",
            "daily:report_list",
            ("daily.review_report", "daily.view_dailyround"),
            "round",
            order=20,
            match=("daily:report_", "daily:receipt"),
        ),
        MenuItem(
            "未报单位",
            "daily:missing_list",
            ("daily.chase_report", "daily.view_dailyround"),
            "round",
            order=30,
            badge=missing_badge,
        ),
        MenuItem(
            "临时报数",
            "daily:call_list",
            "daily.view_datacall",
            "round",
            order=35,
            badge=calls_badge,
            match=("daily:call_",),
        ),
        MenuItem(
            "动态报告",
            "daily:flash_list",
            "daily.view_flashreport",
            "round",
            order=40,
            badge=flash_badge,
        ),
    )
