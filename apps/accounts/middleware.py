"""Who asks, under which number, and what of it goes on the security trail."""

import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from apps.core import audit_context

from .enums import SecurityEventKind
from .services import events_kept, record_event

Answer = Callable[[HttpRequest], HttpResponse]

HEADER = "X-Request-ID"
ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{8,40}")
ANONYMOUS = "anonymous"


class AuditContextMiddleware:
    """Every write of the request is recorded under its user and its number.

    The number is the proxy's when it sends a sensible one, and goes back in the answer.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = request_number(request)
        actor = request.user.get_username() or ANONYMOUS
        with audit_context.acting(actor, number), events_kept():
            response = self.get_response(request)
        response[HEADER] = number
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        if isinstance(error, PermissionDenied) and request.user.is_authenticated:
            record_event(SecurityEventKind.DENIED, request=request, method=request.method)


def request_number(request: HttpRequest) -> str:
    given = request.headers.get(HEADER, "")
    return given if ACCEPTABLE.fullmatch(given) else uuid.uuid4().hex


class PasswordChangeMiddleware:
    """Somebody whose password must be changed gets to that page, and to no other."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not getattr(request.user, "must_change_password", False) or self._is_open(request):
            return self.get_response(request)
        address = reverse("password_change")
        if request.headers.get("HX-Request"):
            return HttpResponseClientRedirect(address)
        return HttpResponseRedirect(address)

    def _is_open(self, request: HttpRequest) -> bool:
        pages = (reverse("password_change"), reverse("logout"), reverse(settings.LOGIN_URL))
        return request.path in pages or request.path.startswith(
            f"/{settings.STATIC_URL.strip('/')}/"
        )
