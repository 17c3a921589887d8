"""How the day stands, group by group."""

import datetime as dt
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse

from apps.campaigns.models import Campaign
from apps.core.boards import GroupTile
from apps.daily.enums import OWED
from apps.daily.models import DailyReport


def group_tiles(campaign: Campaign, *, on: dt.date, now: dt.datetime) -> list[GroupTile]:
    """Every group that is asked for reports on `on`, by number; one query."""
    owed = Q(state__in=OWED)
    rows = (
        DailyReport.objects.filter(campaign=campaign, group__isnull=False)
        .on(on)
        .asked()
        .order_by("group__number")
        .values_list("group", "group__number", "group__leader__name")
        .annotate(
            expected=Count("pk"),
            owed=Count("pk", filter=owed),
            overdue=Count("pk", filter=owed & Q(due_at__lt=now)),
        )
    )
    address = reverse("daily:missing_list")
    return [
        GroupTile(
            label=f"第{number}组",
            leader=leader or "",
            filed=expected - missing,
            expected=expected,
            url=f"{address}?{urlencode({'day': on.isoformat(), 'group': group})}",
            # One late unit is everyday life; a group where three are late needs somebody's call.
            overdue=late >= 3,
        )
        for group, number, leader, expected, missing, late in rows
    ]
