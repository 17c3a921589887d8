"""Figures of the deployment ledger: what the day's table, its findings and its lock ask for."""

import datetime as dt
from collections.abc import Collection
from dataclasses import astuple, dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import (
    Count,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, Greatest, NullIf

from apps.campaigns.models import Campaign
from apps.figures.enums import ScopeKind
from apps.figures.keys import KEYS
from apps.figures.rows import FigureRow
from apps.units.models import GroupMembership

from .enums import DeploymentState, NeedState
from .models import Assignment, Deployment, DeploymentDay, Need

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
INDICATORS: dict[str, dict[str, str]] = {
    kind: {tally: code for tally, name in TALLIES.items() if (code := getattr(keys, name))}
    for kind, keys in KEYS.items()
}

# One pass over the day, one over everybody who has been present so far, one over the needs; each
# at all scopes at once. Distinct counts are computed per scope: they do not add up.
DAY_TALLIES = """
WITH place AS MATERIALIZED (
    SELECT d.id, d.unit_id, m.group_id, u.category, s.district_id, d.community_id, d.team_id,
           d.is_local,
           d.state <> 'withdrawn' AND d.starts_on <= %(on)s
               AND (d.ends_on IS NULL OR d.ends_on >= %(on)s) AS is_active
      FROM deployments_deployment d
      JOIN units_unit u ON u.id = d.unit_id
      JOIN communities_community c ON c.id = d.community_id
      JOIN communities_street s ON s.id = c.street_id
      LEFT JOIN units_groupmembership m
        ON m.unit_id = d.unit_id AND m.starts_on <= %(on)s
       AND (m.ends_on IS NULL OR m.ends_on >= %(on)s)
     WHERE d.campaign_id = %(campaign)s AND d.starts_on <= %(on)s
),
today AS (
    SELECT p.*, y.present
      FROM place p
      LEFT JOIN deployments_deploymentday y ON y.deployment_id = p.id AND y."on" = %(on)s
     WHERE p.is_active OR y.id IS NOT NULL
),
served AS MATERIALIZED (
    SELECT p.*
      FROM place p
     WHERE EXISTS (SELECT FROM deployments_deploymentday y
                    WHERE y.deployment_id = p.id AND y."on" <= %(on)s AND y.present > 0)
),
sent AS (
    SELECT a.member_id, a.unit_id, m.group_id, u.category, v.district_id
      FROM served v
      JOIN deployments_assignment a ON a.deployment_id = v.id AND a.starts_on <= %(on)s
      JOIN units_unit u ON u.id = a.unit_id
      LEFT JOIN units_groupmembership m
        ON m.unit_id = a.unit_id AND m.starts_on <= %(on)s
       AND (m.ends_on IS NULL OR m.ends_on >= %(on)s)
),
missing AS (
    SELECT s.district_id,
           GREATEST(n.heads - COALESCE((
               SELECT SUM(y.present)
                 FROM deployments_deployment d
                 JOIN deployments_deploymentday y ON y.deployment_id = d.id AND y."on" = %(on)s
                WHERE d.need_id = n.id), 0), 0) AS heads
      FROM deployments_need n
      JOIN communities_community c ON c.id = n.community_id
      JOIN communities_street s ON s.id = c.street_id
     WHERE n.campaign_id = %(campaign)s AND n.starts_on <= %(on)s
       AND (n.ends_on IS NULL OR n.ends_on >= %(on)s) AND n.state <> 'closed'
),
tally AS (
    SELECT GROUPING(unit_id, group_id, category, district_id) AS level,
           unit_id, group_id, category, district_id,
           COUNT(present) AS n, COUNT(*) AS of,
           SUM(present) AS present,
           CASE WHEN COUNT(present) > 0
                THEN COALESCE(SUM(present) FILTER (WHERE is_local), 0) END AS local,
           CASE WHEN COUNT(present) > 0
                THEN COUNT(DISTINCT team_id) FILTER (WHERE present > 0) END AS teams,
           CASE WHEN COUNT(present) > 0
                THEN COUNT(DISTINCT community_id) FILTER (WHERE present > 0) END AS communities
      FROM today
     GROUP BY GROUPING SETS ((unit_id), (group_id), (category), (district_id), ())
),
people AS (
    SELECT GROUPING(unit_id, group_id, category, district_id) AS level,
           unit_id, group_id, category, district_id, COUNT(DISTINCT member_id) AS people
      FROM sent
     GROUP BY GROUPING SETS ((unit_id), (group_id), (category), (district_id), ())
),
covered AS (
    SELECT GROUPING(unit_id, group_id, category, district_id) AS level,
           unit_id, group_id, category, district_id, COUNT(DISTINCT community_id) AS covered
      FROM served
     GROUP BY GROUPING SETS ((unit_id), (group_id), (category), (district_id), ())
),
gap AS (
    SELECT CASE GROUPING(district_id) WHEN 0 THEN 14 ELSE 15 END AS level,
           district_id, COALESCE(SUM(heads), 0) AS heads, COUNT(*) AS of
      FROM missing
     GROUP BY GROUPING SETS ((district_id), ())
),
answer AS (
    SELECT t.level, t.unit_id, t.group_id, t.category, t.district_id, x.name, x.value, t.n, t.of
      FROM tally t
     CROSS JOIN LATERAL (VALUES ('present', t.present), ('local', t.local), ('teams', t.teams),
                                ('communities', t.communities)) AS x (name, value)
    UNION ALL
    SELECT level, unit_id, group_id, category, district_id, 'people', people, people, people
      FROM people
    UNION ALL
    SELECT level, unit_id, group_id, category, district_id, 'covered', covered, covered, covered
      FROM covered
    UNION ALL
    SELECT level, NULL, NULL, NULL, district_id, 'gap', heads, of, of FROM gap
)
SELECT name, level, COALESCE(unit_id, group_id, district_id), category, value, n, of
  FROM answer
 WHERE NOT (level = 11 AND group_id IS NULL)
   AND NOT (level = 15 AND of = 0 AND name <> 'gap')
"""

# The bit mask of GROUPING(unit, group, category, district) tells which of them a row is for.
LEVELS = {
    0b0111: ScopeKind.UNIT,
    0b1011: ScopeKind.GROUP,
    0b1101: ScopeKind.CATEGORY,
    0b1110: ScopeKind.DISTRICT,
    0b1111: ScopeKind.TOTAL,
}


def day_figures(campaign: Campaign, on: dt.date) -> list[FigureRow]:
    """What the ledger says of `on`, at every scope, from one statement.

    A deployment counts while it is active or when it has an entry; without any entry the value is
    missing, not zero. Cumulative counts take whoever was sent to a deployment that had somebody
    present by `on`. Groups are those of the day.
    """
    codes = INDICATORS[campaign.kind]
    with connection.cursor() as cursor:
        cursor.execute(DAY_TALLIES, {"campaign": campaign.pk, "on": on})
        return [
            FigureRow(
                indicator=codes[name],
                scope=LEVELS[level],
                key=category if category is not None else key,
                value=None if value is None else Decimal(value),
                n=n,
                of=of,
            )
            for name, level, key, category, value, n, of in cursor
            if name in codes
        ]


@dataclass(frozen=True)
class Attendance:
    """Who should be there and who is: 应到, 在岗, 其中夜班; `entered` of `active` deployments."""

    expected: int
    present: int
    night: int
    entered: int
    active: int


ATTENDANCE_KEYS = {
    ScopeKind.CATEGORY: "unit__category",
    ScopeKind.GROUP: "group",
    ScopeKind.DISTRICT: "community__street__district",
    ScopeKind.UNIT: "unit",
}


def attendance(
    campaign: Campaign, *, on: dt.date, by: ScopeKind, units: Collection[int] | None = None
) -> dict[int | str | None, Attendance]:
    """Attendance of the day by the key of `by`, and under None of all; of `units` when given.

    Groups are those of the day.
    """
    group = GroupMembership.objects.on(on).filter(unit=OuterRef("unit"))
    entry = DeploymentDay.objects.filter(deployment=OuterRef("pk"), on=on)
    rows = (
        Deployment.objects.filter(campaign=campaign, starts_on__lte=on)
        .filter(
            Exists(entry)
            | Q(ends_on=None) & ~Q(state=DeploymentState.WITHDRAWN)
            | Q(ends_on__gte=on) & ~Q(state=DeploymentState.WITHDRAWN)
        )
        .annotate(
            group=Subquery(group.values("group")[:1]),
            today=FilteredRelation("days", condition=Q(days__on=on)),
        )
    )
    if units is not None:
        rows = rows.filter(unit__in=units)
    tallies = (
        rows.order_by()
        .values_list(ATTENDANCE_KEYS[by])
        .annotate(
            expected=Coalesce(Sum("today__expected"), 0),
            present=Coalesce(Sum("today__present"), 0),
            night=Coalesce(Sum("today__night"), 0),
            entered=Count("today"),
            active=Count("pk"),
        )
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
