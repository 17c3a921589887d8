"""How clocks stand at a moment, in one set of words for lists, boards and documents."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from apps.communities.models import District
from apps.core import formats
from apps.core.dates import day_bounds
from apps.core.html import Tag, Tone
from apps.core.statements import fetched

from .enums import MilestoneState
from .models import Campaign, Milestone

TONES: dict[MilestoneState, Tone] = {
    MilestoneState.RUNNING: "grey",
    MilestoneState.NEAR: "yellow",
    MilestoneState.PASSED: "red",
    MilestoneState.FULL: "blue",
    MilestoneState.UNPROVEN: "yellow",
    MilestoneState.IN_TIME: "green",
    MilestoneState.LATE: "yellow",
    MilestoneState.REACHED: "green",
    MilestoneState.CANCELLED: "grey",
}


@dataclass(frozen=True)
class Standing:
    """One clock at the moment `at`."""

    milestone: Milestone
    state: MilestoneState
    at: dt.datetime

    @property
    def word(self) -> str:
        """如期实现, 证据不全, 临近时限 余3小时, 已连续9天."""
        row, state = self.milestone, self.state
        if state == MilestoneState.CANCELLED:
            return str(state.label)
        if row.reached_at is None and row.resets_on_cases:
            days = row.clear_days(until=self.at)
            return f"已连续{days}天" + ("，待通报" if state == MilestoneState.FULL else "")
        if state == MilestoneState.RUNNING:
            return f"余{formats.span(row.due_at - self.at)}"
        if state == MilestoneState.NEAR:
            return f"{state.label} 余{formats.span(row.due_at - self.at)}"
        return str(state.label)

    @property
    def tag(self) -> Tag:
        return Tag(self.word, TONES[self.state])

    @property
    def full_tag(self) -> Tag:
        """The limit with it: 72小时内 如期实现."""
        return Tag(f"{self.milestone.limit_text} {self.word}", TONES[self.state])

    @property
    def lacks(self) -> str:
        """缺：通报时间或文号、登记人; empty where nothing is claimed or nothing lacks."""
        missing = self.milestone.missing_evidence
        return f"证据不全：{'、'.join(missing)}" if missing else ""


NO_SOURCE = "请填写起算依据，如：据省防指通知。"
EVENT_BEFORE = dt.timedelta(days=30)
"""How long before a campaign the event may lie that brought it about."""


def why_not_started(at: dt.datetime, starts_on: dt.date, *, now: dt.datetime) -> str:
    """Why no clock of a campaign that began on `starts_on` counts from `at`; empty when one may."""
    if at > now:
        return "起算时间不得晚于现在。"
    first = starts_on - EVENT_BEFORE
    if at < day_bounds(first)[0]:
        return (
            f"起算时间不得早于{first:%Y年%-m月%-d日}（任务开始前{EVENT_BEFORE.days}日），请核对。"
        )
    return ""


def standing(row: Milestone, *, at: dt.datetime) -> Standing:
    return Standing(row, _state(row, at), at)


def _state(row: Milestone, at: dt.datetime) -> MilestoneState:
    if row.cancelled_at is not None:
        return MilestoneState.CANCELLED
    if row.reached_at is not None:
        return _claimed(row)
    if row.resets_on_cases:
        return MilestoneState.FULL if at >= row.due_at else MilestoneState.RUNNING
    if at >= row.due_at:
        return MilestoneState.PASSED
    return MilestoneState.NEAR if at >= row.alarm_at else MilestoneState.RUNNING


def _claimed(row: Milestone) -> MilestoneState:
    if not row.is_proven:
        return MilestoneState.UNPROVEN
    if row.resets_on_cases:
        return MilestoneState.REACHED
    return MilestoneState.IN_TIME if row.is_in_time else MilestoneState.LATE


def clocks_of(campaign: Campaign, *, at: dt.datetime) -> list[Standing]:
    """Every clock that counts; those not reached stop at the campaign's end. One query."""
    rows = fetched(CLOCKS, campaign=campaign.pk)
    return [standing(_clock(campaign, row), at=stopped(campaign, at)) for row in rows]


FIELDS = [field.attname for field in Milestone._meta.concrete_fields]
CLOCKS = f"""
SELECT d.name, (SELECT MAX(r.at) FROM campaigns_milestonereset r
                 WHERE r.milestone_id = m.id AND r.withdrawn_at IS NULL),
       {", ".join(f"m.{name}" for name in FIELDS)}
  FROM campaigns_milestone m
  LEFT JOIN communities_district d ON d.id = m.district_id
 WHERE m.campaign_id = %(campaign)s AND m.cancelled_at IS NULL
 ORDER BY m.started_at, m.limit_hours
"""  # noqa: S608 - put together from the model's own columns


def _clock(campaign: Campaign, found: tuple[Any, ...]) -> Milestone:
    district, last_reset_at, *values = found
    row = Milestone.from_db(campaign._state.db, FIELDS, values)
    row.campaign, row.last_reset_at = campaign, last_reset_at
    if row.district_id is not None:
        row.district = District(pk=row.district_id, name=district)
    return row


def stopped(campaign: Campaign, at: dt.datetime) -> dt.datetime:
    """`at`, or the end of the campaign where that came before: nobody counts on after it."""
    if campaign.ends_on is None:
        return at
    return min(at, day_bounds(campaign.ends_on)[1])


def proven(rows: Iterable[Milestone]) -> list[Milestone]:
    """Those whose claim may be printed, and those that claim nothing."""
    return [row for row in rows if not row.missing_evidence]


def news_of(campaign: Campaign, *, since: dt.datetime, until: dt.datetime) -> list[Standing]:
    """What may be printed about the span: claims recorded in it, and limits near or missed."""
    found = clocks_of(campaign, at=until)
    alarming = (MilestoneState.NEAR, MilestoneState.PASSED)
    return [
        one
        for one in found
        if (one.milestone.is_proven and _within(one.milestone.recorded_at, since, until))
        or one.state in alarming
    ]


def _within(at: dt.datetime | None, since: dt.datetime, until: dt.datetime) -> bool:
    return at is not None and since <= at < until
