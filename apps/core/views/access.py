"""The door of every page: who may come in is declared on the view, or the view does not import."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, ClassVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST
from django.views.generic import View
from django_htmx.http import HttpResponseClientRedirect

from apps.core.permissions import PUBLIC, Permission, allowed

from .actions import Action

ViewFunction = Callable[..., HttpResponseBase]


def admit(request: HttpRequest, permission: Permission) -> HttpResponseBase | None:
    """None when `request.user` may come in; the way to the log-in page for strangers.

    Raises PermissionDenied for somebody signed in whom no posting grants `permission`.
    """
    if permission == PUBLIC or allowed(request.user, permission):
        return None
    if request.user.is_authenticated:
        raise PermissionDenied
    answer = redirect_to_login(request.get_full_path())
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(answer.url)
    return answer


class PortalView(View):
    """Base of every class-based page.

    `permission` is mandatory: a name (`units.view_unit`), a tuple of which any one will do, or
    PUBLIC / AUTHENTICATED. Bases without one say so: `class Base(PortalView, abstract=True)`.
    """

    permission: ClassVar[Permission]
    title: str = ""
    subtitle: str = ""

    def __init_subclass__(cls, *, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not abstract and not getattr(cls, "permission", ""):
            raise ImproperlyConfigured(
                f"{cls.__module__}.{cls.__qualname__} declares no permission"
            )

    @classmethod
    def as_view(cls, **initkwargs: Any) -> ViewFunction:
        view = super().as_view(**initkwargs)
        view.permission = cls.permission  # type: ignore[attr-defined]
        return view

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return admit(request, self.permission) or super().dispatch(request, *args, **kwargs)

    def get_title(self) -> str:
        return self.title

    def get_subtitle(self) -> str:
        return self.subtitle

    def get_actions(self) -> Sequence[Action]:
        """Buttons of the page head; those whose permission the user lacks are left out."""
        return ()

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        """(label, address) of the pages above this one."""
        return ()

    def page_context(self) -> dict[str, Any]:
        """What `pages/*.html` need of every page."""
        user = self.request.user
        return {
            "title": self.get_title(),
            "subtitle": self.get_subtitle(),
            "actions": [action for action in self.get_actions() if action.open_to(user)],
            "breadcrumbs": self.get_breadcrumbs(),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        above = super()
        if hasattr(above, "get_context_data"):
            kwargs = above.get_context_data(**kwargs)
        return {**self.page_context(), **kwargs}


def visible(model_or_rows: type[Model] | QuerySet[Any], user: Any) -> QuerySet[Any]:
    """The rows `user` may see. A model without `visible_to` has no scope and is refused.

    Dictionaries open to everybody say so by a `visible_to` that returns all of them.
    """
    rows: Any = model_or_rows
    if not isinstance(rows, QuerySet):
        rows = rows._default_manager.all()
    if not hasattr(rows, "visible_to"):
        raise ImproperlyConfigured(f"{rows.model.__name__}.objects has no visible_to(user)")
    return rows.visible_to(user)


def portal_action(permission: Permission) -> Callable[[ViewFunction], ViewFunction]:
    """A one-button POST: signed in, permitted, CSRF-checked; `permission` stays on the function.

    The view looks its object up with `get_object_or_404(Model.objects.visible_to(user), pk=pk)`,
    calls one service and returns `redirect(...)`. A DomainError becomes a sentence by itself.
    """
    if not permission:
        raise ImproperlyConfigured("portal_action needs a permission")

    def decorate(view: ViewFunction) -> ViewFunction:
        @csrf_protect
        @require_POST
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return admit(request, permission) or view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate
