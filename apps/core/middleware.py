"""Turns a refusal of the domain into an answer, after the request's transaction is undone."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from .errors import DomainError
from .views.refusals import refuse


class DomainErrorMiddleware:
    """The one place where a DomainError that left a view becomes a sentence for people."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return refuse(request, error) if isinstance(error, DomainError) else None
