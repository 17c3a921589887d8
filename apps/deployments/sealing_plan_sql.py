# ruff: noqa: S608 - put together from constants of this module and the one of places
"""Who would cross a closed boundary, and what becomes of them: set-based statements.

A day is closed when the closure holds at its noon in Beijing. Somebody crosses a closure when it
lies round the home and not round the post, or the other way about; an unknown home lies outside.
Whoever lives inside serves at the home's own community (and estate, where that is closed), which
no closure separates from the home: one round of changes is enough. Who is exempt (免派) is given
no new post: they only come back.
"""

from apps.communities.places_sql import laid

FIRST_CLOSED = (
    "(({0}.starts_at AT TIME ZONE 'Asia/Shanghai') + interval '12 hours'"
    " - interval '1 microsecond')::date"
)
LAST_CLOSED = (
    "coalesce((({0}.ends_at AT TIME ZONE 'Asia/Shanghai') - interval '12 hours'"
    " - interval '1 microsecond')::date, 'infinity'::date)"
)

CLOSURES = f"""
closure AS MATERIALIZED (
    SELECT s.id, s.street_id, s.community_id, s.estate_id, s.area_id,
           {FIRST_CLOSED.format("s")} AS first, {LAST_CLOSED.format("s")} AS last
    FROM communities_areastatus s
    JOIN communities_measure m ON m.id = s.measure_id AND m.is_sealed
    WHERE s.is_drill = %(drill)s
      AND {LAST_CLOSED.format("s")} >= greatest(%(today)s::date, {FIRST_CLOSED.format("s")})
)"""

STAYS = """
stay AS MATERIALIZED (
    SELECT a.id, a.member_id, a.unit_id, a.deployment_id, a.starts_on, a.ends_on, d.campaign_id,
           d.task_type_id, coalesce(e.community_id, m.home_community_id) AS home,
           m.home_estate_id AS home_estate, hc.street_id AS home_street,
           d.community_id AS post, p.estate_id AS post_estate, pc.street_id AS post_street,
           m.is_exempt
    FROM deployments_assignment a
    -- Of an ended deployment whoever still serves out the day: the last stay may end later.
    JOIN deployments_deployment d ON d.id = a.deployment_id
     AND (d.state IN ('planned', 'active') OR d.state = 'ended' AND a.ends_on IS NOT NULL)
    JOIN campaigns_campaign k ON k.id = d.campaign_id AND k.state = ANY(%(states)s)
    JOIN communities_community pc ON pc.id = d.community_id
    JOIN units_member m ON m.id = a.member_id
    LEFT JOIN communities_estate e ON e.id = m.home_estate_id
    LEFT JOIN communities_community hc ON hc.id = coalesce(e.community_id, m.home_community_id)
    LEFT JOIN deployments_localpost p ON p.deployment_id = d.id
    WHERE a.is_drill = %(drill)s AND coalesce(a.ends_on, 'infinity') >= %(today)s
)"""

LAID = f"laid AS MATERIALIZED ({laid('closure')})"
# The closures of each place as one array: a stay meets them by six lookups, and is never joined to
# itself, of which the planner would know no size.
BY_PLACE = """
by_street AS MATERIALIZED (
    SELECT street_id AS place, array_agg(id) AS ids FROM laid
    WHERE street_id IS NOT NULL GROUP BY 1
),
by_community AS MATERIALIZED (
    SELECT community_id AS place, array_agg(id) AS ids FROM laid
    WHERE community_id IS NOT NULL GROUP BY 1
),
by_estate AS MATERIALIZED (
    SELECT estate_id AS place, array_agg(id) AS ids FROM laid
    WHERE estate_id IS NOT NULL GROUP BY 1
)"""
PLACES = f"{LAID},{BY_PLACE}"
CROSSING = """
met AS (
    SELECT s.*,
           coalesce(hs.ids, '{}') || coalesce(hc.ids, '{}') || coalesce(he.ids, '{}') AS home_ids,
           coalesce(ps.ids, '{}') || coalesce(pc.ids, '{}') || coalesce(pe.ids, '{}') AS post_ids
    FROM stay s
    LEFT JOIN by_street hs ON hs.place = s.home_street
    LEFT JOIN by_community hc ON hc.place = s.home
    LEFT JOIN by_estate he ON he.place = s.home_estate
    LEFT JOIN by_street ps ON ps.place = s.post_street
    LEFT JOIN by_community pc ON pc.place = s.post
    LEFT JOIN by_estate pe ON pe.place = s.post_estate
),
crossing AS (
    SELECT m.*, c.id AS closure, c.first, c.last, u.is_home AS lives_inside
    FROM met m
    CROSS JOIN LATERAL (
        SELECT unnest(m.home_ids) AS id, true AS is_home
        UNION ALL SELECT unnest(m.post_ids), false
    ) u
    JOIN closure c ON c.id = u.id
    WHERE NOT u.id = ANY(CASE WHEN u.is_home THEN m.post_ids ELSE m.home_ids END)
)"""

