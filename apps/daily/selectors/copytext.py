"""Texts to paste into a chat about what is still missing: totals and unit names only."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence

from django.conf import settings

from apps.campaigns.models import Campaign

from .. import wording
from .hours import hours_of
from .owed import Owed, Standing, missing_count, owed_reports, standings


def copy_texts(
    campaign: Campaign, *, on: dt.date, groups: Collection[int] | None = None
) -> list[tuple[str, str]]:
    """One text per group with something missing: `(第3组, text)`.

    `groups` are group ids; None is every group, led by one text over all of them.
    """
    owed = owed_reports([campaign], on=on)
    counts = standings([campaign], on=on)
    hours = hours_of(campaign)

    def text(number: int | None, rows: Sequence[Owed], standing: Standing) -> str:
        return wording.copy_lines(
            task=campaign.name,
            on=on,
            number=number,
            count=missing_count(rows, standing),
            hours=hours,
            sign=settings.ORGAN_NAME,
        )

    by_group: dict[tuple[int, int], list[Owed]] = defaultdict(list)
    for row in owed:
        if row.group and row.group_id and (groups is None or row.group_id in groups):
            by_group[row.group, row.group_id].append(row)
    texts = [
        (f"第{number}组", text(number, rows, counts[campaign.pk, group]))
        for (number, group), rows in sorted(by_group.items())
    ]
    if groups is None and owed:
        texts.insert(0, ("全部", text(None, owed, counts[campaign.pk, None])))
    return texts
