"""A list without its page: rebuilt from an address for one person, its rows in pieces.

What leaves as a file is what the page shows: the same view is asked, with the same filters, the
same order and the same scope. Who offers the file stands above core.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, QueryDict
from django.urls import resolve

from .permissions import allowed
from .views.lists import ScopedListView


def list_at(address: str, user: Any, *, campaign: str = "") -> ScopedListView:
    """The list at `address` (path and query) as `user` may see it now.

    `campaign` is the code of the campaign in hand when it was asked for, where the address names
    none. Raises Http404 where no list stands and PermissionDenied where the user may not enter.
    """
    path, _, query = address.partition("?")
    match = resolve(path)
    kind = getattr(match.func, "view_class", None)
    if not (isinstance(kind, type) and issubclass(kind, ScopedListView)):
        raise Http404
    if not allowed(user, kind.permission):
        raise PermissionDenied
    request: Any = HttpRequest()
    request.method = "GET"
    request.path = request.path_info = path
    request.META["QUERY_STRING"] = query
    request.GET = QueryDict(query)
    request.user = user
    # Where a page keeps the campaign in hand; nothing of the person's own session is needed.
    request.session = {"campaign": campaign}
    request.resolver_match = match
    view = kind(**getattr(match.func, "view_initkwargs", {}))
    view.setup(request, *match.args, **match.kwargs)
    return view
