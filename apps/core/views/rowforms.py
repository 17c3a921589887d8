"""A form about one visible row that carries out a service instead of saving the row."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase

from .edit import ScopedFormView, check_object
from .records import ScopedObjectMixin


class RowFormView(ScopedObjectMixin, ScopedFormView, abstract=True):
    """`self.object` is the row; the posting must grant `permission` over that very row.

    Declare `model` and `form_class`; write `perform(form)`, which answers the row (or
    another with a page): that page opens afterwards.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.object = self.get_object()
            check_object(request, self.permission, self.object)
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return str(self.object.get_absolute_url())
