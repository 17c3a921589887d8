"""Reads of the deployment ledger."""

import datetime as dt
from decimal import Decimal

from django.db import connection

from apps.campaigns.enums import CampaignKind
from apps.campaigns.models import Campaign
from apps.figures.enums import ScopeKind
from apps.figures.rows import FigureRow

# Which indicator each tally of the ledger feeds, by kind of campaign.
INDICATORS: dict[str, dict[str, str]] = {
    CampaignKind.FLOOD: {
        "present": "F01",
        "people": "F02",
        "teams": "F04",
        "communities": "F05",
        "covered": "F06",
        "gap": "F13",
    },
    CampaignKind.EPIDEMIC: {
        "present": "E01",
        "people": "E02",
        "local": "E03",
        "communities": "E04",
        "covered": "E05",
    },
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
    SELECT DISTINCT a.member_id, a.unit_id, m.group_id, u.category, v.district_id
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
