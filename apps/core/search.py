"""One box over everything a person may see: each list lends its own search.

A source is a list's filter set: what the box finds is what `?q=` finds on that list, in the same
scope. Apps register theirs in `AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from .permissions import Permission, allowed

if TYPE_CHECKING:
    from django.http import HttpRequest

    from .filters import PortalFilterSet

MOST = 8
"""Rows of one kind on the page; the list itself has the rest."""
SHORTEST = 2
"""Characters that are worth asking for: Chinese names may have no more."""


@dataclass(frozen=True)
class SearchSource:
    """`note(row)` says in a word where a row belongs; `related` are the links it reads.

    `within` is the link of a row to what its list is bound to, one at a time: named by its code in
    the address, under the same name.
    """

    label: str
    permission: Permission
    filterset: type[PortalFilterSet]
    list_url: str
    note: Callable[[Any], str] = lambda _row: ""
    related: Sequence[str] = ()
    order: int = 100
    within: str = ""


@dataclass(frozen=True)
class Hit:
    title: str
    url: str
    note: str


@dataclass(frozen=True)
class Found:
    """What one source found; `more` are the lists with all of it when there is more, by their names."""

    label: str
    hits: list[Hit] = field(default_factory=list)
    more: list[tuple[str, str]] = field(default_factory=list)


_sources: list[SearchSource] = []


def register_search(*sources: SearchSource) -> None:
    """Registering again changes nothing."""
    known = {source.label for source in _sources}
    _sources.extend(source for source in sources if source.label not in known)


def search(request: HttpRequest, text: str) -> list[Found]:
    """What `request.user` may see that answers to `text`, by kind; one query a kind, and one more
    where there are several lists with the rest."""
    sources = sorted(_sources, key=lambda source: source.order)
    found = [
        _found(source, request, text)
        for source in sources
        if allowed(request.user, source.permission)
    ]
    return [kind for kind in found if kind.hits]


def _found(source: SearchSource, request: HttpRequest, text: str) -> Found:
    model: Any = source.filterset._meta.model
    rows = model._default_manager.visible_to(request.user)
    asked = source.filterset({"q": text}, queryset=rows, request=request).qs
    # select_related() without names would follow every link, so it is only asked for some.
    related = asked.select_related(*source.related) if source.related else asked
    page = list(related[: MOST + 1])
    return Found(
        label=source.label,
        hits=[Hit(str(row), row.get_absolute_url(), source.note(row)) for row in page[:MOST]],
        more=_lists(source, asked, text) if len(page) > MOST else [],
    )


def _lists(source: SearchSource, asked: Any, text: str) -> list[tuple[str, str]]:
    """Where all that was `asked` stands: one list, or one for each that lists are bound to."""

    def url(**bound: str) -> str:
        return f"{reverse(source.list_url)}?{urlencode({**bound, 'q': text})}"

    if not source.within:
        return [("查看全部", url())]
    name = source.within
    counted = asked.order_by(name).values_list(f"{name}__code", f"{name}__name")
    return [
        (f"{label} {count} 条", url(**{name: code}))
        for code, label, count in counted.annotate(n=Count("pk"))
    ]
