"""The whole of one sealed field of one person, for a reason that goes on record.

The number never stands on a page of its own accord: each look is a POST, names why, and is kept
with who looked at whom. Data stewards never look.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from apps.accounts.enums import SecurityEventKind
from apps.accounts.models import SecurityEvent
from apps.accounts.services import record_event
from apps.core.errors import DomainError
from apps.core.views import portal_action

from .models import Member

PERMISSION = "units.reveal_member"
FIELDS = {"phone": "手机"}
LIMIT_PER_HOUR = 30


class RevealRefusedError(DomainError):
    """No reason was given, or this person has looked at too many already."""


class RevealForm(forms.Form):
    reason = forms.CharField(
        label="查看事由",
        min_length=2,
        max_length=60,
        error_messages={"required": "请填写查看事由。", "min_length": "请把查看事由写清楚。"},
    )


@never_cache
@portal_action(PERMISSION)
def reveal_member(request: HttpRequest, pk: int, field: str) -> HttpResponse:
    """Answer with the one field asked for; a part of the page for htmx, else a page."""
    if field not in FIELDS:
        raise Http404
    member = get_object_or_404(Member.objects.visible_to(request.user), pk=pk)
    form = RevealForm(request.POST)
    if not form.is_valid():
        raise RevealRefusedError(str(form.errors["reason"][0]), field="reason")
    value = reveal(member, field, reason=form.cleaned_data["reason"], request=request)
    context = {"label": FIELDS[field], "value": value, "member": member, "title": "查看联系电话"}
    part = request.headers.get("HX-Request")
    return render(request, f"units/{'_revealed' if part else 'revealed'}.html", context)


def reveal(member: Member, field: str, *, reason: str, request: HttpRequest) -> str:
    """The plain value of a sealed `field`, once the look is on record.

    Raises PermissionDenied unless a posting of the user reaches the member's unit of today, and
    RevealRefusedError beyond the hour's limit.
    """
    user: Any = request.user
    if not user.has_perm(PERMISSION, member):
        raise PermissionDenied
    if looks_of_the_hour(user.get_username()) >= LIMIT_PER_HOUR:
        raise RevealRefusedError(
            f"一小时内已查看 {LIMIT_PER_HOUR} 人的联系电话，请稍后再试；确需批量联系的，请通过单位值班室。"
        )
    record_event(
        SecurityEventKind.REVEAL,
        request=request,
        member=member.member_no,
        field=FIELDS[field],
        reason=reason,
    )
    value: str = getattr(member, field)
    return value


def looks_of_the_hour(username: str) -> int:
    since = timezone.now() - dt.timedelta(hours=1)
    return SecurityEvent.objects.filter(
        kind=SecurityEventKind.REVEAL, username=username, at__gte=since
    ).count()
