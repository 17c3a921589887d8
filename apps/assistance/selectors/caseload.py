"""Reads for the pages: what was done for whom, who may own a case, who may be one and the same."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber

from apps.accounts.models import User
from apps.campaigns.models import Campaign
from apps.core.crypto import blind_indexes
from apps.units.enums import UNIT_ROLES, Role
from apps.units.models import Posting, Unit
from apps.units.permissions import grants

from ..enums import LIVE_CASES, CaseState
from ..models import AssistanceAction, AssistanceCase, Beneficiary
from ..personal import plain_name, plain_phone

CLOSED_SHOWN = dt.timedelta(days=7)
"""How long a closed case stays on the board."""


def with_help(rows: QuerySet[Any], *, campaign: Campaign | None) -> QuerySet[Any]:
    """Adds `acts` and `last_on` of the campaign and `live_cases` of any to beneficiaries."""
    acts = AssistanceAction.objects.filter(beneficiary=OuterRef("pk"), campaign=campaign)
    of_one = acts.order_by().values("beneficiary")
    cases = AssistanceCase.objects.filter(beneficiary=OuterRef("pk"), state__in=LIVE_CASES)
    live = cases.order_by().values("beneficiary").annotate(n=Count("pk")).values("n")
    return rows.annotate(
        acts=Coalesce(
            Subquery(of_one.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0
        ),
        last_on=Subquery(of_one.annotate(on_=Max("on")).values("on_")),
        live_cases=Coalesce(Subquery(live, output_field=IntegerField()), 0),
    )


def suspects(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those not yet folded with the phone, or the name and the community, of another one."""
    others = Beneficiary.objects.counted().exclude(pk=OuterRef("pk"))
    same_phone = others.filter(phone_index=OuterRef("phone_index")).exclude(phone_index="")
    same_name = others.filter(
        name_index=OuterRef("name_index"), community=OuterRef("community")
    ).exclude(name_index="")
    return rows.filter(Exists(same_phone) | Exists(same_name), duplicate_of=None)


def alike(row: Beneficiary) -> QuerySet[Beneficiary]:
    """Those not folded yet whose phone, or name and community, are those of `row`."""
    same = Q(pk__in=[])
    if row.phone_index:
        same |= Q(phone_index=row.phone_index)
    if row.name_index:
        same |= Q(name_index=row.name_index, community=row.community_id)
    found: QuerySet[Beneficiary] = Beneficiary.objects.counted().filter(same).exclude(pk=row.pk)
    return found


def same_person(
    *, name: str = "", phone: str = "", community: int | None = None
) -> QuerySet[Beneficiary]:
    """Registrations with that phone, or that name (in `community` when given), whole and exact."""
    names = blind_indexes(plain_name(name), column="name_sealed") if plain_name(name) else []
    phones = blind_indexes(plain_phone(phone), column="phone_sealed") if plain_phone(phone) else []
    named = Q(name_index__in=names)
    if community is not None:
        named &= Q(community=community)
    found: QuerySet[Beneficiary] = Beneficiary.objects.filter(Q(phone_index__in=phones) | named)
    return found.select_related("community", "unit").order_by("pk")


def owners_for(unit: Unit, *, on: dt.date) -> QuerySet[User]:
    """Who may be given a case of `unit` on `on`: the unit's own people and the caseworkers."""
    posted = Posting.objects.on(on).filter(
        Q(unit=unit, role__in=UNIT_ROLES) | Q(role__in=[Role.CASEWORKER, Role.STAFF])
    )
    return User.objects.filter(pk__in=posted.values("user"), is_active=True).order_by("username")


def verifiers(case: AssistanceCase, *, on: dt.date) -> list[int]:
    """Who may verify the answered `case` on `on`: whoever may verify, but not who answered it."""
    posted = Posting.objects.on(on).filter(
        role__in=grants()["assistance.verify_case"], user__is_active=True
    )
    others = posted.exclude(user=case.answered_by_id)
    return list(others.order_by("user").values_list("user", flat=True).distinct())


@dataclass(frozen=True)
class Lane:
    """One state of the board: all its cases counted, the first of them shown."""

    state: CaseState
    count: int
    late: int
    cases: list[AssistanceCase]

    @property
    def more(self) -> int:
        return self.count - len(self.cases)


def lanes(
    rows: QuerySet[AssistanceCase], *, on: dt.date, now: dt.datetime, most: int
) -> list[Lane]:
    """The board of `rows`, the most pressing first; two queries. Closed ones stay a week."""
    shown = rows.filter(Q(state__in=LIVE_CASES) | Q(closed_at__gte=now - CLOSED_SHOWN))
    counts = {
        state: (count, late)
        for state, count, late in shown.order_by()
        .values_list("state")
        .annotate(
            count=Count("pk"), late=Count("pk", filter=Q(due_on__lt=on, state__in=LIVE_CASES))
        )
    }
    place = Window(
        RowNumber(), partition_by=F("state"), order_by=[F("due_on").asc(), F("pk").asc()]
    )
    found: dict[str, list[AssistanceCase]] = {}
    first = shown.annotate(place=place).filter(place__lte=most)
    for case in first.select_related("beneficiary__community", "unit", "owner").order_by(
        "due_on", "pk"
    ):
        found.setdefault(case.state, []).append(case)
    return [
        Lane(state, *counts.get(state, (0, 0)), found.get(state, []))
        for state in CaseState
        if state != CaseState.CANCELLED
    ]
