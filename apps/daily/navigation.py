"""The daily desk's pages on the menu."""

from django.http import HttpRequest
from django.utils import timezone

from apps.campaigns.current import current_campaign
from apps.core.dates import business_day
from apps.core.menu import Badge, MenuItem, register

from .models import DailyReport, FlashReport


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


def register_menu() -> None:
    register(
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
            "动态报告",
            "daily:flash_list",
            "daily.view_flashreport",
            "round",
            order=40,
            badge=flash_badge,
        ),
    )