PLAN = f"""
WITH {CLOSURES},
{STAYS},
{PLACES},
{CROSSING},
decided AS (
    SELECT DISTINCT ON (x.id) x.*, greatest(x.starts_on, x.first, %(today)s) AS since,
           x.lives_inside AND NOT x.is_exempt AS moves
    FROM crossing x
    WHERE greatest(x.starts_on, x.first, %(today)s) <= least(coalesce(x.ends_on, 'infinity'), x.last)
    ORDER BY x.id, greatest(x.starts_on, x.first, %(today)s), x.lives_inside DESC, x.closure
)
SELECT w.id AS stay, w.member_id, w.unit_id, w.deployment_id, w.starts_on, w.ends_on, w.since,
       w.closure AS status_id, w.campaign_id, w.task_type_id, w.post,
       CASE WHEN w.moves THEN 'moved' ELSE 'withdrawn' END AS kind,
       CASE WHEN w.moves THEN w.home END AS to_community,
       CASE WHEN w.moves AND w.home_estate IN (SELECT place FROM by_estate) AND EXISTS (
           SELECT FROM laid l JOIN closure c ON c.id = l.id WHERE l.estate_id = w.home_estate
           AND c.last >= w.since AND c.first <= coalesce(w.ends_on, 'infinity')
       ) THEN w.home_estate END AS to_estate,
       NULL::bigint AS return_of
FROM decided w
"""

# Sent by head alone, nobody named: no stay crosses, yet the heads would. Those of a unit are left
# out of which enough live inside.
UNNAMED = f"""
WITH {CLOSURES},
{LAID}
SELECT d.id, d.unit_id, u.short_name, pc.name, t.name, l.heads,
       greatest(c.first, d.starts_on, %(today)s) AS since
FROM deployments_deployment d
JOIN campaigns_campaign k ON k.id = d.campaign_id AND k.state = ANY(%(states)s)
JOIN units_unit u ON u.id = d.unit_id
JOIN communities_community pc ON pc.id = d.community_id
JOIN deployments_tasktype t ON t.id = d.task_type_id
LEFT JOIN deployments_allocationline l ON l.deployment_id = d.id
CROSS JOIN LATERAL (
    SELECT c.* FROM closure c JOIN laid l ON l.id = c.id
    WHERE (l.street_id = pc.street_id OR l.community_id = pc.id)
      AND c.last >= d.starts_on AND c.first <= coalesce(d.ends_on, 'infinity')
    ORDER BY l.community_id, c.first LIMIT 1
) c
WHERE d.is_drill = %(drill)s AND d.state IN ('planned', 'active')
  AND coalesce(d.ends_on, 'infinity') >= %(today)s
  AND NOT EXISTS (
      SELECT FROM deployments_assignment a
      WHERE a.deployment_id = d.id AND coalesce(a.ends_on, 'infinity') >= %(today)s
  )
  AND coalesce(l.heads, 1) > (
      SELECT count(*) FROM units_membership b
      JOIN units_member m ON m.id = b.member_id AND NOT m.is_exempt
      LEFT JOIN communities_estate e ON e.id = m.home_estate_id
      LEFT JOIN communities_community hc ON hc.id = coalesce(e.community_id, m.home_community_id)
      WHERE b.unit_id = d.unit_id AND EXISTS (
            SELECT FROM laid l WHERE l.id = c.id AND (l.community_id = hc.id
            OR l.street_id = hc.street_id OR l.estate_id = m.home_estate_id)
        )
        AND b.starts_on <= greatest(c.first, d.starts_on, %(today)s)
        AND coalesce(b.ends_on, 'infinity') >= greatest(c.first, d.starts_on, %(today)s)
  )
ORDER BY u.sort_order, d.id
"""

