"""What 社区确认 puts on the menu, among what waits, and on the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from apps.campaigns.enums import Hour
from apps.campaigns.models import Campaign
from apps.campaigns.selectors import Timetable, running_campaigns
from apps.core import formats
from apps.core.boards import Todo
from apps.core.dates import business_day
from apps.core.menu import MenuItem, register
from apps.core.todos import register_todos
from apps.jobs.models import Occurrence
from apps.jobs.registry import Job, Planned, name_results
from apps.jobs.registry import register as register_jobs

from .services.signing import make_sheets
from .signing import differences_by_day
from .signing_enums import Standing
from .views.signing import list_url

MOST = 5
"""Days named one by one on the home page."""
LASTS = dt.timedelta(hours=12)


def differences(request: HttpRequest) -> Iterator[Todo]:
    """与社区确认不一致 n 处: until the entry is corrected or a number is settled. Two queries."""
    campaigns = {one.pk: one for one in running_campaigns(on=business_day())}
    found = differences_by_day(list(campaigns.values()), user=request.user)
    for campaign, day, count in found[:MOST]:
        named = f"{campaigns[campaign]}" if len(campaigns) > 1 else ""
        yield Todo(
            label="核对",
            tone="yellow",
            text=f"{named}{formats.day(day)}到岗与社区确认不一致 {count} 处",
            url=list_url(day, campaign=campaigns[campaign].code, state=Standing.DIFFERS),
        )


def _plan(on: dt.date) -> Iterator[Planned]:
    for campaign in running_campaigns(on=on):
        yield Planned(campaign.code, Timetable(campaign).moment(Hour.ARRIVAL, on=on))


def _run(occurrence: Occurrence) -> dict[str, Any]:
    campaign = Campaign.objects.get(code=occurrence.scope)
    now = timezone.now()
    made = make_sheets(campaign, on=occurrence.on, today=business_day(now), now=now)
    return {"sheets": made}


def register_all() -> None:
    """Called once as the portal gets ready."""
    name = "deployments"
    register(
        MenuItem(
            "社区确认",
            f"{name}:signing_list",
            f"{name}.view_signing",
            name,
            37,
            match=(f"{name}:signing_",),
        )
    )
    register_todos(f"{name}.record_day", differences)
    # A link of yesterday's sheets would be made for a day nobody remembers.
    register_jobs(Job("signing_sheets", "生成到岗确认单", _plan, _run, LASTS))
    name_results({"sheets": "确认单（张）"})
