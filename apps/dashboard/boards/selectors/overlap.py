# ruff: noqa: S608 - put together from constants of this module alone
"""Two campaigns side by side: who was in both, counted once as 人 and twice as 人次."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from apps.campaigns.models import Campaign
from apps.figures.enums import Measure
from apps.figures.quantities import Quantity

# Deployments that had somebody present by the campaign's day: whoever was sent there counts, as
# 累计下沉党员 counts them.
SERVED = """
served AS MATERIALIZED (
    SELECT d.id, d.community_id, d.campaign_id = %(a)s AS in_a, d.campaign_id = %(b)s AS in_b, side.until
      FROM deployments_deployment d
      JOIN (VALUES (%(a)s::bigint, %(a_on)s::date), (%(b)s::bigint, %(b_on)s::date))
           AS side (campaign, until) ON side.campaign = d.campaign_id
     WHERE d.starts_on <= side.until
       AND EXISTS (SELECT FROM deployments_deploymentday y
                    WHERE y.deployment_id = d.id AND y."on" <= side.until AND y.present > 0)
)"""
COUNTS = """
       COUNT(*) FILTER (WHERE in_a), COUNT(*) FILTER (WHERE in_b),
       COUNT(*) FILTER (WHERE in_a AND in_b), COUNT(*)"""
# Both arms are exact distinct sets, so that the union is counted and not added.
OVERLAP = f"""
WITH {SERVED},
people AS (
    SELECT a.member_id, BOOL_OR(s.in_a) AS in_a, BOOL_OR(s.in_b) AS in_b
      FROM served s
      JOIN deployments_assignment a ON a.deployment_id = s.id AND a.starts_on <= s.until
     GROUP BY a.member_id
),
places AS (
    SELECT community_id, BOOL_OR(in_a) AS in_a, BOOL_OR(in_b) AS in_b
      FROM served GROUP BY community_id
)
SELECT {COUNTS} FROM people
 UNION ALL
SELECT {COUNTS} FROM places
"""


@dataclass(frozen=True)
class Shared:
    """One thing counted in two campaigns: in each, in both, and in either, each once."""

    first: Quantity
    second: Quantity
    both: Quantity
    either: Quantity


@dataclass(frozen=True)
class Overlap:
    people: Shared
    communities: Shared

    @property
    def turns(self) -> Quantity:
        """任务人次: a person in both campaigns counts in each of them."""
        people = self.people
        return _turns(people.first) + _turns(people.second)


def overlap(first: Campaign, second: Campaign, *, until: tuple[dt.date, dt.date]) -> Overlap:
    """Both campaigns up to their days in `until`; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            OVERLAP,
            {"a": first.pk, "b": second.pk, "a_on": until[0], "b_on": until[1]},
        )
        people, places = cursor.fetchall()
    return Overlap(_shared(people, Measure.PEOPLE), _shared(places, Measure.COUNT))


def _shared(row: tuple[int, int, int, int], measure: Measure) -> Shared:
    return Shared(*(Quantity(Decimal(n), measure) for n in row))


def _turns(people: Quantity) -> Quantity:
    """People of one campaign as person-times: each took part once."""
    return Quantity(people.value, Measure.PERSON_TIMES)


# The same people by the unit that sent them. Sent by two units, a person stands under each: the
# lines do not add up to the total, and the page says so.
BY_UNIT = f"""
WITH {SERVED}
SELECT u.id, u.short_name, {COUNTS}
  FROM (SELECT a.unit_id, BOOL_OR(s.in_a) AS in_a, BOOL_OR(s.in_b) AS in_b
          FROM served s
          JOIN deployments_assignment a ON a.deployment_id = s.id AND a.starts_on <= s.until
         GROUP BY a.unit_id, a.member_id) p
  JOIN units_unit u ON u.id = p.unit_id
 GROUP BY u.id
 ORDER BY u.sort_order
"""


# The same communities by their district: each lies in one, so that the lines add up to the total.
BY_DISTRICT = f"""
WITH {SERVED}
SELECT t.id, t.name, {COUNTS}
  FROM (SELECT community_id, BOOL_OR(in_a) AS in_a, BOOL_OR(in_b) AS in_b
          FROM served GROUP BY community_id) p
  JOIN communities_community c ON c.id = p.community_id
  JOIN communities_street s ON s.id = c.street_id
  JOIN communities_district t ON t.id = s.district_id
 GROUP BY t.id
 ORDER BY t.sort_order
"""


@dataclass(frozen=True)
class Share:
    """One line behind what two campaigns share: of a unit, or of a district."""

    pk: int
    name: str
    first: int
    second: int
    both: int
    either: int


def by_unit(first: Campaign, second: Campaign, *, until: tuple[dt.date, dt.date]) -> list[Share]:
    """The rows behind the shared people: by unit in official order; one statement."""
    return _shares(BY_UNIT, first, second, until)


def by_district(
    first: Campaign, second: Campaign, *, until: tuple[dt.date, dt.date]
) -> list[Share]:
    """The rows behind the shared communities: by district in official order; one statement."""
    return _shares(BY_DISTRICT, first, second, until)


def _shares(
    statement: str, first: Campaign, second: Campaign, until: tuple[dt.date, dt.date]
) -> list[Share]:
    with connection.cursor() as cursor:
        cursor.execute(
            statement, {"a": first.pk, "b": second.pk, "a_on": until[0], "b_on": until[1]}
        )
        return [Share(*row) for row in cursor]