# Whose stay was changed for a closure that has an end, and whose earlier post still stands. The
# candidates take the place of the stays, so that the same joins say who would cross another one.
RETURNS = f"""
WITH {CLOSURES},
stay AS MATERIALIZED (
    SELECT g.id, g.stay AS old_stay, g.new_stay, g.member_id, d.unit_id, g.target_id,
           g.deployment_id AS back_to, g.kind, g.status_id, g.starts_on AS old_starts_on,
           least(g.ends_on, CASE WHEN sd.id IS NULL THEN d.ends_on ELSE sd.ends_on END) AS ends_on,
           greatest(%(today)s, {LAST_CLOSED.format("t")} + 1, g.starts_on) AS since,
           coalesce(e.community_id, m.home_community_id) AS home, m.home_estate_id AS home_estate,
           hc.street_id AS home_street, d.community_id AS post, p.estate_id AS post_estate,
           pc.street_id AS post_street
    FROM deployments_sealingchange g
    JOIN deployments_sealing z ON z.id = g.sealing_id AND z.kind = 'sealed'
     AND z.undone_at IS NULL AND z.is_drill = %(drill)s
    JOIN communities_areastatus t ON t.id = g.status_id AND t.ends_at IS NOT NULL
    JOIN deployments_deployment d ON d.id = g.deployment_id
    JOIN campaigns_campaign k ON k.id = d.campaign_id AND k.state = ANY(%(states)s)
    JOIN communities_community pc ON pc.id = d.community_id
    JOIN units_member m ON m.id = g.member_id AND NOT m.is_exempt
    LEFT JOIN communities_estate e ON e.id = m.home_estate_id
    LEFT JOIN communities_community hc ON hc.id = coalesce(e.community_id, m.home_community_id)
    LEFT JOIN deployments_localpost p ON p.deployment_id = d.id
    LEFT JOIN deployments_sealingdeployment sd
     ON sd.sealing_id = z.id AND sd.deployment_id = d.id AND d.state IN ('ended', 'withdrawn')
    WHERE (d.state IN ('planned', 'active') OR sd.id IS NOT NULL)
      AND NOT EXISTS (
          SELECT FROM deployments_sealingchange r
          JOIN deployments_sealing rz ON rz.id = r.sealing_id AND rz.undone_at IS NULL
          WHERE r.return_of_id = g.id
      )
),
{PLACES},
{CROSSING},
crossed AS (
    SELECT x.id FROM crossing x
    WHERE x.first <= coalesce(x.ends_on, 'infinity') AND x.last >= x.since
)
SELECT s.id AS return_of, local.id AS stay, s.member_id, s.unit_id,
       coalesce(local.deployment_id, s.back_to) AS deployment_id,
       coalesce(local.starts_on, s.old_starts_on) AS starts_on,
       CASE WHEN local.id IS NULL THEN s.ends_on ELSE local.ends_on END AS ends_on,
       s.since, s.status_id, 'returned' AS kind, s.back_to AS target, s.ends_on AS new_ends_on,
       s.post AS to_community, s.post_estate AS to_estate
FROM stay s
LEFT JOIN deployments_assignment local ON local.id = s.new_stay
WHERE s.since <= coalesce(s.ends_on, 'infinity')
  AND s.id NOT IN (SELECT x.id FROM crossed x)
  AND (s.kind = 'withdrawn' OR coalesce(local.ends_on, 'infinity') >= s.since)
  AND (s.kind = 'withdrawn' OR local.id IS NOT NULL)
  AND EXISTS (
      SELECT FROM units_membership b WHERE b.member_id = s.member_id AND b.unit_id = s.unit_id
      AND b.starts_on <= s.since AND coalesce(b.ends_on, 'infinity') >= s.since
  )
  AND NOT EXISTS (
      SELECT FROM deployments_assignment o
      WHERE o.member_id = s.member_id AND o.is_drill = %(drill)s AND o.id IS DISTINCT FROM s.new_stay
        AND o.starts_on <= coalesce(s.ends_on, 'infinity')
        AND coalesce(o.ends_on, 'infinity') >= s.since
  )
"""
