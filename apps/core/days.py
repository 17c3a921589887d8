"""The day that an address asks a page for."""

import datetime as dt

from django.http import HttpRequest

from .dates import parsed_day
from .errors import DomainError


class NoSuchDayError(DomainError):
    """What the address calls a day is none, or none of those the page has."""

    status = 404


def asked_day(request: HttpRequest) -> dt.date | None:
    """`?on=` or `?day=`; None without either. Raises NoSuchDayError for what is no day."""
    text = request.GET.get("on") or request.GET.get("day") or ""
    day = parsed_day(text)
    if text and day is None:
        raise NoSuchDayError(
            f"网址中的日期“{text[:20]}”无法识别，请写成 2021-08-05 这样的形式，或回到页面上选择日期。"
        )
    return day
