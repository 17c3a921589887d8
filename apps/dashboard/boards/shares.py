"""What two campaigns share, line by line: people by the unit that sent them, places by district."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apps.campaigns.models import Campaign
from apps.core.addresses import address, by_key

from .selectors.overlap import Share, by_district, by_unit


@dataclass(frozen=True)
class Shares:
    """A table of lines with their addresses; `asked` is the field by which lists choose a line."""

    title: str
    place: str
    asked: str
    note: str
    rows: Sequence[tuple[Share, str]]


def shares_of(
    first: Campaign, second: Campaign, *, by: str, until: tuple[dt.date, dt.date]
) -> Shares | None:
    """By one of `SHARES`; None without. One statement."""
    make = SHARES.get(by)
    return make(first, second, until) if make else None


def _of_units(first: Campaign, second: Campaign, until: tuple[dt.date, dt.date]) -> Shares:
    record = by_key("units:unit_detail")
    return Shares(
        title="累计下沉党员 · 按派出单位（人）",
        place="单位",
        asked="unit",
        note="由两家单位先后派出的党员在两家各计 1 人，因此各单位相加可能大于合计。",
        rows=[(row, record(row.pk)) for row in by_unit(first, second, until=until)],
    )


def _of_districts(first: Campaign, second: Campaign, until: tuple[dt.date, dt.date]) -> Shares:
    listed = address("communities:community_list")
    return Shares(
        title="累计覆盖社区 · 按区县（个）",
        place="区县",
        asked="district",
        note="一个社区只属一个区县，各区县相加等于合计。",
        rows=[
            (row, f"{listed}?district={row.pk}") for row in by_district(first, second, until=until)
        ],
    )


SHARES: dict[str, Callable[[Campaign, Campaign, tuple[dt.date, dt.date]], Shares]] = {
    "unit": _of_units,
    "district": _of_districts,
}
