"""The list: one row of filters, a dense table, numbered pages; one address, whole or in part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured
from django.db.models import F, Lookup, Model, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import patch_vary_headers

from apps.core.filters import PortalFilterSet
from apps.core.paging import CappedPaginator
from apps.core.tables import Column, Row, Table
from apps.core.tools import tools_for

from .access import PortalView, visible
from .actions import BulkAction


class Among(Lookup[bool]):
    """`column = ANY(array)`: thousands of keys as one parameter, of which the planner knows how many
    they are. Each as a parameter of its own takes longer to read than the rows."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::bigint[])", (*params, list(self.rhs))


def among(keys: Sequence[Any], *, path: str = "pk") -> Among:
    """For `filter`: the rows of these keys, or with these at `path`."""
    return Among(F(path), keys)


class ScopedListView(PortalView, abstract=True):
    """A page of rows the user may see.

    Declare `model` (or `queryset`), `columns`, and usually `filterset_class` and `ordering`.
    Rows are dicts by `.values()` of the columns' names plus `extra_fields`; set `as_objects` when
    a column needs the model itself. `row_template` draws buttons at the right end from `row`.
    The number of queries does not depend on the number of rows.
    """

    model: ClassVar[type[Model]]
    queryset: QuerySet[Any] | None = None
    filterset_class: type[PortalFilterSet] | None = None
    columns: Sequence[Column] = ()
    extra_fields: Sequence[str] = ()
    as_objects: bool = False
    ordering: Sequence[str] = ()
    page_size: int = 50
    row_template: str = ""
    template_name: str = "pages/list.html"
    part_template: str = "includes/_list_body.html"
    empty: str = "这里还没有记录。"
    empty_filtered: str = "没有符合条件的记录，请放宽筛选条件。"
    measure: str = "条"

    def get_title(self) -> str:
        return self.title or str(self.get_model()._meta.verbose_name)

    def get_model(self) -> type[Model]:
        if self.queryset is not None:
            return self.queryset.model
        if not hasattr(self, "model"):
            raise ImproperlyConfigured(f"{type(self).__name__} declares neither model nor queryset")
        return self.model

    def get_columns(self) -> Sequence[Column]:
        return self.columns

    def get_bulk_actions(self) -> Sequence[BulkAction]:
        return ()

    def get_sums(self) -> Sequence[str]:
        """Names of columns that are added up over all pages, for an address that asks for a day."""
        return ()

    def get_queryset(self) -> QuerySet[Any]:
        """Rows before filters; override to annotate, always starting from `super()`."""
        rows = self.queryset.all() if self.queryset is not None else self.get_model()
        return visible(rows, self.request.user)

    def get(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponse:
        context = self.get_context_data(**kwargs)
        part = request.headers.get("HX-Target") == "list" and not request.headers.get(
            "HX-History-Restore-Request"
        )
        template = self.part_template if part else self.template_name
        response = TemplateResponse(request, template, context)
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        filterset, rows = self.filtered(self.get_queryset())
        sort = self.chosen_sort()
        page = CappedPaginator(self.ordered(rows, sort), self.page_size).get_page(
            self.request.GET.get("page")
        )
        bulk = [action for action in self.get_bulk_actions() if action.open_to(self.request.user)]
        chips = filterset.chips() if filterset else []
        table = Table.of(
            self.get_model(),
            self.get_columns(),
            self.fetch(page.object_list),
            caption=self.get_title(),
            row_template=self.row_template,
            selectable=bool(bulk),
            ordering=sort,
            sums=self.summed(rows),
            empty=self.empty_filtered if chips else self.empty,
        )
        return super().get_context_data(
            page=page,
            table=table,
            filterset=filterset,
            chips=chips,
            bulk_actions=bulk,
            measure=self.measure,
            sort=sort,
            tools=tools_for(self),
            **kwargs,
        )

    def summed(self, rows: QuerySet[Any]) -> dict[str, Any] | None:
        """The sums of `get_sums` over `rows`: one query, or none."""
        names = self.get_sums()
        if not names:
            return None
        sums = rows.order_by().aggregate(**{f"sum_{name}": Sum(name) for name in names})
        return {name: sums[f"sum_{name}"] for name in names}

    def found(self) -> tuple[PortalFilterSet | None, QuerySet[Any]]:
        """The filters of the address, and all rows they leave, in the order it asks for."""
        filterset, rows = self.filtered(self.get_queryset())
        return filterset, self.ordered(rows, self.chosen_sort())

    def pieces(self, rows: QuerySet[Any], size: int) -> Iterator[Sequence[Row]]:
        """`rows` of `found`, each as the page shows it, `size` at a time: in constant memory.

        Rows that go while this runs are left out.
        """
        for keys in self.key_pieces(rows, size):
            yield self.fetch(rows.filter(among(keys)))

    def key_pieces(self, rows: QuerySet[Any], size: int) -> Iterator[list[Any]]:
        """The keys of `rows` in their order, by a cursor of the server."""
        keys = rows.values_list("pk", flat=True).iterator(chunk_size=size)
        while piece := list(islice(keys, size)):
            yield piece

    def filtered(self, rows: QuerySet[Any]) -> tuple[PortalFilterSet | None, QuerySet[Any]]:
        if self.filterset_class is None:
            return None, rows
        filterset = self.filterset_class(self.request.GET, queryset=rows, request=self.request)
        return filterset, filterset.qs

    def chosen_sort(self) -> str:
        """`sort` of the address when it names a sortable column, else nothing."""
        asked = self.request.GET.get("sort", "")
        known = {column.name for column in self.get_columns() if column.order}
        return asked if asked.removeprefix("-") in known else ""

    def ordered(self, rows: QuerySet[Any], sort: str) -> QuerySet[Any]:
        """Rows in the chosen order; ties are broken by the key, so pages never overlap."""
        if not sort:
            default = self.ordering or rows.model._meta.ordering or ()
            return rows.order_by(*default, "pk")
        column = next(c for c in self.get_columns() if c.name == sort.removeprefix("-"))
        down = sort.startswith("-")
        key = f"-{column.order}" if down else column.order
        return rows.order_by(key, "-pk" if down else "pk")

    def fetch(self, rows: Any) -> Sequence[Row]:
        """The rows of one page, in one query; override to decorate them in bulk."""
        if self.as_objects or not isinstance(rows, QuerySet):
            return list(rows)
        names = [column.name for column in self.get_columns() if column.value is None]
        names += [c.link_by for c in self.get_columns() if isinstance(c.link, str) and c.link]
        return list(rows.values(*dict.fromkeys(["pk", *names, *self.extra_fields])))
