"""The charts of a board; each number of their tables opens its rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.safestring import SafeString

from apps.core.boards import Chart, Series
from apps.core.formats import Blank
from apps.core.html import escaped
from apps.daily.selectors.days import value_url
from apps.daily.selectors.links import figure_url
from apps.deployments.selectors import of_communities
from apps.figures.corrected import corrected_note
from apps.figures.enums import IndicatorKind, Rollup, ScopeKind
from apps.figures.selectors.day_values import Asked, Value
from apps.units.models import LiaisonGroup

from ..selectors.trend import heads_series
from .frame import Frame
from .selectors.spans import notes_by_day, plain, values_by_day


def offered(frame: Frame) -> list[Asked]:
    """Indicators that have a total in the reader's place and may be read there."""
    of_places = {frame.keys.gap, *of_communities(frame.campaign.kind)}
    return [
        asked
        for asked in frame.figures.asked.values()
        if asked.rollup != Rollup.NONE
        and (frame.is_office or not asked.is_restricted)
        and (frame.at[0] == ScopeKind.TOTAL or asked.code not in of_places)
    ]


def picks(shown: Sequence[Asked], address: str, code: str) -> SafeString:
    """Links that draw another indicator; none where there is nothing to choose. Written here: a
    template takes thrice as long."""
    if len(shown) < 2:
        return SafeString("")
    links = []
    for asked in shown:
        url = escaped(f"{address}&figure={asked.code}")
        on = ' class="on" aria-current="true"' if asked.code == code else ""
        links.append(
            f'<a href="{url}#trend" hx-get="{url}" hx-select="#trend" hx-target="#trend"'
            f' hx-swap="outerHTML" hx-push-url="true"{on}>{escaped(asked.name)}</a>'
        )
    return SafeString("".join(links))


def trend_chart(frame: Frame, code: str) -> Chart:
    """One indicator over the campaign's days; hands on post beside hands asked for."""
    asked = frame.figures.asked[code]
    days = frame.days
    span = values_by_day(frame.campaign, codes=[code], at=frame.at, until=frame.on)[code]
    known = span.values
    live = frame.figures.value(code, *frame.at)
    values = {**known, **({frame.on: live.number} if live and frame.on not in known else {})}
    kind = "bar" if asked.kind == "flow" else "area"
    series = [
        Series(
            asked.name,
            [plain(values.get(day)) for day in days],
            kind,  # type: ignore[arg-type]
            urls=[_day_url(frame, day, code) for day in days],
            notes=notes_by_day(frame.campaign, code, span, asked.measure, days=days, at=frame.at),
        )
    ]
    if code == frame.keys.on_post and frame.at[0] == ScopeKind.TOTAL:
        series.append(heads_series("社区需求", frame.campaign, days))
    return Chart(
        key="trend",
        title=f"{frame.campaign}{asked.name}",
        unit=asked.measure,
        x=[f"{day.month}/{day.day}" for day in days],
        series=series,
        sheet=frame.url("board_sheet", "trend", figure=code, **_group(frame)),
        blank="未锁定",
        total=_added_up(asked, values.values()),
    )


def _added_up(asked: Asked, days: Iterable[Decimal | None]) -> Decimal | None:
    """The days of a flow together, as 任务对比 tells them; None where days may not be added."""
    if asked.kind != IndicatorKind.FLOW or asked.rollup != Rollup.SUM:
        return None
    known = [day for day in days if day is not None]
    return sum(known, Decimal(0)) if known else None


def _group(frame: Frame) -> dict[str, object]:
    return {"group": frame.at[1]} if frame.at[0] == ScopeKind.GROUP else {}


def _day_url(frame: Frame, day: dt.date, code: str) -> str:
    return figure_url(frame.campaign, day, code, **_group(frame))


def group_chart(frame: Frame, groups: Sequence[LiaisonGroup]) -> Chart:
    """在岗 of the day by group, in the order of their numbers."""
    code = frame.keys.on_post
    values = [frame.figures.value(code, ScopeKind.GROUP, group.pk) for group in groups]
    return Chart(
        key="groups",
        title=f"{frame.on.month}月{frame.on.day}日各组在岗下沉党员",
        unit="人",
        # Short enough for eighteen to stand side by side.
        x=[f"{group.number}组" for group in groups],
        x_label="联络组",
        series=[
            Series(
                "在岗下沉党员",
                [_number(value) for value in values],
                "bar",
                urls=[value_url(frame.figures, value) if value else "" for value in values],
                notes=[corrected_note(frame.figures, value) for value in values],
            )
        ],
        sheet=frame.url("board_sheet", "groups"),
        blank="无任务",
    )


def _number(value: Value | None) -> float | int | None:
    return plain(value.number) if value and not isinstance(value.value, Blank) else None
