"""Two campaigns side by side, their days aligned by number; nothing is added across them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q
from django.urls import reverse

from apps.campaigns.current import working_day
from apps.campaigns.models import Campaign
from apps.core import formats
from apps.core.boards import Chart, Series
from apps.core.dates import day_bounds
from apps.core.html import Note
from apps.daily.enums import OWED
from apps.daily.models import DailyReport
from apps.daily.selectors.links import figure_url, reports_url
from apps.figures.corrected import corrections_url
from apps.figures.enums import IndicatorKind, Rollup, ScopeKind
from apps.figures.keys import keys_of
from apps.figures.quantities import Quantity, total
from apps.figures.selectors.day_values import Asked
from apps.figures.selectors.days import asked_indicators

from .selectors.overlap import Overlap, overlap
from .selectors.rounds import RoundDay, round_days
from .selectors.spans import Days, Span, notes_by_day, plain, values_by_day
from .shares import PEOPLE, PLACES, served, shares_of

DAY = dt.timedelta(days=1)
WHOLE = (ScopeKind.TOTAL, None)


@dataclass(frozen=True)
class Course:
    """One campaign from its first day to the last that counts, `until`."""

    campaign: Campaign
    until: dt.date
    asked: dict[str, Asked]
    spans: dict[str, Span]
    rounds: Sequence[RoundDay]
    filed: int
    in_time: int
    expected: int

    @property
    def length(self) -> int:
        return self.campaign.day_number(self.until)

    @property
    def on_post(self) -> Days:
        return self.spans[keys_of(self.campaign.kind).on_post].values

    @property
    def peak(self) -> tuple[dt.date, Decimal] | None:
        """The day with most hands on post, the first of them."""
        known = [(on, value) for on, value in sorted(self.on_post.items()) if value is not None]
        return max(known, key=lambda one: one[1], default=None)

    @property
    def whole_rounds(self) -> int:
        return sum(day.tone in ("whole", "late") for day in self.rounds)

    def figure_url(self, name: str, on: dt.date | None = None) -> str:
        return figure_url(
            self.campaign, on or self.until, getattr(keys_of(self.campaign.kind), name)
        )

    def notes(self, code: str, days: Sequence[dt.date | None]) -> list[Note | None]:
        """更正后 beside the days of an indicator."""
        asked = self.asked.get(code)
        if asked is None:
            return [None] * len(days)
        span, measure = self.spans[code], asked.measure
        return notes_by_day(self.campaign, code, span, measure, days=days, at=WHOLE)

    def flow(self, code: str) -> Quantity | None:
        """The flow's days added up as they were published: one measure, one campaign."""
        return self._added_up(code, self.spans[code].values)

    def corrected_flow(self, code: str) -> Quantity | None:
        """The same with what was corrected since; None where nothing was."""
        span = self.spans[code]
        return self._added_up(code, {**span.values, **span.corrected}) if span.corrected else None

    def _added_up(self, code: str, days: Days) -> Quantity | None:
        measure = self.asked[code].counted_in
        known = days.values()
        return total(None if value is None else Quantity(value, measure) for value in known)


def course(campaign: Campaign, *, user: Any, today: dt.date) -> Course:
    """Five queries."""
    until = working_day(campaign, today=today)
    asked = asked_indicators(campaign, on=until)
    codes = {keys_of(campaign.kind).on_post, *(a.code for a in flows(asked))}
    reports = (
        DailyReport.objects.visible_to(user)
        .filter(campaign=campaign, on__lte=until, due_at__lt=day_bounds(today)[1])
        .asked()
        .order_by()
        .aggregate(
            expected=Count("pk"),
            filed=Count("pk", filter=~Q(state__in=OWED)),
            in_time=Count("pk", filter=Q(first_filed_at__lte=F("due_at"))),
        )
    )
    return Course(
        campaign=campaign,
        until=until,
        asked=asked,
        spans=values_by_day(campaign, codes=codes, at=WHOLE, until=until),
        rounds=round_days([campaign], user=user, today=today)[campaign.pk],
        **reports,
    )


def flows(asked: dict[str, Asked]) -> list[Asked]:
    """What may be added from day to day: flows that add up, open to all who may compare."""
    return [a for a in asked.values() if a.kind == IndicatorKind.FLOW and a.rollup == Rollup.SUM]


def comparison(
    first: Campaign, second: Campaign, *, user: Any, today: dt.date, by: str = ""
) -> dict[str, Any]:
    """Context of `_compare.html`."""
    sides = [course(campaign, user=user, today=today) for campaign in (first, second)]
    until = (sides[0].until, sides[1].until)
    shared = overlap(first, second, until=until)
    return {
        "sides": sides,
        "shared": _shared(shared, sides),
        "people_url": shares_url(first, second, "unit"),
        "places_url": shares_url(first, second, "district"),
        "turns": shared.turns,
        "people": shared.people,
        "chart": aligned(sides),
        "facts": facts(sides),
        "works": [_works(side) for side in sides],
        "shares": shares_of(first, second, by=by, until=until),
    }


