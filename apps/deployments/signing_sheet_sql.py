# ruff: noqa: S608 - put together from constants of this module alone
"""The statements of the confirmations' import, over the table `compared` of `office.sheets`."""

_NAMED = """c.state = 'new' AND c.campaign_id IS NOT NULL AND c.community_id IS NOT NULL
    AND c."on" IS NOT NULL"""
_SHEET = """SELECT FROM deployments_signingsheet g
    WHERE g.campaign_id = c.campaign_id AND g.community_id = c.community_id AND g."on" = c."on\""""
NO_SHEET = f"{_NAMED} AND NOT EXISTS ({_SHEET})"
NO_LINE = f"""{_NAMED} AND c.unit_id IS NOT NULL
    AND EXISTS ({_SHEET})"""

_OF_SHEET = (
    """o.campaign_id = c.campaign_id AND o.community_id = c.community_id AND o."on" = c."on\""""
)
DISAGREES = f"""c.state = 'changed' AND EXISTS (
    SELECT FROM compared o WHERE o.state = 'changed' AND {_OF_SHEET} AND o."row" < c."row"
       AND (o.name, o.title, o.manner, o.remark) IS DISTINCT FROM (c.name, c.title, c.manner, c.remark))"""
NOT_WHOLE = """c.state = 'changed' AND c.heads IS NOT NULL AND EXISTS (
    SELECT FROM deployments_signingline l
      JOIN deployments_signingline x ON x.sheet_id = l.sheet_id
      JOIN deployments_deployment d ON d.id = x.deployment_id AND d.state <> 'withdrawn'
     WHERE l.id = c.target_id AND NOT EXISTS (
           SELECT FROM compared o WHERE o.target_id = x.id AND o.heads IS NOT NULL))"""

COUNT = """
UPDATE deployments_signingline l
   SET shown_heads = s.present, shown_hours = s.worked, heads = s.heads, hours = s.hours
  FROM (SELECT c.target_id, c.heads, c.hours, y.present, y.hours AS worked
          FROM compared c
          JOIN deployments_signingline x ON x.id = c.target_id
          LEFT JOIN deployments_deploymentday y
            ON y.deployment_id = x.deployment_id AND y."on" = c."on"
         WHERE c.state = 'changed') s
 WHERE l.id = s.target_id
"""
CONFIRM = """
UPDATE deployments_signingsheet g
   SET confirmed_at = %(now)s, confirmed_by = s.name, confirmed_title = s.title,
       remark = s.remark, manner = s.manner, entered_by_id = %(by)s
  FROM (SELECT DISTINCT x.sheet_id, c.name, c.title, c.manner, c.remark
          FROM compared c JOIN deployments_signingline x ON x.id = c.target_id
         WHERE c.state = 'changed') s
 WHERE g.id = s.sheet_id AND g.confirmed_at IS NULL
"""
