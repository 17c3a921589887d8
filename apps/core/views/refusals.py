"""How a refusal reaches the person: on the page, or as a toast over a page fetched in part."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import reswap, trigger_client_event

from apps.core.errors import DomainError


def toast(response: HttpResponse, text: str, tone: str = "green") -> HttpResponse:
    """Let a partial answer also show `text` in the corner."""
    return trigger_client_event(response, "portal:toast", {"text": text, "tone": tone})


def refuse(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The answer to a DomainError nobody caught: its sentence, its status, the way back."""
    if request.headers.get("HX-Request"):
        return reswap(toast(HttpResponse(status=error.status), error.message, "red"), "none")
    context = {"title": "未能办理", "error": error, "back": back_address(request)}
    return render(request, "pages/refused.html", context, status=error.status)


def back_address(request: HttpRequest) -> str:
    """The page the person came from when it is ours, else home."""
    came_from = request.headers.get("Referer", "")
    if came_from and url_has_allowed_host_and_scheme(came_from, {request.get_host()}):
        parts = urlsplit(came_from)
        if parts.path != request.path:
            return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return "/"


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """config.urls.handler400; Django's own draws its page without a request."""
    return render(request, "400.html", status=400)


def csrf_failed(request: HttpRequest, **_why: Any) -> HttpResponse:
    """settings.CSRF_FAILURE_VIEW: the form was too old or came from elsewhere."""
    return render(request, "403_csrf.html", {"back": back_address(request)}, status=403)
