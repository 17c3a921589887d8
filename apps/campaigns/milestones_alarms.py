"""The alarm before a limit is missed, and what of the clocks waits for the office."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from apps.core import formats
from apps.core.boards import Todo
from apps.core.dates import business_day, day_bounds
from apps.core.html import Tone
from apps.jobs.models import Occurrence
from apps.jobs.registry import Job, Planned, register
from apps.messaging import services as messaging
from apps.messaging.enums import MessageKind
from apps.units.enums import Role
from apps.units.models import Posting

from .enums import MilestoneState
from .milestones import standing
from .models import Milestone
from .selectors import running_campaigns

Window = Callable[[Milestone], tuple[dt.datetime, dt.datetime]]
TOLD = (Role.STAFF, Role.DUTY)
# A limit that came near while the portal stood still is told as long as it is worth knowing.
ALARM_LASTS = dt.timedelta(hours=24)


def register_alarms() -> None:
    """Called once as the portal gets ready."""
    register(
        # A clock written down after its alarm was due is told of at once.
        _alarm("milestone_near", "重要节点临近时限", lambda row: (row.alarm_at, row.due_at), _near),
        _alarm(
            "milestone_passed", "重要节点已过时限", lambda row: (row.due_at, row.due_at), _passed
        ),
    )


def _alarm(name: str, label: str, window: Window, word: Callable[[Milestone], str]) -> Job:
    """A run each day of the window; the note itself is written once."""

    def plan(on: dt.date) -> Iterator[Planned]:
        rows = Milestone.objects.limits().filter(campaign__in=running_campaigns(on=on))
        for row in rows.select_related("campaign"):
            first, last = window(row)
            if business_day(first) <= on <= business_day(last):
                at = max(first, day_bounds(on)[0])
                yield Planned(f"{row.campaign.code}/milestone-{row.pk}", at)

    def run(occurrence: Occurrence) -> dict[str, Any]:
        pk = int(occurrence.scope.rpartition("-")[2])
        row = (
            Milestone.objects.limits().filter(pk=pk).select_related("campaign", "district").first()
        )
        return {"people": 0 if row is None else tell(row, name, label, word(row))}

    return Job(name, label, plan, run, ALARM_LASTS)


def _near(row: Milestone) -> str:
    return f"临近时限：应于{formats.moment(row.due_at)}前实现，尚未登记。"


def _passed(row: Milestone) -> str:
    return f"已过时限：应于{formats.moment(row.due_at)}前实现，尚未登记。"


def tell(row: Milestone, alarm: str, subject: str, word: str) -> int:
    """One note to everybody in the office, once per clock, limit and alarm; how many were new."""
    marked = f"{'【演练】' if row.campaign.is_drill else ''}{subject}：{row}"
    postings = Posting.objects.on(business_day()).filter(role__in=TOLD, user__is_active=True)
    return messaging.notify(
        messaging.Note(
            user,
            MessageKind.MILESTONE,
            f"{alarm}-{row.pk}-{row.due_at:%Y%m%d%H%M}",
            marked,
            f"{row.campaign}{row}（{row.limit_text}）{word}",
            row.get_absolute_url(),
        )
        for user in postings.values_list("user", flat=True).distinct()
    )


WAITING: tuple[tuple[MilestoneState, str, Tone], ...] = (
    (MilestoneState.PASSED, "已过时限", "red"),
    (MilestoneState.NEAR, "临近时限", "yellow"),
    (MilestoneState.UNPROVEN, "证据不全", "yellow"),
    (MilestoneState.FULL, "已满天数，待通报", "blue"),
)


def waiting(request: HttpRequest) -> Iterator[Todo]:  # noqa: ARG001
    """重要节点临近时限 n, and what else of the clocks asks for a notice; two queries."""
    now = timezone.now()
    rows = Milestone.objects.with_resets().filter(
        campaign__in=running_campaigns(on=business_day(now))
    )
    found: dict[MilestoneState, list[Milestone]] = {}
    for row in rows.select_related("campaign", "district"):
        found.setdefault(standing(row, at=now).state, []).append(row)
    for state, words, tone in WAITING:
        if of_state := found.get(state):
            yield Todo(
                label="节点",
                tone=tone,
                text=f"重要节点{words} {len(of_state)}",
                url=_url(of_state),
                when=_when(state, of_state),
            )


def _url(rows: list[Milestone]) -> str:
    if len(rows) == 1:
        return rows[0].get_absolute_url()
    return f"{reverse('campaigns:milestone_list')}?campaign={rows[0].campaign.code}"


def _when(state: MilestoneState, rows: list[Milestone]) -> str:
    if state not in (MilestoneState.NEAR, MilestoneState.PASSED):
        return ""
    return f"{formats.moment(min(row.due_at for row in rows))}前"
