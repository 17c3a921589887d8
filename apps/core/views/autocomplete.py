"""Choices fetched as one types, for lists too long for a select."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, JsonResponse

from .access import PortalView, visible


class AutocompleteView(PortalView, abstract=True):
    """Answers `?q=` with up to `most` visible rows as JSON: {"results": [{"id", "text"}]}.

    Declare `model`, `search_fields` (paths matched by part) and `permission`.
    """

    model: ClassVar[type[Model]]
    search_fields: Sequence[str] = ()
    ordering: Sequence[str] = ()
    most: int = 20

    def get_queryset(self) -> QuerySet[Any]:
        return visible(self.model, self.request.user)

    def match(self, asked: str) -> Q:
        """What is looked for; override where it is more than a part of a column."""
        match = Q()
        for path in self.search_fields:
            match |= Q(**{f"{path}__icontains": asked})
        return match

    def label(self, row: Any) -> str:
        return str(row)

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> JsonResponse:
        rows, asked = self.get_queryset(), request.GET.get("q", "").strip()
        if asked:
            rows = rows.filter(self.match(asked))
        order = self.ordering or self.model._meta.ordering or ()
        found = rows.order_by(*order, "pk")[: self.most]
        return JsonResponse({"results": [{"id": r.pk, "text": self.label(r)} for r in found]})
