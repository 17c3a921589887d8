# ruff: noqa: S608 - put together from constants of this module and the one of closures
"""Statements that find who would be sent across the boundary of a closed area."""

from .sealing_plan_sql import CROSSING, FIRST_CLOSED, LAST_CLOSED, PLACES

_PLACE = "coalesce(st.name, co.name, es.name, ar.name)"
_PLACES_OF_STATUS = """
LEFT JOIN communities_street st ON st.id = s.street_id
LEFT JOIN communities_community co ON co.id = s.community_id
LEFT JOIN communities_estate es ON es.id = s.estate_id
LEFT JOIN communities_namedarea ar ON ar.id = s.area_id"""
_PERSON = """
JOIN units_member m ON m.id = {person}
LEFT JOIN communities_estate e ON e.id = m.home_estate_id
LEFT JOIN communities_community hc ON hc.id = coalesce(e.community_id, m.home_community_id)
JOIN communities_community pc ON pc.id = {post}"""
_WHERE = """
       m.name AS member, hc.id AS home, hc.street_id AS home_street,
       m.home_estate_id AS home_estate, pc.id AS post, pc.street_id AS post_street"""

# By the moment: from now, or the first hour of the first day, to the last hour of the last.
WOULD_CROSS = f"""
WITH closure AS MATERIALIZED (
    SELECT s.id, s.street_id, s.community_id, s.estate_id, s.area_id,
           s.starts_at AS first, s.ends_at AS last
    FROM communities_areastatus s JOIN communities_measure m ON m.id = s.measure_id AND m.is_sealed
    WHERE s.is_drill = %(drill)s
),
stay AS (
    SELECT m.id, a.starts_at, a.ends_at, a.estate AS post_estate, {_WHERE}
    FROM unnest(%(members)s::bigint[], %(communities)s::bigint[], %(estates)s::bigint[],
                %(starts)s::timestamptz[], %(ends)s::timestamptz[])
         AS a(person, community, estate, starts_at, ends_at)
    {_PERSON.format(person="a.person", post="a.community")}
),
{PLACES},
{CROSSING}
SELECT x.member, x.lives_inside, g.name, s.starts_at, s.ends_at, s.basis, {_PLACE}
FROM crossing x
JOIN communities_areastatus s ON s.id = x.closure
JOIN communities_measure g ON g.id = s.measure_id
{_PLACES_OF_STATUS}
WHERE (x.last IS NULL OR x.last > x.starts_at) AND (x.ends_at IS NULL OR x.first < x.ends_at)
ORDER BY s.id, x.lives_inside, x.id
"""


# The roster's import, over the table `compared` of `office.sheets`: what it sends anew or moves.
CROSSES_IN_ROSTER = f"""
WITH closure AS MATERIALIZED (
    SELECT s.id, s.street_id, s.community_id, s.estate_id, s.area_id, s.is_drill,
           {FIRST_CLOSED.format("s")} AS first, {LAST_CLOSED.format("s")} AS last
    FROM communities_areastatus s JOIN communities_measure m ON m.id = s.measure_id AND m.is_sealed
),
stay AS (
    SELECT c."row" AS id, c.starts_on, c.ends_on, k.is_drill AS drill, pc.name AS post_name,
           NULL::bigint AS post_estate, {_WHERE}
    FROM compared c
    JOIN campaigns_campaign k ON k.id = c.campaign_id
    {_PERSON.format(person="c.person_id", post="c.community_id")}
    WHERE c.state IN ('new', 'changed') AND coalesce(c.ends_on, 'infinity') >= %(today)s
),
{PLACES},
{CROSSING}
INSERT INTO problem
SELECT DISTINCT ON (x.id) x.id, 'community', x.post_name::text,
       {_PLACE} || '自' ||
       to_char(s.starts_at AT TIME ZONE 'Asia/Shanghai', 'FMMM"月"FMDD"日"HH24:MI') || '起' ||
       g.name || '（' || s.basis || '），' || x.member ||
       CASE WHEN x.lives_inside
            THEN '居住在其中，不能派往区域外；请改派居住社区的就地任务，或待解除后再派。'
            ELSE '不住在其中，不能派入；请改派区域外的任务，或待解除后再派。' END
FROM crossing x
JOIN communities_areastatus s ON s.id = x.closure AND s.is_drill = x.drill
JOIN communities_measure g ON g.id = s.measure_id
{_PLACES_OF_STATUS}
WHERE greatest(x.starts_on, %(today)s, x.first) <= least(coalesce(x.ends_on, 'infinity'), x.last)
ORDER BY x.id, s.id
"""
