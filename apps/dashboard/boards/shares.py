"""What two campaigns share, line by line: people by the unit that sent them, places by district."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from apps.campaigns.models import Campaign
from apps.core.addresses import address, by_key

from .selectors.overlap import Share, by_district, by_unit

PEOPLE, PLACES = "units:member_list", "communities:community_list"
"""Lists that know who was on post in a campaign, and where."""


@dataclass(frozen=True)
class Served:
    """Addresses of exactly the rows that were on post: in each campaign, in both, in either."""

    first: str
    second: str
    both: str
    either: str


@dataclass(frozen=True)
class Shares:
    """A table of lines, each with its record and the rows behind its numbers."""

    title: str
    place: str
    note: str
    rows: Sequence[tuple[Share, str, Served]]


def served(name: str, first: Campaign, second: Campaign, **asked: object) -> Served:
    """In the list `name`, narrowed by `asked`."""

    def url(**campaigns: str) -> str:
        return f"{address(name)}?{urlencode({**campaigns, **asked})}"

    return Served(
        first=url(served=first.code),
        second=url(served=second.code),
        both=url(served=first.code, served_too=second.code),
        either=url(served=first.code, served_or=second.code),
    )


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
        note="由两家单位先后派出的党员在两家各计 1 人，因此各单位相加可能大于合计。",
        rows=[
            (row, record(row.pk), served(PEOPLE, first, second, sent_by=row.pk))
            for row in by_unit(first, second, until=until)
        ],
    )


def _of_districts(first: Campaign, second: Campaign, until: tuple[dt.date, dt.date]) -> Shares:
    listed = address(PLACES)
    return Shares(
        title="累计覆盖社区 · 按区县（个）",
        place="区县",
        note="一个社区只属一个区县，各区县相加等于合计。",
        rows=[
            (
                row,
                f"{listed}?district={row.pk}",
                served(PLACES, first, second, district=row.pk),
            )
            for row in by_district(first, second, until=until)
        ],
    )


SHARES: dict[str, Callable[[Campaign, Campaign, tuple[dt.date, dt.date]], Shares]] = {
    "unit": _of_units,
    "district": _of_districts,
}
