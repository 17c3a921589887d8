"""What the desk has waiting for each, asked of the rows themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from apps.campaigns.enums import REPORTING_STATES
from apps.core import formats
from apps.core.boards import Todo
from apps.core.dates import business_day
from apps.core.html import Tone
from apps.core.scope import scope_of
from apps.units.enums import UNIT_ROLES, Role

from .enums import CaseState
from .models import AssistanceCase, Beneficiary
from .selectors.caseload import suspects

NAMED = 5
"""Cases named one by one; the list has them all."""


def _list(campaign: str, **query: str) -> str:
    return f"{reverse('assistance:case_list')}?{urlencode({**query, 'campaign': campaign})}"


def _cases(request: HttpRequest) -> QuerySet[Any]:
    """Cases of campaigns under way that the person sees."""
    rows = AssistanceCase.objects.visible_to(request.user).live()
    return rows.filter(campaign__state__in=REPORTING_STATES)


def desk(request: HttpRequest) -> Iterator[Todo]:
    """The caseworker's: what nobody owns, what is due or late, what waits to be verified."""
    today = business_day()
    counts = (
        _cases(request)
        .order_by("campaign")
        .values("campaign__code", "campaign__name")
        .annotate(
            late=Count("pk", filter=Q(due_on__lt=today)),
            oldest=Min("due_on", filter=Q(due_on__lt=today)),
            due=Count("pk", filter=Q(due_on=today)),
            fresh=Count("pk", filter=Q(state=CaseState.OPEN)),
            answered=Count(
                "pk", filter=Q(state=CaseState.ANSWERED) & ~Q(answered_by=request.user.pk)
            ),
        )
    )
    for row in counts:
        code = row["campaign__code"]
        yield from _counted(row, code, today)


def _counted(row: dict[str, Any], code: str, today: dt.date) -> Iterator[Todo]:
    name = row["campaign__name"]
    since = f"最早{formats.day(row['oldest'])}" if row["oldest"] else ""
    lines: tuple[tuple[str, str, Tone, str, dict[str, str], str], ...] = (
        ("late", "逾期", "red", "项帮扶事项已逾期", {"due": "late"}, since),
        ("due", "今日到期", "yellow", "项帮扶事项今日到期", {"due": "today"}, formats.day(today)),
        ("fresh", "待交办", "yellow", "项帮扶事项待交办", {"state": CaseState.OPEN.value}, ""),
        ("answered", "待核验", "blue", "项帮扶事项待核验", {"state": CaseState.ANSWERED.value}, ""),
    )
    for key, label, tone, words, query, when in lines:
        if row[key]:
            yield Todo(label, tone, f"{name}：{row[key]}{words}", _list(code, **query), when)


def twice(request: HttpRequest) -> Iterator[Todo]:
    """Registrations that may be of one and the same."""
    count = suspects(Beneficiary.objects.visible_to(request.user)).count()
    if count:
        url = f"{reverse('assistance:beneficiary_list')}?twice=maybe"
        yield Todo("疑似重复", "blue", f"{count}个帮扶对象疑似重复登记，请核对", url)


def own_cases(request: HttpRequest) -> Iterator[Todo]:
    """Cases in the hands of the person or of the person's unit that ask for the next step."""
    scope = scope_of(request.user)
    if not scope.roles & (UNIT_ROLES | {Role.CASEWORKER, Role.STAFF}):
        return
    today = business_day()
    mine = Q(owner=request.user.pk) | Q(unit__in=scope.own_units)
    rows = (
        _cases(request)
        .filter(mine, state__in=[CaseState.ASSIGNED, CaseState.UNDERWAY])
        .select_related("beneficiary__community")
        .order_by("due_on", "pk")[:NAMED]
    )
    for case in rows:
        late = case.due_on < today
        urgent: Tone = "yellow" if case.due_on == today else "grey"
        yield Todo(
            label="逾期" if late else str(case.get_state_display()),
            tone="red" if late else urgent,
            text=f"{case.title}（{case.beneficiary.label}）",
            url=case.get_absolute_url(),
            when=f"{formats.day(case.due_on)}前",
        )