def shares_url(first: Campaign, second: Campaign, by: str) -> str:
    return f"{address(first, second, by=by)}#shares"


def address(first: Campaign, second: Campaign, name: str = "compare_board", **asked: str) -> str:
    args = ["aligned"] if name == "board_sheet" else []
    query = urlencode({"a": first.code, "b": second.code, **asked})
    return f"{reverse(f'dashboard:{name}', args=args)}?{query}"


def _shared(found: Overlap, sides: Sequence[Course]) -> list[dict[str, Any]]:
    first, second = (side.campaign for side in sides)
    return [
        {
            "label": "累计下沉党员",
            "shared": found.people,
            "rows": served(PEOPLE, first, second),
            "urls": [side.figure_url("ever_on_post") for side in sides],
        },
        {
            "label": "累计覆盖社区",
            "shared": found.communities,
            "rows": served(PLACES, first, second),
            "urls": [side.figure_url("ever_communities") for side in sides],
        },
    ]


def aligned(sides: Sequence[Course]) -> Chart:
    """在岗 of both, the first day of one beside the first day of the other."""
    length = max(side.length for side in sides)

    def series(side: Course, kind: Any) -> Series:
        days = [side.campaign.starts_on + DAY * n for n in range(length)]
        inside = [day if day <= side.until else None for day in days]
        return Series(
            str(side.campaign),
            [plain(side.on_post.get(day)) if day else None for day in inside],
            kind,
            urls=[side.figure_url("on_post", day) if day else "" for day in inside],
            notes=side.notes(keys_of(side.campaign.kind).on_post, inside),
        )

    first, second = sides
    return Chart(
        key="aligned",
        title=f"在岗下沉党员：{first.campaign}与{second.campaign}",
        unit="人",
        x=[f"第{n}天" for n in range(1, length + 1)],
        x_label="任务天数",
        series=[series(first, "line"), series(second, "dashed")],
        tall=True,
        sheet=address(first.campaign, second.campaign, "board_sheet"),
        blank="不在任务期内或未锁定",
    )


def facts(sides: Sequence[Course]) -> list[tuple[str, list[dict[str, Any]]]]:
    """One line per fact, one cell per campaign: text and where its rows are."""
    lines = {
        "起止": _span,
        "在岗峰值": _peak,
        "日报报送": _filed,
        "按时报送": _in_time,
        "四项齐全": _rounds,
    }
    return [
        (label, [{**write(side), "campaign": str(side.campaign)} for side in sides])
        for label, write in lines.items()
    ]


def _cell(
    text: str, url: str = "", note: str = "", corrected: Note | None = None
) -> dict[str, Any]:
    return {"text": text, "url": url, "note": note, "corrected": corrected}


def _span(side: Course) -> dict[str, Any]:
    days = formats.days(side.campaign.starts_on, side.campaign.ends_on)
    return _cell(f"{side.length} 天", side.campaign.get_absolute_url(), days)


def _peak(side: Course) -> dict[str, Any]:
    if side.peak is None:
        return _cell("未锁定")
    on, value = side.peak
    note = f"第 {side.campaign.day_number(on)} 天 · {formats.day(on)}"
    (corrected,) = side.notes(keys_of(side.campaign.kind).on_post, [on])
    return _cell(f"{formats.number(value)} 人", side.figure_url("on_post", on), note, corrected)


def _reports(side: Course, **asked: str) -> str:
    return reports_url(side.campaign, until=side.until.isoformat(), **asked)


def _filed(side: Course) -> dict[str, Any]:
    share = formats.percent(side.filed / side.expected) if side.expected else formats.DASH
    counts = f"{formats.ratio(side.filed, side.expected)} 家次"
    return _cell(share, _reports(side, state="asked"), counts)


def _in_time(side: Course) -> dict[str, Any]:
    share = formats.percent(side.in_time / side.expected) if side.expected else formats.DASH
    counts = f"{formats.ratio(side.in_time, side.expected)} 家次"
    return _cell(share, _reports(side, late="false"), counts)


def _rounds(side: Course) -> dict[str, Any]:
    url = f"{reverse('dashboard:calendar_board')}?{urlencode({'campaign': side.campaign.code})}"
    return _cell(f"{side.whole_rounds}/{len(side.rounds)} 天", url)


def _works(side: Course) -> dict[str, Any]:
    """The campaign's own flows, each added over its days; never beside another's as one sum."""
    board = reverse("dashboard:campaign_board")
    rows = []
    for asked in flows(side.asked):
        if asked.is_restricted:
            continue
        query = {"campaign": side.campaign.code, "figure": asked.code}
        days = side.spans[asked.code].values.values()
        rows.append(
            {
                "name": asked.name,
                "total": side.flow(asked.code),
                "corrected": side.corrected_flow(asked.code),
                "days": sum(value is not None for value in days),
                "url": f"{board}?{urlencode(query)}#trend",
                "corrections_url": corrections_url(side.campaign, None, asked.code, at=WHOLE),
            }
        )
    return {"campaign": side.campaign, "rows": rows, "length": side.length}
