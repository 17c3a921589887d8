"""Which days had all four acts: a calendar of each campaign."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal, TypeAlias
from urllib.parse import urlencode

from apps.campaigns.models import Campaign
from apps.core import formats
from apps.core.addresses import address
from apps.daily.enums import ActKind
from apps.daily.models import DailyRound

DayTone: TypeAlias = Literal["whole", "late", "part", "none", "open"]
ACTS = len(ActKind)
WORDS: dict[DayTone, str] = {
    "whole": "四项按时齐全",
    "late": "齐全，有逾期办结或免办",
    "part": "未齐",
    "none": "一项未办",
    "open": "当日进行中",
}


@dataclass(frozen=True)
class RoundDay:
    """One day's acts: settled of four, late or waived among them. `is_open` while it runs."""

    round: DailyRound
    settled: int
    late: int
    waived: int
    is_open: bool

    @property
    def on(self) -> dt.date:
        return self.round.on

    @property
    def tone(self) -> DayTone:
        if self.settled == ACTS:
            return "late" if self.late or self.waived else "whole"
        if self.is_open:
            return "open"
        return "part" if self.settled else "none"

    @property
    def mark(self) -> str:
        return f"{self.settled}/{ACTS}"

    @property
    def spoken(self) -> str:
        more = [f"{self.late} 项逾期办结"] if self.late else []
        more += [f"{self.waived} 项免办"] if self.waived else []
        return "，".join([f"{formats.day_long(self.on)} 已办 {self.mark}", *more])

    @property
    def url(self) -> str:
        return self.round.get_absolute_url()


@dataclass(frozen=True)
class Month:
    """Weeks from Monday to Sunday; None for days outside the month, or days without a round."""

    year: int
    number: int
    weeks: Sequence[Sequence[tuple[int, RoundDay | None]]]
    days: Sequence[RoundDay]

    @property
    def label(self) -> str:
        return f"{self.year}年{self.number}月"

    def rows_url(self, acts: str) -> str:
        """The rounds of the month that are counted as `acts`."""
        asked = {
            "campaign": self.days[0].round.campaign.code,
            "acts": acts,
            "since": self.days[0].on.isoformat(),
            "until": self.days[-1].on.isoformat(),
        }
        return f"{address('daily:round_list')}?{urlencode(asked)}"

    @property
    def counts(self) -> Sequence[tuple[str, int, str, bool]]:
        """In words, how many days, where they are, whether to be alarmed."""
        return (
            ("按时齐全", self.whole, self.rows_url("whole"), False),
            ("有逾期或免办", self.late, self.rows_url("late"), False),
            ("缺项", self.lacking, self.rows_url("lacking"), self.lacking > 0),
        )

    def count(self, *tones: DayTone) -> int:
        return sum(day.tone in tones for day in self.days)

    @property
    def whole(self) -> int:
        return self.count("whole")

    @property
    def late(self) -> int:
        return self.count("late")

    @property
    def lacking(self) -> int:
        return self.count("part", "none")


def round_days(
    campaigns: Collection[Campaign], *, user: Any, today: dt.date
) -> dict[int, list[RoundDay]]:
    """By campaign, every round that `user` may see, by day; one query for all."""
    rows = (
        DailyRound.objects.visible_to(user)
        .filter(campaign__in=campaigns)
        .select_related("campaign")
        .with_acts()
        .order_by("on")
    )
    found: dict[int, list[RoundDay]] = {campaign.pk: [] for campaign in campaigns}
    for row in rows:
        day = RoundDay(row, row.settled, row.late, row.waived, row.on >= today)
        found[row.campaign_id].append(day)
    return found


def months(days: Iterable[RoundDay]) -> list[Month]:
    """The months that hold `days`, which come in order."""
    return [
        _month(year, number, list(found))
        for (year, number), found in groupby(days, key=lambda day: (day.on.year, day.on.month))
    ]


def _month(year: int, number: int, days: list[RoundDay]) -> Month:
    by_day = {day.on.day: day for day in days}
    weeks = calendar.Calendar().monthdayscalendar(year, number)
    return Month(year, number, [[(day, by_day.get(day)) for day in week] for week in weeks], days)
