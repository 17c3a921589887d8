"""What stands of visits, in the words of their table."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    Func,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat

from apps.communities.sheets import place_of

from .models import Finding, Visit, VisitResult
from .visits_cells import NOWHERE
from .visits_enums import Verdict

ONE_LINE = Func(F("text"), Value(r"\s*\n\s*"), Value(" "), Value("g"), function="regexp_replace")
FINDING = Concat(
    Case(When(item=None, then=Value("")), default=Concat("item__name", Value("："))),
    ONE_LINE,
    output_field=CharField(),
)


def spelled(rows: QuerySet[Any]) -> QuerySet[Any]:
    """`rows` with the community's name and number, the turn among visits of one place and day,
    what was fine, and what the unit was told, a line each."""
    number = Coalesce("community_id", 0)
    same = {name: OuterRef(name) for name in ("campaign", "unit", "on", "community_number")}
    earlier = (
        Visit.objects.annotate(community_number=number)
        .filter(**same, pk__lt=OuterRef("pk"))
        .order_by()
        .values("unit")
        .annotate(n=Count("pk"))
        .values("n")
    )
    fine = VisitResult.objects.filter(visit=OuterRef("pk"), verdict=Verdict.OK)
    found = Finding.objects.filter(visit=OuterRef("pk"))
    nowhere = When(community=None, then=Value(NOWHERE))
    return rows.annotate(
        community_number=number,
        community_spelled=Case(nowhere, default=place_of("community")),
        turn=Coalesce(Subquery(earlier, output_field=IntegerField()), 0) + 1,
        fine=_joined(fine, "item__name", "、", "item__sort_order"),
        told=_joined(found, FINDING, "\n", "pk"),
    )


def _joined(rows: QuerySet[Any], text: Any, mark: str, order: str) -> Coalesce:
    texts = rows.order_by().values("visit").annotate(s=StringAgg(text, mark, order_by=order))
    return Coalesce(Subquery(texts.values("s")), Value(""), output_field=TextField())
