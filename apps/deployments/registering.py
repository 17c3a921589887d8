"""What the dispatching of people puts on the menu, among what waits, and on the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from apps.campaigns.selectors import running_campaigns
from apps.core import formats
from apps.core.boards import Todo
from apps.core.dates import business_day
from apps.core.menu import MenuItem, register
from apps.core.permissions import allowed
from apps.core.todos import register_todos
from apps.jobs.registry import register_tick

from .allocating import UNDER_WAY, SheetState
from .models import AllocationLine, AllocationSheet, Need
from .needs import with_chain
from .services import end_local_duty
from .services.allocation import follow_sheets

LONG_UNMET = dt.timedelta(hours=24)
MOST = 5
"""Sheets named one by one on the home page."""


def to_sign(request: HttpRequest) -> Iterator[Todo]:
    """待签发: sheets that wait for a leader."""
    for row in _sheets(request, SheetState.REVIEW):
        yield Todo(
            label="待签",
            tone="yellow",
            text=f"{row.on.month}月{row.on.day}日力量调配通知单待签发，派出 {row.heads} 人",
            url=row.get_absolute_url(),
            when=formats.moment(row.submitted_at) if row.submitted_at else "",
        )


def to_issue(request: HttpRequest) -> Iterator[Todo]:
    """待下发, and needs that nobody has been sent for a day long."""
    for row in _sheets(request, SheetState.SIGNED):
        yield Todo(
            label="下发",
            tone="yellow",
            text=f"{row}已签发，待下发",
            url=row.get_absolute_url(),
            when=formats.moment(row.signed_at) if row.signed_at else "",
        )
    now = timezone.now()
    rows = Need.objects.filter(
        campaign__in=running_campaigns(on=business_day(now)),
        heads__gt=0,
        raised_at__lt=now - LONG_UNMET,
    ).open()
    count = with_chain(rows, on=business_day(now)).filter(accepted=0, gap__gt=0).count()
    if count:
        yield Todo(
            label="需求",
            tone="red",
            text=f"社区需求 {count} 项提出满一日尚未调配",
            url=f"{reverse('deployments:need_list')}?short=lacking",
            when="",
        )


def to_acknowledge(request: HttpRequest) -> Iterator[Todo]:
    """待接单: of one's own unit alone; the office rings those who have not answered."""
    if allowed(request.user, "deployments.edit_allocation"):
        return
    lines = AllocationLine.objects.visible_to(request.user).filter(
        sheet__state__in=UNDER_WAY, acknowledged_at=None
    )
    waiting = lines.order_by().values("sheet", "sheet__on").annotate(n=Count("pk"))
    for sheet, on, count in waiting.values_list("sheet", "sheet__on", "n").order_by("sheet__on"):
        yield Todo(
            label="接单",
            tone="yellow",
            text=f"{formats.day(on)}力量调配 {count} 条待接单",
            url=reverse("deployments:allocation_detail", args=[sheet]),
            when=f"{formats.day(on)}到岗",
        )


def _sheets(request: HttpRequest, state: SheetState) -> list[Any]:
    rows = AllocationSheet.objects.visible_to(request.user).filter(state=state)
    return list(rows.annotate(heads=Sum("lines__heads", default=0)).order_by("on")[:MOST])


def review_badge(request: HttpRequest) -> int:
    """Sheets that wait for a signature, for whoever may sign."""
    if not allowed(
        request.user, ("deployments.sign_allocation", "deployments.sign_allocation_for")
    ):
        return 0
    return AllocationSheet.objects.filter(state=SheetState.REVIEW).count()


def register_allocations() -> None:
    """Called once as the portal gets ready."""
    name = "deployments"
    register(
        MenuItem(
            "力量调配",
            f"{name}:allocation_list",
            f"{name}.view_allocation",
            name,
            35,
            badge=review_badge,
            match=(f"{name}:allocation_",),
        ),
        MenuItem(
            "派出清单",
            f"{name}:dispatch_list",
            f"{name}.view_dispatch_list",
            name,
            36,
        ),
    )
    register_todos(f"{name}.sign_allocation", to_sign)
    register_todos(f"{name}.edit_allocation", to_issue)
    register_todos(f"{name}.acknowledge_allocation", to_acknowledge)
    register_tick("follow_sheets", follow_sheets)
    register_tick("end_local_duty", end_local_duty)
