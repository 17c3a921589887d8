"""Figures of the deployment ledger: what the day's table, its findings and its lock ask for."""

import datetime as dt
from collections.abc import Collection
from dataclasses import astuple, dataclass

from django.db.models import (
    Count,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, Greatest, NullIf

from apps.campaigns.enums import CampaignKind
from apps.campaigns.models import Campaign
from apps.core.dates import day_bounds, moment_on
from apps.core.statements import fetched
from apps.figures.desks import DeskCount, rows_of
from apps.figures.enums import ScopeKind
from apps.figures.keys import KEYS
from apps.figures.rows import FigureRow

from .attendance_sql import ATTENDANCES
from .enums import DeploymentState, NeedState
from .figures_sql import DAY_TALLIES
from .models import Assignment, Deployment, DeploymentDay, Need
from .models.registrations import NOON

# The key indicator that each tally of the ledger feeds.
TALLIES = {
    "present": "on_post",
    "people": "ever_on_post",
    "local": "local",
    "teams": "teams",
    "communities": "communities",
    "covered": "ever_communities",
    "gap": "gap",
}
# What the desk counts beside them: of visits, signatures, needs and 双报到, which no unit types.
DESK_TALLIES = {
    CampaignKind.FLOOD: {
        "visits": "F15",
        "visited_units": "F16",
        "visited_places": "F17",
        "findings": "F18",
        "confirmed": "F19",
        "raised": "F20",
        "settled": "F21",
    },
    CampaignKind.EPIDEMIC: {
        "visits": "E15",
        "visited_units": "E16",
        "visited_places": "E17",
        "findings": "E18",
        "confirmed": "E19",
        "raised": "E20",
        "settled": "E21",
        "registered_units": "E22",
        "registered_people": "E23",
    },
}
REGISTERED = ("registered_units", "registered_people")
INDICATORS: dict[str, dict[str, str]] = {
    kind: {tally: code for tally, name in TALLIES.items() if (code := getattr(keys, name))}
    | DESK_TALLIES[kind]
    for kind, keys in KEYS.items()
}
BASES = {
    "visits": "按走访记录计",
    "visited_units": "按走访记录计",
    "visited_places": "按走访记录计",
    "findings": "按走访问题办理计",
    "confirmed": "{n}/{of} 项任务已确认",
    "raised": "按需求台账计",
    "settled": "按需求台账计",
    "registered_units": "{n}/{of} 家已报到",
    "registered_people": "{n}/{of} 人已报到",
}
DESK_BASES = {
    code: BASES[tally] for tallies in DESK_TALLIES.values() for tally, code in tallies.items()
}
"""By code of the desk's own indicators, what a number rests on and how much of it there is."""

NEEDS_COUNTED = {keys.gap: "unmet" for keys in KEYS.values() if keys.gap} | {
    code: tally
    for tallies in DESK_TALLIES.values()
    for tally, code in tallies.items()
    if tally in ("raised", "settled")
}
"""By code of what is counted from needs, not from units: the filter of their list by its day."""

_LISTS = {
    "visits": "visit_list",
    "visited_units": "visit_list",
    "visited_places": "visit_list",
    "findings": "finding_list",
    "confirmed": "signing_list",
    "raised": "need_list",
    "settled": "need_list",
    "registered_units": "unit_registration_list",
    "registered_people": "member_registration_list",
}
DESK_LISTS = {
    code: f"deployments:{_LISTS[tally]}"
    for tallies in DESK_TALLIES.values()
    for tally, code in tallies.items()
}
"""By code the list of the rows that are counted."""


def of_communities(kind: str) -> set[str]:
    """Codes of what belongs to communities alone: needs have no unit and no group."""
    tallies = DESK_TALLIES[CampaignKind(kind)]
    return {tallies["raised"], tallies["settled"]}


def day_count(campaign: Campaign, on: dt.date) -> DeskCount:
    """What the ledger says of `on`, at every scope.

    A deployment counts while it is active or when it has an entry; without any entry the value is
    missing, not zero. Cumulative counts take whoever was sent to a deployment that had somebody
    present by `on`; 未办结 are findings not verified by the end of `on`. Groups are those of the day.
    """
    codes = INDICATORS[campaign.kind]
    start, end = day_bounds(on)
    given = {
        "campaign": campaign.pk,
        "on": on,
        "start": start,
        "end": end,
        "noon": moment_on(on, NOON),
        "registers": any(tally in codes for tally in REGISTERED),
    }
    return DeskCount(DAY_TALLIES, codes, given)


def day_figures(campaign: Campaign, on: dt.date) -> list[FigureRow]:
    """`day_count` by itself; one query."""
    return rows_of(day_count(campaign, on))


@dataclass(frozen=True)
class Attendance:
    """Who should be there and who is: 应到, 在岗, 其中夜班; `entered` of `active` deployments."""

    expected: int
    present: int
    night: int
    entered: int
    active: int


def attendance(
    campaign: Campaign, *, on: dt.date, by: ScopeKind, units: Collection[int] | None = None
) -> dict[int | str | None, Attendance]:
    """Attendance of the day by the key of `by`, and under None of all; of `units` when given.

    Groups are those of the day.
    """
    tallies = fetched(
        ATTENDANCES[by],
        campaign=campaign.pk,
        on=on,
        units=None if units is None else list(units),
    )
    found = {key: Attendance(*counts) for key, *counts in tallies}
    whole = [sum(numbers) for numbers in zip(*map(astuple, found.values()), strict=True)]
    return {**found, None: Attendance(*whole) if whole else Attendance(0, 0, 0, 0, 0)}


@dataclass(frozen=True)
class Shortage:
    """A need that is not met today."""

    need: int
    community: str
    district: str
    heads: int
    present: int

    @property
    def gap(self) -> int:
        return self.heads - self.present


def shortages(campaign: Campaign, *, on: dt.date) -> list[Shortage]:
    """Needs of the day with fewer people present than asked for, the largest gap first."""
    days = DeploymentDay.objects.filter(deployment__need=OuterRef("pk"), on=on)
    present = days.order_by().values("deployment__need").annotate(n=Sum("present")).values("n")
    rows = (
        Need.objects.filter(campaign=campaign, starts_on__lte=on)
        .filter(Q(ends_on=None) | Q(ends_on__gte=on))
        .exclude(state=NeedState.CLOSED)
        .annotate(present=Coalesce(Subquery(present), 0, output_field=IntegerField()))
        .filter(heads__gt=F("present"))
        .order_by(F("present") - F("heads"), "community__sort_key", "pk")
        .values_list(
            "pk", "community__name", "community__street__district__short_name", "heads", "present"
        )
    )
    return [Shortage(*row) for row in rows]


def departures(campaign: Campaign, *, on: dt.date | None) -> QuerySet[Deployment]:
    """Deployments that start on `on` (None: any day), in official order, with `people`: those
    named, or as many as the sheet says where the unit has named fewer. `phone` is whom to ring."""
    people = Assignment.objects.filter(deployment=OuterRef("pk")).order_by()
    counted = people.values("deployment").annotate(n=Count("pk")).values("n")
    return (
        Deployment.objects.filter(campaign=campaign, **({"starts_on": on} if on else {}))
        .exclude(state=DeploymentState.WITHDRAWN)
        .annotate(
            people=Greatest(
                Coalesce(Subquery(counted), 0, output_field=IntegerField()),
                Coalesce("allocation__heads", 0, output_field=IntegerField()),
                output_field=IntegerField(),
            ),
            phone=Coalesce(NullIf("allocation__leader_phone", Value("")), "unit__duty_phone"),
        )
        .select_related(
            "unit", "community__street__district", "task_type", "leader", "need", "allocation"
        )
        .order_by("unit__sort_order", "pk")
    )
