"""What was told upward, and where a number about to leave differs from it."""

import datetime as dt
from decimal import Decimal

from django.db.models import QuerySet

from apps.campaigns.models import Campaign
from apps.core import formats
from apps.figures.models import Indicator
from apps.figures.selectors.days import locked_total

from ..models import UpwardReturn


def returns_of(campaign: Campaign, *, on: dt.date) -> QuerySet[UpwardReturn]:
    return (
        UpwardReturn.objects.filter(campaign=campaign, on=on)
        .select_related("indicator", "by")
        .order_by("at", "id")
    )


def differences(
    campaign: Campaign, *, on: dt.date, indicator: Indicator, value: Decimal
) -> list[str]:
    """What `value` disagrees with: 核定数, and what each receiver was last told for the day.

    Empty when there is one number only.
    """
    measure = indicator.get_measure_display()
    found = []
    total = locked_total(campaign, on=on, indicator=indicator)
    if total is not None and total != value:
        found.append(f"核定数{formats.figure(total, measure)}")
    last: dict[str, UpwardReturn] = {
        row.receiver: row for row in returns_of(campaign, on=on).filter(indicator=indicator)
    }
    found += [
        f"{formats.clock(row.at)}报{row.receiver}的{formats.figure(row.value, measure)}"
        for row in last.values()
        if row.value != value
    ]
    return found


def told_line(campaign: Campaign, *, on: dt.date) -> str:
    """19:05 报省委值班室 23,106 人，与核定数一致; of the last return of the day, empty without one."""
    row = returns_of(campaign, on=on).last()
    if row is None:
        return ""
    total = locked_total(campaign, on=on, indicator=row.indicator)
    agrees = "" if total is None else "，与核定数一致" if total == row.value else "，与核定数不一致"
    number = formats.figure(row.value, f" {row.indicator.get_measure_display()}")
    return f"{formats.clock(row.at)} 报{row.receiver} {row.indicator} {number}{agrees}"
