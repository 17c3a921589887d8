"""Reads about sheets that both sides sign: how each stands for whoever looks, and what differs."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)

from apps.campaigns.models import Campaign

from .models import Need, SigningLine, SigningSheet
from .signing_enums import Standing


def lines_for(user: Any) -> QuerySet[Any]:
    """The lines `user` may see, with what the unit says now."""
    rows: Any = SigningLine.objects.visible_to(user)
    found: QuerySet[Any] = rows.live().with_entry()
    return found


def with_standing(
    sheets: QuerySet[SigningSheet], *, user: Any, now: dt.datetime
) -> QuerySet[SigningSheet]:
    """Adds `standing`, as the lines say that `user` sees."""
    of_sheet = lines_for(user).filter(sheet=OuterRef("pk"))
    differing: Any = SigningLine.objects.visible_to(user)
    differing = differing.live().differing().filter(sheet=OuterRef("pk"))
    standing = Case(
        When(confirmed_at=None, expires_at__lte=now, then=Value(Standing.EXPIRED)),
        When(confirmed_at=None, then=Value(Standing.OPEN)),
        When(Exists(differing), then=Value(Standing.DIFFERS)),
        When(Exists(of_sheet.filter(present=None)), then=Value(Standing.WAITING)),
        When(Exists(of_sheet.filter(settled_at__isnull=False)), then=Value(Standing.SETTLED)),
        default=Value(Standing.AGREED),
        output_field=CharField(),
    )
    return sheets.annotate(standing=standing)


def with_numbers(sheets: QuerySet[SigningSheet], *, user: Any) -> QuerySet[SigningSheet]:
    """Adds `claimed` (what the units say), `said` (what the community says) and `difference`,
    community − unit over the lines on which both speak; None where nobody does."""
    lines = lines_for(user).filter(sheet=OuterRef("pk")).order_by().values("sheet")

    def total(expression: Any) -> Subquery:
        found = lines.annotate(n=Sum(expression)).values("n")
        return Subquery(found, output_field=IntegerField())

    return sheets.annotate(
        claimed=total("present"),
        said=total("heads"),
        difference=total(F("heads") - F("present")),
    )


@dataclass(frozen=True)
class Counts:
    """The sheets of a day in numbers; heads are those of lines on which both sides speak."""

    sheets: int
    confirmed: int
    differing: int
    claimed: int
    said: int


def counts_of(campaign: Campaign | None, *, on: dt.date, user: Any, now: dt.datetime) -> Counts:
    """What the head of the list says; two queries."""
    rows: Any = SigningSheet.objects.visible_to(user).filter(campaign=campaign, on=on)
    sheets = with_standing(rows, user=user, now=now).aggregate(
        sheets=Count("pk"),
        confirmed=Count("pk", filter=Q(confirmed_at__isnull=False)),
        differing=Count("pk", filter=Q(standing=Standing.DIFFERS)),
    )
    both = lines_for(user).filter(
        sheet__campaign=campaign, sheet__on=on, heads__isnull=False, present__isnull=False
    )
    heads = both.aggregate(claimed=Sum("present", default=0), said=Sum("heads", default=0))
    return Counts(**sheets, **heads)


def units_of_sheets(sheets: Collection[int], *, user: Any) -> dict[int, list[str]]:
    """Short names of the units on each sheet in official order, each once. One query."""
    rows = lines_for(user).filter(sheet__in=sheets)
    names: dict[int, list[str]] = defaultdict(list)
    pairs = rows.order_by("deployment__unit__sort_order", "pk")
    for sheet, name in pairs.values_list("sheet", "deployment__unit__short_name"):
        if name not in names[sheet]:
            names[sheet].append(name)
    return names


def differences_by_day(
    campaigns: Collection[Campaign], *, user: Any
) -> list[tuple[int, dt.date, int]]:
    """(campaign, day, lines that differ and wait), the latest day first. One query."""
    rows: Any = SigningLine.objects.visible_to(user).filter(sheet__campaign__in=campaigns)
    found = rows.live().differing().order_by()
    counted = found.values("sheet__campaign", "sheet__on").annotate(n=Count("pk"))
    pairs = counted.order_by("-sheet__on").values_list("sheet__campaign", "sheet__on", "n")
    return list(pairs)


def signatures_of(need: Need) -> QuerySet[Any, Any]:
    """(day, moment, heads) of what the community signed for those sent for `need`, latest first."""
    lines = SigningLine.objects.filter(deployment__need=need, heads__isnull=False).order_by()
    counted = lines.values("sheet__on", "sheet__confirmed_at").annotate(n=Sum("heads"))
    return counted.order_by("-sheet__on").values_list("sheet__on", "sheet__confirmed_at", "n")


def with_word(rows: QuerySet[Any], *, deployment: str, on: Any) -> QuerySet[Any]:
    """Adds `said`, what the community confirmed on `on`, and `is_disputed`, to deployments or to
    their days.

    `deployment` names the deployment of a row ("pk" or "deployment"); `on` is a day or an OuterRef.
    """
    of_row = Q(deployment=OuterRef(deployment), sheet__on=on)
    lines = SigningLine.objects.filter(of_row).order_by()
    return rows.annotate(
        said=Subquery(lines.values("heads")[:1]),
        is_disputed=Exists(SigningLine.objects.differing().filter(of_row)),
    )
