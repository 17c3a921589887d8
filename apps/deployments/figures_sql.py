"""What the desk's ledgers say of a day, at all scopes, in one statement."""

# One pass over the day, one over everybody who has been present so far, one each over needs, visits,
# signatures and registrations; each at all scopes at once. Distinct counts are computed per scope:
# they do not add up. A unit visited yesterday and not today, or whose last finding was verified
# today, stands there with 0, so that the change of the sum is that of its units; groups and
# categories with people out stand there always.
DAY_TALLIES = """
WITH place AS MATERIALIZED (
    SELECT d.id, d.unit_id, m.group_id, u.category, s.district_id, d.community_id, d.team_id,
           d.is_local, d.state = 'withdrawn' AS is_withdrawn,
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
asked AS (
    SELECT CASE GROUPING(s.district_id) WHEN 0 THEN 14 ELSE 15 END AS level, s.district_id,
           COUNT(*) FILTER (WHERE n.raised_at >= %(start)s AND n.raised_at < %(end)s) AS raised,
           COUNT(*) FILTER (WHERE n.settled_at >= %(start)s AND n.settled_at < %(end)s) AS settled
      FROM deployments_need n
      JOIN communities_community c ON c.id = n.community_id
      JOIN communities_street s ON s.id = c.street_id
     WHERE n.campaign_id = %(campaign)s
       AND (n.raised_at >= %(start)s AND n.raised_at < %(end)s
            OR n.settled_at >= %(start)s AND n.settled_at < %(end)s)
     GROUP BY GROUPING SETS ((s.district_id), ())
),
seen AS (
    SELECT v.unit_id, m.group_id, u.category, s.district_id, v.community_id,
           v."on" = %(on)s AS is_today, COALESCE(f.open, 0) AS open
      FROM deployments_visit v
      JOIN units_unit u ON u.id = v.unit_id
      LEFT JOIN communities_community c ON c.id = v.community_id
      LEFT JOIN communities_street s ON s.id = c.street_id
      LEFT JOIN units_groupmembership m
        ON m.unit_id = v.unit_id AND m.starts_on <= %(on)s
       AND (m.ends_on IS NULL OR m.ends_on >= %(on)s)
      LEFT JOIN (SELECT visit_id,
                        COUNT(*) FILTER (WHERE verified_at IS NULL OR verified_at >= %(end)s)
                            AS open
                   FROM deployments_finding
                  WHERE verified_at IS NULL OR verified_at >= %(start)s
                  GROUP BY visit_id) f ON f.visit_id = v.id
     WHERE v.campaign_id = %(campaign)s AND v."on" <= %(on)s
       AND (v."on" >= %(on)s - 1 OR f.visit_id IS NOT NULL)
    UNION ALL
    SELECT DISTINCT NULL::bigint, group_id, category, NULL::bigint, NULL::bigint, false, 0::bigint
      FROM today
),
visited AS (
    SELECT GROUPING(unit_id, group_id, category, district_id) AS level,
           unit_id, group_id, category, district_id,
           COUNT(*) FILTER (WHERE is_today) AS visits,
           COUNT(DISTINCT unit_id) FILTER (WHERE is_today) AS units,
           COUNT(DISTINCT community_id) FILTER (WHERE is_today) AS places,
           COALESCE(SUM(open), 0)::bigint AS open,
           COUNT(DISTINCT unit_id) AS of
      FROM seen
     GROUP BY GROUPING SETS ((unit_id), (group_id), (category), (district_id), ())
),
signed AS (
    SELECT GROUPING(unit_id, group_id, category, district_id) AS level,
           unit_id, group_id, category, district_id,
           COUNT(l.heads) AS n, COUNT(*) AS of, SUM(l.heads) AS heads
      FROM deployments_signingsheet g
      JOIN deployments_signingline l ON l.sheet_id = g.id
      JOIN place p ON p.id = l.deployment_id AND NOT p.is_withdrawn
     WHERE g.campaign_id = %(campaign)s AND g."on" = %(on)s
     GROUP BY GROUPING SETS ((unit_id), (group_id), (category), (district_id), ())
),
registered AS (
    SELECT GROUPING(t.unit_id, m.group_id, u.category) * 2 + 1 AS level,
           t.unit_id, m.group_id, u.category,
           COUNT(*) FILTER (WHERE EXISTS (
               SELECT FROM deployments_unitregistration r
                WHERE r.unit_id = t.unit_id AND r.starts_on <= %(on)s
                  AND (r.ends_on IS NULL OR r.ends_on >= %(on)s))) AS units,
           COUNT(*) AS units_of, SUM(k.done)::bigint AS people, SUM(k.due)::bigint AS people_of
      FROM campaigns_unitactivation t
      JOIN units_unit u ON u.id = t.unit_id
      LEFT JOIN units_groupmembership m
        ON m.unit_id = t.unit_id AND m.starts_on <= %(on)s
       AND (m.ends_on IS NULL OR m.ends_on >= %(on)s)
      LEFT JOIN (SELECT b.unit_id, COUNT(*) AS due, COUNT(r.member_id) AS done
                   FROM units_membership b
                   JOIN units_member p ON p.id = b.member_id AND p.kind = 'member'
                   LEFT JOIN (SELECT DISTINCT h.member_id
                                FROM deployments_memberregistration h
                                LEFT JOIN communities_areastatus x ON x.id = h.status_id
                               WHERE h.starts_on <= %(on)s AND h.void_reason = ''
                                 AND (h.ends_on IS NULL OR h.ends_on >= %(on)s)
                                 AND (x.ends_at IS NULL OR x.ends_at > %(noon)s)) r
                     ON r.member_id = b.member_id
                  WHERE b.starts_on <= %(on)s AND (b.ends_on IS NULL OR b.ends_on >= %(on)s)
                  GROUP BY b.unit_id) k ON k.unit_id = t.unit_id
     WHERE %(registers)s AND t.campaign_id = %(campaign)s AND t.starts_on <= %(on)s
       AND (t.ends_on IS NULL OR t.ends_on >= %(on)s)
     GROUP BY GROUPING SETS ((t.unit_id), (m.group_id), (u.category), ())
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
    UNION ALL
    SELECT a.level, NULL, NULL, NULL, a.district_id, x.name, x.value, x.value, x.value
      FROM asked a
     CROSS JOIN LATERAL (VALUES ('raised', a.raised), ('settled', a.settled)) AS x (name, value)
    UNION ALL
    SELECT v.level, v.unit_id, v.group_id, v.category, v.district_id, x.name, x.value, v.of, v.of
      FROM visited v
     CROSS JOIN LATERAL (VALUES ('visits', v.visits, true), ('findings', v.open, true),
                                ('visited_units', v.units, v.units > 0 OR v.level <> 7),
                                ('visited_places', v.places, v.places > 0 OR v.level <> 7))
                     AS x (name, value, is_told)
     WHERE x.is_told AND NOT (v.level = 14 AND v.district_id IS NULL)
       AND NOT (v.level = 7 AND v.unit_id IS NULL)
    UNION ALL
    SELECT level, unit_id, group_id, category, district_id, 'confirmed', heads, n, of FROM signed
    UNION ALL
    SELECT r.level, r.unit_id, r.group_id, r.category, NULL, x.name, x.value, x.value, x.of
      FROM registered r
     CROSS JOIN LATERAL (VALUES ('registered_units', r.units, r.units_of),
                                ('registered_people', r.people, r.people_of))
                     AS x (name, value, of)
     WHERE x.of > 0
)
SELECT name, level, COALESCE(unit_id, group_id, district_id), category, value, n, of
  FROM answer
 WHERE NOT (level = 11 AND group_id IS NULL)
   AND NOT (level = 15 AND of = 0 AND name IN ('present', 'local', 'teams', 'communities',
                                              'people', 'covered', 'confirmed'))
"""
