"""The record: state and next actions, facts, tabs, timeline of one row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import patch_vary_headers
from django.views.generic.detail import SingleObjectMixin

from apps.core.html import Tag
from apps.core.tables import Column, Event, Fact, facts_of

from .access import PortalView, visible


class ScopedObjectMixin(SingleObjectMixin[Any]):
    """Looks one row up among those the user may see; anybody else's is 404."""

    model: type[Model]
    queryset: QuerySet[Any] | None = None
    request: HttpRequest

    def get_queryset(self) -> QuerySet[Any]:
        return visible(
            self.queryset if self.queryset is not None else self.model, self.request.user
        )


@dataclass(frozen=True)
class Tab:
    """One tab of a record; `tab_<key>(self)` of the view gives its context when it is opened."""

    key: str
    label: str
    template: str = "includes/_tab_table.html"


class ScopedDetailView(PortalView, ScopedObjectMixin, abstract=True):
    """The page of one row. Declare `model`, `facts` (columns), and what it has of the rest."""

    facts: Sequence[Column] = ()
    tabs: Sequence[Tab] = ()
    template_name: str = "pages/record.html"

    def get_title(self) -> str:
        return self.title or str(self.object)

    def get_state(self) -> Tag | None:
        """The state shown beside the title."""
        return None

    def get_facts(self) -> Sequence[Fact]:
        return facts_of(self.object, self.facts)

    def get_timeline(self) -> Sequence[Event]:
        return ()

    def get_tabs(self) -> Sequence[Tab]:
        return self.tabs

    def get(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        tab = self.open_tab()
        part = tab is not None and request.headers.get("HX-Target") == "tab"
        context = self.get_context_data(**kwargs) if not part else {"title": self.get_title()}
        if tab is not None:
            context |= {"tab": tab, "tabs": self.get_tabs(), **self.tab_context(tab)}
        template = "includes/_tabs.html" if part else self.template_name
        response = TemplateResponse(request, template, context)
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        return response

    def open_tab(self) -> Tab | None:
        """The tab asked for, else the first."""
        tabs, asked = self.get_tabs(), self.request.GET.get("tab", "")
        return next((tab for tab in tabs if tab.key == asked), tabs[0] if tabs else None)

    def tab_context(self, tab: Tab) -> dict[str, Any]:
        """What the open tab's template needs."""
        return getattr(self, f"tab_{tab.key}")()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            state=self.get_state(),
            facts=self.get_facts(),
            timeline=self.get_timeline(),
            tabs=(),
            **kwargs,
        )
