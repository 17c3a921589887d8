"""The daily desk's pages on the menu."""

from django.db.models import Count, Min
from django.http import HttpRequest
from django.utils import timezone

from apps.campaigns.current import current_campaign
from apps.core.dates import business_day
from apps.core.menu import Badge, MenuItem, register

from .enums import ActState, CallState
from .models import DailyReport, DataCallReply, FlashReport, RoundAct


def missing_badge(request: HttpRequest) -> Badge | None:
    """How many reports of today are still owed in one's scope; hot once they are due."""
    campaign = current_campaign(request)
    if campaign is None or not campaign.is_reporting:
        return None
    now = timezone.now()
    due = list(
        DailyReport.objects.visible_to(request.user)
        .filter(campaign=campaign)
        .on(business_day(now))
        .owed()
        .values_list("due_at", flat=True)
    )
    return Badge(str(len(due)), hot=min(due) < now) if due else None


def flash_badge(request: HttpRequest) -> Badge | None:
    waiting = FlashReport.objects.visible_to(request.user).filter(handled_at=None).count()
    return Badge(str(waiting), hot=True) if waiting else None


def calls_badge(request: HttpRequest) -> Badge | None:
    """Open requests that somebody of one's scope has not answered; hot once one is due."""
    owed = (
        DataCallReply.objects.visible_to(request.user)
        .owed()
        .filter(call__state=CallState.OPEN)
        .aggregate(n=Count("call", distinct=True), first=Min("call__due_at"))
    )
    return Badge(str(owed["n"]), hot=owed["first"] < timezone.now()) if owed["n"] else None


def acts_badge(request: HttpRequest) -> Badge | None:
    """2/4: how many of today's acts are done or excused; hot when one is overdue."""
    campaign = current_campaign(request)
    if campaign is None or not campaign.is_reporting:
        return None
    now = timezone.now()
    acts = list(
        RoundAct.objects.filter(round__campaign=campaign, round__on=business_day(now)).values_list(
            "state", "due_at"
        )
    )
    pending = [due for state, due in acts if state == ActState.PENDING]
    if not acts:
        return None
    return Badge(f"{len(acts) - len(pending)}/{len(acts)}", hot=any(due < now for due in pending))


def register_menu() -> None:
    register(
        MenuItem(
            "当日四个一",
            "daily:round_today",
            "daily.view_dailyround",
            "round",
            order=1,
            badge=acts_badge,
            match=("daily:round_detail", "daily:figure_"),
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
