"""The hours of the day on which the world is loaded.

What the world tells of its today lies before ten in the morning. Loaded earlier than that, those
hours are drawn together into the part of the day that has passed, in their order, so that nothing
told lies ahead. Rows that are copied are drawn by `Copier`; whoever calls a service asks here.
"""

import datetime as dt
from functools import cache
from typing import Any

from django.utils import timezone

from apps.core import dates

TOLD_BY = dt.timedelta(hours=10)


@cache
def loading_since() -> dt.datetime:
    """When this load began: one moment for all of it. A new load clears it first."""
    return timezone.now()


def is_early() -> bool:
    """Whether the morning that the world tells of still lies ahead, in part."""
    return _passed() < TOLD_BY


def moment_on(day: dt.date, at: dt.time) -> dt.datetime:
    """The moment of `dates.moment_on`, drawn into what has passed of today."""
    moment: dt.datetime = drawn(dates.moment_on(day, at))
    return moment


def drawn(value: Any) -> Any:
    """A moment of this morning, drawn into what has passed of it; anything else as it is."""
    if not isinstance(value, dt.datetime):
        return value
    into = value - _midnight()
    if not dt.timedelta(0) <= into < TOLD_BY or not is_early():
        return value
    return _midnight() + into * (_passed() / TOLD_BY)


def before(at: dt.datetime, took: dt.timedelta) -> dt.datetime:
    """The moment that, once drawn, lies `took` before `at`: a minute of work stays a minute."""
    began: dt.datetime = drawn(at) - took
    if began == at - took or began < _midnight():
        return began
    return _midnight() + (began - _midnight()) * (TOLD_BY / _passed())


def _midnight() -> dt.datetime:
    start, _ = dates.day_bounds(dates.business_day(loading_since()))
    return start


def _passed() -> dt.timedelta:
    return loading_since() - _midnight()
