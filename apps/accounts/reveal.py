"""The whole of one sealed field of one row, for a reason that goes on record.

Personal data never stand on a page of their own accord: each look is a POST, names why, and is
kept with who looked at whom. Each desk says once what it keeps sealed and who may look.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from apps.core.errors import DomainError

from .enums import SecurityEventKind
from .models import SecurityEvent
from .services import record_event


class RevealRefusedError(DomainError):
    """No reason was given, or this person has looked at too many already."""


class RevealForm(forms.Form):
    reason = forms.CharField(
        label="查看事由",
        min_length=2,
        max_length=60,
        error_messages={"required": "请填写查看事由。", "min_length": "请把查看事由写清楚。"},
    )


@dataclass(frozen=True)
class Revealable:
    """What rows of one kind keep sealed: labels by attribute, and who may look.

    `mark(row)` names the row in the record, under `key`. `limit` looks an hour; beyond it
    `instead` says what else to do.
    """

    permission: str
    fields: Mapping[str, str]
    key: str
    mark: Callable[[Any], str]
    limit: int
    instead: str = ""

    def show(self, request: HttpRequest, row: Any, field: str) -> HttpResponse:
        """Answer with the one field asked for; a part of the page for htmx, else a page."""
        if field not in self.fields:
            raise Http404
        form = RevealForm(request.POST)
        if not form.is_valid():
            raise RevealRefusedError(str(form.errors["reason"][0]), field="reason")
        value = self.open(row, field, reason=form.cleaned_data["reason"], request=request)
        label = self.fields[field]
        context = {"label": label, "value": value, "row": row, "title": f"查看{label}"}
        context["is_phone"] = field == "phone"
        part = request.headers.get("HX-Request")
        return render(request, f"accounts/{'_revealed' if part else 'revealed'}.html", context)

    def open(self, row: Any, field: str, *, reason: str, request: HttpRequest) -> str:
        """The plain value of a sealed `field`, once the look is on record.

        Raises PermissionDenied unless a posting of the user reaches the very row, and
        RevealRefusedError beyond the hour's limit.
        """
        user: Any = request.user
        if not user.has_perm(self.permission, row):
            raise PermissionDenied
        if looks_of_the_hour(user.get_username()) >= self.limit:
            raise RevealRefusedError(
                f"一小时内已查看 {self.limit} 次个人信息，请稍后再试{self.instead}。"
            )
        record_event(
            SecurityEventKind.REVEAL,
            request=request,
            **{self.key: self.mark(row), "field": self.fields[field], "reason": reason},
        )
        value: str = getattr(row, field)
        return value


def looks_of_the_hour(username: str) -> int:
    since = timezone.now() - dt.timedelta(hours=1)
    return SecurityEvent.objects.filter(
        kind=SecurityEventKind.REVEAL, username=username, at__gte=since
    ).count()
