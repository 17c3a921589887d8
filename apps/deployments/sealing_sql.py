# ruff: noqa: S608 - put together from constants of this module and those of plans and places
"""Statements that carry a plan out, over the temporary table `sealing_plan`."""

from apps.communities.places_sql import laid

from .sealing_plan_sql import CLOSURES, FIRST_CLOSED, LAID, LAST_CLOSED

KEEP_PLAN = "CREATE TEMPORARY TABLE sealing_plan ON COMMIT DROP AS "
PLAN_COLUMNS = (
    "ALTER TABLE sealing_plan ADD COLUMN target bigint, ADD COLUMN new_stay bigint,"
    " ADD COLUMN new_ends_on date"
)
RETURN_COLUMNS = "ALTER TABLE sealing_plan ADD COLUMN new_stay bigint"
# The sequence is looked up once and not for each row.
NEXT = "nextval((SELECT pg_get_serial_sequence('deployments_{}', 'id')::regclass))"

POSTS = """
CREATE TEMPORARY TABLE sealing_post ON COMMIT DROP AS
SELECT campaign_id, unit_id, to_community, to_estate, min(since) AS since,
       CASE WHEN bool_and(ends_on IS NOT NULL) THEN max(ends_on) END AS ends_on,
       mode() WITHIN GROUP (ORDER BY task_type_id) AS task_type_id,
       min(member_id) AS leader_id, NULL::bigint AS target, false AS is_new
FROM sealing_plan WHERE kind = 'moved'
GROUP BY campaign_id, unit_id, to_community, to_estate
"""
FIND_POSTS = """
UPDATE sealing_post p SET target = f.id
FROM (
    SELECT DISTINCT ON (p.campaign_id, p.unit_id, p.to_community, p.to_estate)
           p.campaign_id, p.unit_id, p.to_community, p.to_estate, d.id
    FROM sealing_post p
    JOIN deployments_deployment d ON d.unit_id = p.unit_id AND d.campaign_id = p.campaign_id
     AND d.community_id = p.to_community AND d.is_drill = %(drill)s
     AND d.state IN ('planned', 'active') AND d.nature = 'sent'
     AND d.starts_on <= p.since AND coalesce(d.ends_on, 'infinity') >= coalesce(p.ends_on, 'infinity')
    LEFT JOIN deployments_localpost lp ON lp.deployment_id = d.id
    WHERE lp.estate_id IS NOT DISTINCT FROM p.to_estate
    ORDER BY p.campaign_id, p.unit_id, p.to_community, p.to_estate, d.is_local DESC, d.id
) f
WHERE f.campaign_id = p.campaign_id AND f.unit_id = p.unit_id
  AND f.to_community = p.to_community AND f.to_estate IS NOT DISTINCT FROM p.to_estate
"""
NUMBER_POSTS = f"""
UPDATE sealing_post SET is_new = true, target = {NEXT.format("deployment")} WHERE target IS NULL
"""
MAKE_POSTS = """
INSERT INTO deployments_deployment
    (id, campaign_id, unit_id, community_id, task_type_id, leader_id, nature, starts_on, ends_on,
     shift, has_night_shift, state, is_local, made_by_id, is_drill)
SELECT target, campaign_id, unit_id, to_community, task_type_id, leader_id, 'sent', since, ends_on,
       '', false, 'planned', true, %(sealing)s, %(drill)s
FROM sealing_post WHERE is_new
"""
CONFINE_POSTS = """
INSERT INTO deployments_localpost (deployment_id, estate_id)
SELECT target, to_estate FROM sealing_post WHERE is_new AND to_estate IS NOT NULL
"""
POINT_TO_POSTS = f"""
UPDATE sealing_plan w SET target = p.target, new_ends_on = w.ends_on,
       new_stay = {NEXT.format("assignment")}
FROM sealing_post p
WHERE w.kind = 'moved' AND p.campaign_id = w.campaign_id AND p.unit_id = w.unit_id
  AND p.to_community = w.to_community AND p.to_estate IS NOT DISTINCT FROM w.to_estate
"""
NUMBER_RETURNS = f"UPDATE sealing_plan SET new_stay = {NEXT.format('assignment')}"
REMEMBER_REOPENED = """
INSERT INTO deployments_sealingdeployment
    (sealing_id, deployment_id, state, ends_on, is_local)
SELECT DISTINCT %(sealing)s::bigint, d.id, d.state, d.ends_on, d.is_local
FROM sealing_plan w JOIN deployments_deployment d ON d.id = w.target
WHERE d.state IN ('ended', 'withdrawn')
"""
REOPEN = """
UPDATE deployments_deployment d SET state = sd.state, ends_on = sd.ends_on, is_local = sd.is_local
FROM sealing_plan w
JOIN deployments_sealingchange g ON g.id = w.return_of
JOIN deployments_sealingdeployment sd
 ON sd.sealing_id = g.sealing_id AND sd.deployment_id = g.deployment_id
WHERE d.id = w.target AND d.state IN ('ended', 'withdrawn')
"""
# A batch of the same day that sent them keeps who was sent, but not the stay that goes.
FREE_FROM_BATCHES = """
UPDATE deployments_batchstay b SET assignment_id = NULL FROM sealing_plan w
WHERE b.assignment_id = w.stay AND w.since <= w.starts_on
"""
TAKE_OFF = """
DELETE FROM deployments_assignment a USING sealing_plan w
WHERE a.id = w.stay AND w.since <= w.starts_on
"""
CUT_SHORT = """
UPDATE deployments_assignment a SET ends_on = w.since - 1 FROM sealing_plan w
WHERE a.id = w.stay AND w.since > w.starts_on
"""
SEND_ON = """
INSERT INTO deployments_assignment
    (id, deployment_id, member_id, unit_id, starts_on, ends_on, is_drill)
SELECT new_stay, target, member_id, unit_id, since, new_ends_on, %(drill)s
FROM sealing_plan WHERE target IS NOT NULL
"""
KEEP_CHANGES = """
INSERT INTO deployments_sealingchange
    (sealing_id, kind, status_id, member_id, stay, deployment_id, starts_on, ends_on,
     since, new_stay, new_ends_on, target_id, return_of_id)
SELECT %(sealing)s, kind, status_id, member_id, stay, deployment_id, starts_on, ends_on,
       since, new_stay, new_ends_on, target, return_of
FROM sealing_plan ORDER BY unit_id, member_id
"""
EMPTIED = """
CREATE TEMPORARY TABLE sealing_emptied ON COMMIT DROP AS
SELECT w.deployment_id AS id, max(w.since) AS since
FROM sealing_plan w GROUP BY w.deployment_id
HAVING NOT EXISTS (
    SELECT FROM deployments_assignment a
    WHERE a.deployment_id = w.deployment_id AND coalesce(a.ends_on, 'infinity') >= max(w.since)
)
"""
REMEMBER_EMPTIED = """
INSERT INTO deployments_sealingdeployment
    (sealing_id, deployment_id, state, ends_on, is_local)
SELECT %(sealing)s, d.id, d.state, d.ends_on, d.is_local
FROM sealing_emptied e JOIN deployments_deployment d ON d.id = e.id
WHERE d.state IN ('planned', 'active')
"""
END_EMPTIED = """
UPDATE deployments_deployment d SET ends_on = greatest(d.starts_on, e.since - 1),
       state = CASE WHEN e.since > d.starts_on THEN 'ended' ELSE 'withdrawn' END
FROM sealing_emptied e WHERE d.id = e.id AND d.state IN ('planned', 'active')
"""
# Inside a closure, a deployment all of whose people live in its community is 就地双报到.
TURN_LOCAL = f"""
WITH {CLOSURES},
{LAID},
inside AS (
    SELECT d.id FROM deployments_deployment d
    JOIN campaigns_campaign k ON k.id = d.campaign_id AND k.state = ANY(%(states)s)
    JOIN communities_community pc ON pc.id = d.community_id
    WHERE d.is_drill = %(drill)s AND d.state IN ('planned', 'active') AND NOT d.is_local
      AND EXISTS (SELECT FROM laid l WHERE l.street_id = pc.street_id
                  OR l.community_id = d.community_id)
),
residents AS (
    SELECT i.id FROM inside i
    JOIN deployments_deployment d ON d.id = i.id
    JOIN deployments_assignment a ON a.deployment_id = d.id
     AND coalesce(a.ends_on, 'infinity') >= %(today)s
    JOIN units_member m ON m.id = a.member_id
    LEFT JOIN communities_estate e ON e.id = m.home_estate_id
    GROUP BY i.id, d.community_id
    HAVING bool_and(coalesce(e.community_id, m.home_community_id) IS NOT DISTINCT FROM d.community_id)
),
kept AS (
    INSERT INTO deployments_sealingdeployment
        (sealing_id, deployment_id, state, ends_on, is_local)
    SELECT %(sealing)s, d.id, d.state, d.ends_on, false
    FROM residents r JOIN deployments_deployment d ON d.id = r.id
    ON CONFLICT DO NOTHING
)
UPDATE deployments_deployment d SET is_local = true FROM residents r WHERE d.id = r.id
"""
# As TURN_LOCAL and MAKE_POSTS made them: from the first open day the place is one as any other.
NO_LONGER_LOCAL = f"""
UPDATE deployments_deployment d SET is_local = false
FROM communities_community pc
WHERE pc.id = d.community_id AND d.is_local AND d.state IN ('planned', 'active')
  AND (d.made_by_id IS NOT NULL OR EXISTS (
      SELECT FROM deployments_sealingdeployment sd
      JOIN deployments_sealing z ON z.id = sd.sealing_id
      WHERE sd.deployment_id = d.id AND z.kind = 'sealed' AND z.undone_at IS NULL
        AND NOT sd.is_local
  ))
  AND NOT EXISTS (
      SELECT FROM communities_areastatus s
      JOIN communities_measure m ON m.id = s.measure_id AND m.is_sealed
      JOIN ({laid("communities_areastatus")}) l ON l.id = s.id
      LEFT JOIN communities_estate e ON e.id = l.estate_id
      WHERE s.is_drill = d.is_drill
        AND (l.street_id = pc.street_id OR l.community_id = pc.id OR e.community_id = pc.id)
        AND {LAST_CLOSED.format("s")} >= greatest(%(today)s::date, {FIRST_CLOSED.format("s")})
  )
"""
# What began ends with its closure; what never began stays on record, with the reason.
LAPSE_REGISTRATIONS = f"""
UPDATE deployments_memberregistration g
SET ends_on = CASE WHEN g.starts_on <= s.last THEN s.last END,
    void_reason = CASE WHEN g.starts_on > s.last THEN s.told ELSE '' END
FROM (
    SELECT s.id, {LAST_CLOSED.format("s")} AS last,
           m.name || '已于' || to_char(s.ends_at AT TIME ZONE 'Asia/Shanghai',
                                      'FMMM"月"FMDD"日"HH24:MI') || '解除，就地报到未开始' AS told
    FROM communities_areastatus s JOIN communities_measure m ON m.id = s.measure_id
    WHERE s.ends_at IS NOT NULL
) s
WHERE s.id = g.status_id AND g.is_local AND g.ends_on IS NULL AND g.void_reason = ''
  AND s.last < %(today)s
"""
REGISTER_LOCALLY = """
INSERT INTO deployments_memberregistration
    (member_id, community_id, starts_on, is_local, status_id, sealing_id, is_drill, received_by,
     note, recorded_by_id, recorded_at)
SELECT DISTINCT ON (w.member_id) w.member_id, w.to_community, w.since, true, w.status_id,
       %(sealing)s, %(drill)s, '', '', %(by)s, %(now)s
FROM sealing_plan w
WHERE w.kind = 'moved' AND NOT EXISTS (
    SELECT FROM deployments_memberregistration g
    WHERE g.member_id = w.member_id AND g.is_local AND g.is_drill = %(drill)s
      AND g.void_reason = ''
      AND coalesce(g.ends_on, 'infinity') >= w.since
)
ORDER BY w.member_id, w.since
"""
