"""A form about one visible row that carries out a service instead of saving the row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from apps.core.editing import carry_values, hold, refuse_overwriting_values
from apps.core.errors import ConflictError

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


class StoredFormView(RowFormView, abstract=True):
    """A form that shows what is stored and changes it: `stored` names the fields whose initial
    values say so, read anew by each request.

    Whoever was second with a form drawn before the first one saved gets 409 with both values.
    """

    stored: Sequence[str]

    def get_form(self, form_class: Any = None) -> Any:
        if self.request.method == "POST":
            hold(self.object)
            self.object = self.get_object()
        form = super().get_form(form_class)
        carry_values(form, self.stored)
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            refuse_overwriting_values(form, self.stored)
        except ConflictError as error:
            form.add_error(None, error.message)
            return self.refused(form, error)
        return super().form_valid(form)
