"""What upper apps make of a measure that was laid or lifted: where its page leads next."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

from .models import AreaStatus

Consequence = Callable[[HttpRequest, AreaStatus], str]

_known: list[Consequence] = []


def register_consequence(ask: Consequence) -> None:
    """`ask(request, status)` answers the page to look at next, or "". Again changes nothing."""
    if ask not in _known:
        _known.append(ask)


def next_page(request: HttpRequest, status: AreaStatus) -> str:
    """The first page that has something to decide after `status` changed; empty without one."""
    return next((url for url in (ask(request, status) for ask in _known) if url), "")
