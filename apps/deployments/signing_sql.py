"""The sheets of a day in one statement."""

MAKE = """
WITH sent AS (
    SELECT d.id, d.community_id, d.unit_id, c.sort_key
      FROM deployments_deployment d
      JOIN communities_community c ON c.id = d.community_id
     WHERE d.campaign_id = %(campaign)s AND d.starts_on <= %(on)s
       AND coalesce(d.ends_on, 'infinity') >= %(on)s AND d.state <> 'withdrawn'
),
standing AS (
    SELECT id, community_id, confirmed_at FROM deployments_signingsheet
     WHERE campaign_id = %(campaign)s AND "on" = %(on)s
),
made AS (
    INSERT INTO deployments_signingsheet (campaign_id, community_id, "on", edition, made_at,
                                          expires_at, confirmed_by, confirmed_title, remark)
    SELECT %(campaign)s, p.community_id, %(on)s, 1, %(now)s, %(expires)s, '', '', ''
      FROM (SELECT DISTINCT community_id, sort_key FROM sent) p
     WHERE p.community_id NOT IN (SELECT community_id FROM standing)
     ORDER BY p.sort_key
        ON CONFLICT DO NOTHING
    RETURNING id, community_id
),
-- What a community has confirmed is not made longer afterwards.
open AS (
    SELECT id, community_id FROM made
     UNION ALL
    SELECT id, community_id FROM standing WHERE confirmed_at IS NULL
),
lines AS (
    INSERT INTO deployments_signingline (sheet_id, deployment_id, settled_side, settled_reason)
    SELECT o.id, s.id, '', ''
      FROM open o JOIN sent s USING (community_id)
     ORDER BY o.id, s.id
        ON CONFLICT DO NOTHING
    RETURNING 1
)
SELECT (SELECT count(*) FROM made), (SELECT count(*) FROM lines)
"""
