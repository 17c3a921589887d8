"""Visits as the boards count them: one statement for each block of a page."""

# The scope is that of `Visit.objects.visible_to`.
SO_FAR = """
WITH seen AS MATERIALIZED (
    SELECT id, "on", unit_id FROM deployments_visit
     WHERE campaign_id = %(campaign)s AND "on" <= %(on)s
       AND (%(seen)s::bigint[] IS NULL OR unit_id = ANY(%(seen)s) OR group_id = ANY(%(groups)s))
)
SELECT COUNT(*) FILTER (WHERE "on" = %(on)s), COUNT(*), COUNT(DISTINCT unit_id),
       (SELECT COUNT(*) FROM deployments_finding f
         WHERE f.state = ANY(%(awaited)s) AND f.visit_id IN (SELECT id FROM seen))
  FROM seen
"""

OF_GROUP = """
WITH made AS MATERIALIZED (
    SELECT id, "on" FROM deployments_visit
     WHERE campaign_id = %(campaign)s AND group_id = %(group)s AND "on" <= %(on)s
)
SELECT (SELECT COUNT(*) FROM made WHERE "on" > %(since)s), COUNT(*),
       COUNT(*) FILTER (WHERE f.state = ANY(%(awaited)s))
  FROM deployments_finding f WHERE f.visit_id IN (SELECT id FROM made)
"""

# The units of a group on the day and the communities their people are sent to: who is out, when
# somebody was there last, and what waits for answers. Findings count whenever they were made.
GAPS = """
WITH mine AS MATERIALIZED (
    SELECT u.id, u.short_name, u.sort_order
      FROM units_groupmembership m JOIN units_unit u ON u.id = m.unit_id
     WHERE m.group_id = %(group)s AND m.starts_on <= %(on)s
       AND (m.ends_on IS NULL OR m.ends_on >= %(on)s)
),
sent AS MATERIALIZED (
    SELECT d.unit_id, d.community_id, e.present
      FROM deployments_deployment d
      LEFT JOIN deployments_deploymentday e ON e.deployment_id = d.id AND e."on" = %(on)s
     WHERE d.campaign_id = %(campaign)s AND d.unit_id IN (SELECT id FROM mine)
       AND d.starts_on <= %(on)s AND (d.ends_on IS NULL OR d.ends_on >= %(on)s)
       AND d.state <> 'withdrawn'
),
seen AS MATERIALIZED (
    SELECT unit_id, community_id, "on" FROM deployments_visit
     WHERE campaign_id = %(campaign)s AND unit_id IN (SELECT id FROM mine) AND "on" <= %(on)s
),
owed AS (
    SELECT v.unit_id, COUNT(*) FILTER (WHERE f.state = ANY(%(awaited)s)) AS awaited,
           COUNT(*) FILTER (WHERE f.state = 'answered') AS to_verify
      FROM deployments_finding f JOIN deployments_visit v ON v.id = f.visit_id
     WHERE v.campaign_id = %(campaign)s AND v.unit_id IN (SELECT id FROM mine)
     GROUP BY v.unit_id
)
(SELECT 'unit', m.id, m.short_name, o.pk IS NOT NULL, o.present, s.last, %(on)s - s.last,
        COALESCE(s.n, 0), COALESCE(w.awaited, 0), COALESCE(w.to_verify, 0)
   FROM mine m
   LEFT JOIN (SELECT unit_id AS pk, SUM(present) AS present FROM sent GROUP BY 1) o ON o.pk = m.id
   LEFT JOIN (SELECT unit_id AS pk, MAX("on") AS last, COUNT(*) AS n FROM seen GROUP BY 1) s
     ON s.pk = m.id
   LEFT JOIN owed w ON w.unit_id = m.id
  ORDER BY m.sort_order)
 UNION ALL
(SELECT 'community', c.id, c.name, true, o.present, s.last, %(on)s - s.last,
        COALESCE(s.n, 0), 0, 0
   FROM (SELECT community_id AS pk, SUM(present) AS present FROM sent GROUP BY 1) o
   JOIN communities_community c ON c.id = o.pk
   LEFT JOIN (SELECT community_id AS pk, MAX("on") AS last, COUNT(*) AS n FROM seen GROUP BY 1) s
     ON s.pk = c.id
  ORDER BY c.sort_key, c.id)
"""
