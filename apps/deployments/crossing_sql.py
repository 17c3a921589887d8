# ruff: noqa: S608 - put together from constants of this module and the one of closures
"""Statements that find who would be sent across the boundary of a closed area."""

from .sealing_plan_sql import FIRST_CLOSED, LAST_CLOSED

# By the moment: from now, or the first hour of the first day, to the last hour of the last.
WOULD_CROSS = """
WITH asked AS (
    SELECT * FROM unnest(%(members)s::bigint[], %(communities)s::bigint[], %(estates)s::bigint[],
                         %(starts)s::timestamptz[], %(ends)s::timestamptz[])
        AS a(member, community, estate, starts_at, ends_at)
),
closure AS (
    SELECT s.*, m.name AS measure
    FROM communities_areastatus s JOIN communities_measure m ON m.id = s.measure_id AND m.is_sealed
    WHERE s.is_drill = %(drill)s
)
SELECT m.name, h.is_home, c.measure, c.starts_at, c.ends_at, c.basis,
       coalesce(st.name, co.name, es.name)
FROM asked a
JOIN units_member m ON m.id = a.member
LEFT JOIN communities_estate e ON e.id = m.home_estate_id
LEFT JOIN communities_community hc ON hc.id = coalesce(e.community_id, m.home_community_id)
JOIN communities_community pc ON pc.id = a.community
JOIN closure c ON (c.ends_at IS NULL OR c.ends_at > a.starts_at)
 AND (a.ends_at IS NULL OR c.starts_at < a.ends_at)
CROSS JOIN LATERAL (
    SELECT coalesce(c.street_id = hc.street_id OR c.community_id = hc.id
                    OR c.estate_id = m.home_estate_id, false) AS is_home,
           coalesce(c.street_id = pc.street_id OR c.community_id = pc.id
                    OR c.estate_id = a.estate, false) AS is_post
) h
LEFT JOIN communities_street st ON st.id = c.street_id
LEFT JOIN communities_community co ON co.id = c.community_id
LEFT JOIN communities_estate es ON es.id = c.estate_id
WHERE h.is_home <> h.is_post
ORDER BY c.id, h.is_home, m.id
"""


# The roster's import, over the table `compared` of `office.sheets`: what it sends anew or moves.
CROSSES_IN_ROSTER = f"""
INSERT INTO problem
SELECT DISTINCT ON (c."row") c."row", 'community', pc.name::text,
       coalesce(st.name, co.name, es.name) || '自' ||
       to_char(s.starts_at AT TIME ZONE 'Asia/Shanghai', 'FMMM"月"FMDD"日"HH24:MI') || '起' ||
       g.name || '（' || s.basis || '），' || m.name ||
       CASE WHEN h.is_home THEN '居住在其中，不能派往区域外；请改派居住社区的就地任务，或待解除后再派。'
            ELSE '不住在其中，不能派入；请改派区域外的任务，或待解除后再派。' END
FROM compared c
JOIN campaigns_campaign k ON k.id = c.campaign_id
JOIN units_member m ON m.id = c.person_id
LEFT JOIN communities_estate e ON e.id = m.home_estate_id
LEFT JOIN communities_community hc ON hc.id = coalesce(e.community_id, m.home_community_id)
JOIN communities_community pc ON pc.id = c.community_id
JOIN communities_areastatus s ON s.is_drill = k.is_drill
JOIN communities_measure g ON g.id = s.measure_id AND g.is_sealed
CROSS JOIN LATERAL (
    SELECT coalesce(s.street_id = hc.street_id OR s.community_id = hc.id
                    OR s.estate_id = m.home_estate_id, false) AS is_home,
           coalesce(s.street_id = pc.street_id OR s.community_id = pc.id, false) AS is_post
) h
LEFT JOIN communities_street st ON st.id = s.street_id
LEFT JOIN communities_community co ON co.id = s.community_id
LEFT JOIN communities_estate es ON es.id = s.estate_id
WHERE c.state IN ('new', 'changed') AND h.is_home <> h.is_post
  AND coalesce(c.ends_on, 'infinity') >= %(today)s
  AND greatest(c.starts_on, %(today)s, {FIRST_CLOSED.format("s")})
      <= least(coalesce(c.ends_on, 'infinity'), {LAST_CLOSED.format("s")})
ORDER BY c."row", s.id
"""
