"""Numbered pages over long lists, without counting further than anybody reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

LIMIT = 10_000


class WindowPage(Page[Any]):
    """A page that knows which page numbers to offer around itself."""

    @property
    def window(self) -> Iterator[str | int]:
        return self.paginator.get_elided_page_range(self.number, on_each_side=2, on_ends=1)


class CappedPaginator(Paginator[Any]):
    """Counts at most LIMIT + 1 rows; pages end at LIMIT, the reader is asked to narrow down."""

    @cached_property
    def found(self) -> int:
        rows = self.object_list
        if isinstance(rows, QuerySet):
            return rows.order_by().values("pk")[: LIMIT + 1].count()
        return len(rows)

    @cached_property
    def count(self) -> int:
        return min(self.found, LIMIT)

    @property
    def capped(self) -> bool:
        return self.found > LIMIT

    @property
    def total(self) -> str:
        """The count as written: 179, or 10,000+."""
        return f"{LIMIT:,}+" if self.capped else f"{self.found:,}"

    def _get_page(self, *args: Any, **kwargs: Any) -> WindowPage:
        return WindowPage(*args, **kwargs)
