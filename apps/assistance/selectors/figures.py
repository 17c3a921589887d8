"""Figures of the desk's records: acts of the day, and households visited so far."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from apps.campaigns.models import Campaign
from apps.figures.desks import DeskCount, rows_of
from apps.figures.keys import KEYS
from apps.figures.rows import FigureRow

from ..enums import ISOLATED_OR_HARDSHIP, Circumstance, ServiceType
from ..models import AssistanceAction

# Which indicator each tally feeds; a kind of campaign that asks for none is not counted.
INDICATORS: dict[str, dict[str, str]] = {
    kind: {"helped": keys.helped, "visited": keys.visited}
    for kind, keys in KEYS.items()
    if keys.helped and keys.visited
}
CODES = frozenset(code for tallies in INDICATORS.values() for code in tallies.values())

# Units that take part stand in it with no act of theirs as well: theirs is 0, for the desk has
# counted them. A household registered twice is one, by what its first registration says of it.
DAY_TALLIES = """
WITH act AS (
    SELECT a.unit_id, s.district_id, b.id AS household,
           a."on" = %(on)s AND b.circumstance = ANY(%(helped)s) AS helps,
           a.service_type = %(visit)s AND b.circumstance = %(frontline)s AS visits
      FROM assistance_assistanceaction a
      JOIN assistance_beneficiary r ON r.id = a.beneficiary_id
      JOIN assistance_beneficiary b ON b.id = COALESCE(r.duplicate_of_id, r.id)
      JOIN communities_community c ON c.id = b.community_id
      JOIN communities_street s ON s.id = c.street_id
     WHERE a.campaign_id = %(campaign)s AND a."on" <= %(on)s
),
known AS MATERIALIZED (
    SELECT unit_id, district_id, household, helps, visits FROM act WHERE helps OR visits
    UNION ALL
    SELECT t.unit_id, NULL, NULL, false, false
      FROM campaigns_unitactivation t
     WHERE t.campaign_id = %(campaign)s AND t.starts_on <= %(on)s
       AND (t.ends_on IS NULL OR t.ends_on >= %(on)s)
),
placed AS (
    SELECT k.*, m.group_id, u.category
      FROM known k
      JOIN units_unit u ON u.id = k.unit_id
      LEFT JOIN units_groupmembership m
        ON m.unit_id = k.unit_id AND m.starts_on <= %(on)s
       AND (m.ends_on IS NULL OR m.ends_on >= %(on)s)
),
tally AS (
    SELECT GROUPING(unit_id, group_id, category, district_id) AS level,
           unit_id, group_id, category, district_id,
           COUNT(*) FILTER (WHERE helps) AS helped,
           COUNT(DISTINCT household) FILTER (WHERE visits) AS visited,
           COUNT(DISTINCT unit_id) AS of
      FROM placed
     GROUP BY GROUPING SETS ((unit_id), (group_id), (category), (district_id), ())
)
SELECT x.name, t.level, COALESCE(t.unit_id, t.group_id, t.district_id), t.category, x.value, t.of,
       t.of
  FROM tally t
 CROSS JOIN LATERAL (VALUES ('helped', t.helped), ('visited', t.visited)) AS x (name, value)
 WHERE NOT (t.level = 11 AND t.group_id IS NULL)
   AND NOT (t.level = 14 AND t.district_id IS NULL)
   AND t.of > 0
"""


def day_count(campaign: Campaign, on: dt.date) -> DeskCount | None:
    """What the desk's records say of `on`, at every scope; None where nobody asks it anything.

    Groups are those of the day; a district is that of the household.
    """
    codes = INDICATORS.get(campaign.kind)
    if codes is None:
        return None
    given = {
        "campaign": campaign.pk,
        "on": on,
        "helped": sorted(ISOLATED_OR_HARDSHIP),
        "visit": ServiceType.VISIT.value,
        "frontline": Circumstance.FRONTLINE.value,
    }
    return DeskCount(DAY_TALLIES, codes, given)


def day_figures(campaign: Campaign, on: dt.date) -> list[FigureRow]:
    """`day_count` by itself; one query, or none."""
    count = day_count(campaign, on)
    return rows_of(count) if count else []


def _acts(campaign: Campaign) -> QuerySet[AssistanceAction]:
    """Acts with `household` and `situation` of the registration that counts."""
    rows: QuerySet[AssistanceAction] = AssistanceAction.objects.filter(campaign=campaign)
    return rows.annotate(
        household=Coalesce("beneficiary__duplicate_of", "beneficiary"),
        situation=Coalesce("beneficiary__duplicate_of__circumstance", "beneficiary__circumstance"),
    )


HELPS = Q(situation__in=sorted(ISOLATED_OR_HARDSHIP))
VISITS = Q(service_type=ServiceType.VISIT, situation=Circumstance.FRONTLINE)


def unit_day(campaign: Campaign, *, unit: int, on: dt.date) -> dict[str, Decimal]:
    """The same for one unit, by indicator code; empty where nothing is asked."""
    codes = INDICATORS.get(campaign.kind)
    if codes is None:
        return {}
    counted = (
        _acts(campaign)
        .filter(unit=unit, on__lte=on)
        .aggregate(
            helped=Count("pk", filter=HELPS & Q(on=on)),
            visited=Count("household", filter=VISITS, distinct=True),
        )
    )
    return {codes[name]: Decimal(value) for name, value in counted.items()}


def help_given(campaign: Campaign) -> int:
    """Acts of the whole campaign to isolated and hardship households (次)."""
    return int(_acts(campaign).filter(HELPS).count())
