"""The statements of the roster's import, over the table `compared` of `office.sheets`."""

BUSY_ELSEWHERE = """
INSERT INTO problem
SELECT c."row", 'starts_on', c.starts_on::text,
       m.name || '自' || to_char(a.starts_on, 'FMMM"月"FMDD"日"') ||
       coalesce('至' || to_char(l.ends_on, 'FMMM"月"FMDD"日"'), '起') || '已派往' || p.name ||
       '，一人不能同时在两处，请先办理离岗，或核对日期。'
FROM compared c
JOIN campaigns_campaign k ON k.id = c.campaign_id
JOIN deployments_assignment a ON a.member_id = c.person_id
 AND a.is_drill = k.is_drill AND a.id IS DISTINCT FROM c.target_id
JOIN units_member m ON m.id = a.member_id
JOIN deployments_deployment d ON d.id = a.deployment_id
JOIN communities_community p ON p.id = d.community_id
LEFT JOIN compared o ON o.target_id = a.id AND o.state <> 'wrong'
CROSS JOIN LATERAL (
    SELECT CASE WHEN o.target_id IS NULL THEN a.ends_on ELSE o.ends_on END AS ends_on
) l
WHERE c.state IN ('new', 'changed')
  AND c.starts_on <= coalesce(l.ends_on, 'infinity'::date)
  AND a.starts_on <= coalesce(c.ends_on, 'infinity'::date)
"""

TWICE_IN_FILE = """
INSERT INTO problem
SELECT c."row", 'starts_on', c.starts_on::text,
       '与第 ' || min(o."row") || ' 行同一人的时间重叠，一人不能同时在两处，请核对日期。'
FROM compared c
JOIN campaigns_campaign k ON k.id = c.campaign_id
JOIN compared o ON o.person_id = c.person_id AND o."row" < c."row"
JOIN campaigns_campaign ok ON ok.id = o.campaign_id AND ok.is_drill = k.is_drill
WHERE c.state = 'new' AND o.state = 'new' AND o.starts_on <> c.starts_on
  AND c.starts_on <= coalesce(o.ends_on, 'infinity'::date)
  AND o.starts_on <= coalesce(c.ends_on, 'infinity'::date)
GROUP BY c."row", c.starts_on
"""

NEW_COLUMNS = (
    "ALTER TABLE compared ADD COLUMN deployment_id bigint, ADD COLUMN is_drill boolean",
    "UPDATE compared c SET is_drill = k.is_drill FROM campaigns_campaign k WHERE k.id = c.campaign_id",
)

# The deployment a stay is in goes before others that would do as well.
FIND_DEPLOYMENTS = """
UPDATE compared c SET deployment_id = (
    SELECT d.id FROM deployments_deployment d
    WHERE d.unit_id = c.unit_id AND d.campaign_id = c.campaign_id
      AND d.community_id = c.community_id AND d.task_type_id = c.task_id
      AND d.team_id IS NOT DISTINCT FROM c.team_id AND d.is_local = c.is_local
      AND d.state = ANY(%s) AND d.starts_on <= c.starts_on
      AND (d.ends_on IS NULL OR d.ends_on >= c.ends_on)
    ORDER BY NOT EXISTS (
        SELECT FROM deployments_assignment a WHERE a.id = c.target_id AND a.deployment_id = d.id
    ), d.id LIMIT 1
) WHERE c.state IN ('new', 'changed')
"""

CREATE_DEPLOYMENTS = """
WITH made AS (
    INSERT INTO deployments_deployment
        (campaign_id, unit_id, team_id, community_id, task_type_id, nature, starts_on, ends_on,
         shift, has_night_shift, state, is_local, is_drill)
    SELECT c.campaign_id, c.unit_id, c.team_id, c.community_id, c.task_id, 'sent',
           min(c.starts_on),
           CASE WHEN bool_and(c.ends_on IS NOT NULL) THEN max(c.ends_on) END, '', false,
           CASE WHEN bool_and(c.ends_on IS NOT NULL) AND max(c.ends_on) < %s THEN %s ELSE %s END,
           c.is_local, c.is_drill
    FROM compared c WHERE c.state IN ('new', 'changed') AND c.deployment_id IS NULL
    GROUP BY c.campaign_id, c.unit_id, c.team_id, c.community_id, c.task_id, c.is_local, c.is_drill
    ORDER BY min(c."row")
    RETURNING id, campaign_id, unit_id, team_id, community_id, task_type_id, is_local
)
UPDATE compared c SET deployment_id = m.id FROM made m
WHERE c.state IN ('new', 'changed') AND c.deployment_id IS NULL AND m.unit_id = c.unit_id
  AND m.campaign_id = c.campaign_id AND m.community_id = c.community_id
  AND m.task_type_id = c.task_id AND m.is_local = c.is_local
  AND coalesce(m.team_id, 0) = coalesce(c.team_id, 0)
"""

_MOVE = """
UPDATE deployments_assignment a SET deployment_id = c.deployment_id, ends_on = c.ends_on
FROM compared c WHERE a.id = c.target_id AND c.state = 'changed'
  AND (a.deployment_id, a.ends_on) IS DISTINCT FROM (c.deployment_id, c.ends_on)
"""
SHORTEN = f"{_MOVE} AND c.ends_on < coalesce(a.ends_on, 'infinity'::date)"
LENGTHEN = (
    f"{_MOVE} AND coalesce(c.ends_on, 'infinity'::date) >= coalesce(a.ends_on, 'infinity'::date)"
)
