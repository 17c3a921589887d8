"""常用筛选: what one person looks for again and again, kept beside the list it narrows."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from apps.core.exporting import list_at
from apps.core.permissions import AUTHENTICATED
from apps.core.tools import ListTool
from apps.core.views import portal_action, toast
from apps.core.views.lists import ScopedListView

from .models import SavedFilter
from .services import MOST_FILTERS, FilterRefusedError, rename_filter, save_filter

# Where one happens to stand in a list is nothing to keep.
PASSING = ("page",)
TEMPLATE = "accounts/_saved_filters.html"


def kept_query(query: QueryDict) -> str:
    """What of an address narrows and orders a list, in the order of its names."""
    left = QueryDict(mutable=True)
    for name in sorted(query):
        values = [value for value in query.getlist(name) if value]
        if values and name not in PASSING:
            left.setlist(name, values)
    return left.urlencode()


def tool_of(view: ScopedListView) -> dict[str, Any]:
    """The names kept for this list; one query."""
    request = view.request
    return _content(request.user, request.path, kept_query(request.GET))


def _content(user: Any, path: str, query: str, *, is_open: bool = False) -> dict[str, Any]:
    kept = list(SavedFilter.objects.visible_to(user).filter(path=path))
    return {
        "kept": kept,
        "path": path,
        "query": query,
        "current": next((row for row in kept if query and row.query == query), None),
        "is_full": len(kept) >= MOST_FILTERS,
        "is_open": is_open,
    }


SAVED_FILTERS = ListTool("saved_filters", TEMPLATE, tool_of, order=10)


@portal_action(AUTHENTICATED)
def save(request: HttpRequest) -> HttpResponse:
    path = request.POST.get("path", "").partition("?")[0]
    query = request.POST.get("query", "")
    # Only a list one may open has filters to keep.
    list_at(path, request.user)
    kept = kept_query(QueryDict(query))
    if not kept:
        raise FilterRefusedError("还没有设筛选条件。")
    actor: Any = request.user
    row = save_filter(actor, path=path, query=kept, name=request.POST.get("name", ""))
    return _answer(request, row, f"已保存常用筛选“{row.name}”。")


@portal_action(AUTHENTICATED)
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(SavedFilter.objects.visible_to(request.user), pk=pk)
    rename_filter(row, name=request.POST.get("name", ""))
    return _answer(request, row, "已改名。")


@portal_action(AUTHENTICATED)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(SavedFilter.objects.visible_to(request.user), pk=pk)
    row.delete()
    return _answer(request, row, f"已删除常用筛选“{row.name}”。")


def _answer(request: HttpRequest, row: SavedFilter, done: str) -> HttpResponse:
    """The list of names anew, or the page the person was on."""
    query = kept_query(QueryDict(request.POST.get("query", "")))
    if request.headers.get("HX-Request"):
        content = _content(request.user, row.path, query, is_open=True)
        return toast(TemplateResponse(request, TEMPLATE, {"tool": content}), done)
    messages.success(request, done)
    return redirect(f"{row.path}?{query}")
