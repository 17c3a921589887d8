"""Days and moments as the office counts them: Beijing time, whatever the server's clock zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateparse import parse_date

BEIJING = ZoneInfo("Asia/Shanghai")
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def to_local(moment: datetime) -> datetime:
    """`moment` on Beijing's clock. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a naive moment has no place on a clock")
    return moment.astimezone(BEIJING)


def business_day(now: datetime | None = None) -> date:
    """The day that is running in Beijing at `now` (default: this moment)."""
    return to_local(now or timezone.now()).date()


TOO_FAR = "日期在一年以后，请核对年份。"
TOO_LONG_AGO = "日期在二十年以前，请核对年份。"


def latest_day(today: date) -> date:
    """The last day that plans may name: what lies beyond is a slip of the pen."""
    return today + timedelta(days=366)


def earliest_day(today: date) -> date:
    """The first day that standing ties, such as 双报到, may have begun on."""
    return today - timedelta(days=20 * 366)


def parsed_day(text: str) -> date | None:
    """The day that `text` names as 2021-08-05; None when it names none, or none of our century:
    beside the first and the last of all days a page would look for days there are not."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day is not None and 2000 <= day.year < 2100 else None


def moment_on(day: date, at: time) -> datetime:
    """The moment `at` o'clock on `day` in Beijing."""
    return datetime.combine(day, at, BEIJING)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Midnight and the next midnight: `start <= moment < end` is on `day`."""
    start = moment_on(day, time.min)
    return start, start + timedelta(days=1)


def nth_day(day: date, *, since: date) -> int:
    """Which day of an emergency `day` is; the first day is 1."""
    return (day - since).days + 1


def weekday(day: date) -> str:
    return WEEKDAYS[day.weekday()]
