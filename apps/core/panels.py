"""What upper apps add to the lists and records of lower ones, which may not import them.

A unit's record shows its teams and its reports, yet `units` knows neither: `deployments` and
`daily` put a panel there in `AppConfig.ready`. Without them the page simply has fewer tabs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from .links import reachable
from .permissions import Permission, allowed
from .tables import Column, Fact, Row, facts_of
from .views.keyed import KeyedListView
from .views.records import ScopedDetailView, Tab

OWN_ORDER = 50


@dataclass(frozen=True)
class Panel:
    """A tab on the record of `model` ("units.unit"), before the record's own when `order` < 50.

    `build(request, record)` gives the template's context; the default template wants `table`.
    """

    model: str
    key: str
    label: str
    build: Callable[[HttpRequest, Any], dict[str, Any]]
    permission: Permission
    template: str = "includes/_tab_table.html"
    order: int = 100


@dataclass(frozen=True)
class ExtraColumns:
    """Columns on the list of `model`, whose names `annotate(rows, request)` puts on the rows.

    `fields` are read besides, for columns that compute their cell.
    """

    model: str
    columns: Sequence[Column]
    annotate: Callable[[QuerySet[Any], HttpRequest], QuerySet[Any]]
    permission: Permission
    fields: Sequence[str] = ()


@dataclass(frozen=True)
class Card:
    """A section on the record of `model`, over its tabs, or beside them when `is_aside`.

    `build(request, record)` gives what `template` reads as `card`; with None the section is left
    out. It is asked for the whole page only, never when a tab is opened in place.
    """

    model: str
    build: Callable[[HttpRequest, Any], dict[str, Any] | None]
    permission: Permission
    template: str
    is_aside: bool = False
    order: int = 100


@dataclass(frozen=True)
class ShownCard:
    template: str
    content: dict[str, Any]
    is_aside: bool


_panels: list[Panel] = []
_cards: list[Card] = []
_columns: list[ExtraColumns] = []


def register_panel(*panels: Panel) -> None:
    """Registering again changes nothing."""
    _panels.extend(panel for panel in panels if panel not in _panels)


def register_card(*cards: Card) -> None:
    """Registering again changes nothing."""
    _cards.extend(card for card in cards if card not in _cards)


def register_columns(*added: ExtraColumns) -> None:
    """Registering again changes nothing."""
    _columns.extend(one for one in added if one not in _columns)


def panels_for(model: type[Model], user: Any) -> list[Panel]:
    """Panels on records of `model` that `user` may open, in their order."""
    found = (p for p in _panels if p.model == model._meta.label_lower)
    return sorted((p for p in found if allowed(user, p.permission)), key=lambda p: p.order)


def cards_for(record: Model, request: HttpRequest) -> list[ShownCard]:
    """The sections that have something to say of `record` to who asks, in their order."""
    label = type(record)._meta.label_lower
    known = (c for c in _cards if c.model == label and allowed(request.user, c.permission))
    built = [(card, card.build(request, record)) for card in sorted(known, key=lambda c: c.order)]
    return [
        ShownCard(card.template, content, card.is_aside)
        for card, content in built
        if content is not None
    ]


def columns_for(model: type[Model], user: Any) -> list[ExtraColumns]:
    found = (c for c in _columns if c.model == model._meta.label_lower)
    return [one for one in found if allowed(user, one.permission)]


class PanelledDetailView(ScopedDetailView, abstract=True):
    """A record whose tabs and sections upper apps may add to."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cards = cards_for(self.object, self.request)
        return super().get_context_data(
            cards=[card for card in cards if not card.is_aside],
            side_cards=[card for card in cards if card.is_aside],
            **kwargs,
        )

    def get_facts(self) -> Sequence[Fact]:
        return facts_of(self.object, reachable(self.facts, self.request.user))

    def get_tabs(self) -> Sequence[Tab]:
        added = [
            (panel.order, Tab(panel.key, panel.label, panel.template))
            for panel in panels_for(self.model, self.request.user)
        ]
        own = [(OWN_ORDER, tab) for tab in self.tabs]
        return [tab for _, tab in sorted([*own, *added], key=lambda pair: pair[0])]

    def tab_context(self, tab: Tab) -> dict[str, Any]:
        for panel in panels_for(self.model, self.request.user):
            if panel.key == tab.key:
                return panel.build(self.request, self.object)
        return super().tab_context(tab)


class ExtendedListView(KeyedListView, abstract=True):
    """A list upper apps may add columns to; theirs stand before the last `own_tail` of ours."""

    own_tail: int = 0

    def get_columns(self) -> Sequence[Column]:
        added = [c for one in self._added() for c in one.columns]
        own = list(super().get_columns())
        at = len(own) - self.own_tail
        return [*own[:at], *added, *own[at:]]

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        for one in self._added():
            rows = one.annotate(rows, self.request)
        return rows

    def fetch(self, rows: Any) -> Sequence[Row]:
        added = [name for one in self._added() for name in one.fields]
        self.extra_fields = [*type(self).extra_fields, *added]
        return super().fetch(rows)

    def _added(self) -> list[ExtraColumns]:
        return columns_for(self.get_model(), self.request.user)
