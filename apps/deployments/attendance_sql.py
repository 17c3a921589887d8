"""Who should be there and who is, by the place asked for."""

from apps.figures.enums import ScopeKind

ATTENDANCE_KEYS = {
    ScopeKind.CATEGORY: "u.category",
    ScopeKind.GROUP: "m.group_id",
    ScopeKind.DISTRICT: "s.district_id",
    ScopeKind.UNIT: "d.unit_id",
}
# A deployment counts while it is active or when it has an entry.
ATTENDANCE = """
SELECT {key}, COALESCE(SUM(e.expected), 0), COALESCE(SUM(e.present), 0),
       COALESCE(SUM(e.night), 0), COUNT(e.id), COUNT(*)
  FROM deployments_deployment d
  JOIN units_unit u ON u.id = d.unit_id
  LEFT JOIN deployments_deploymentday e ON e.deployment_id = d.id AND e."on" = %(on)s
  {joined}
 WHERE d.campaign_id = %(campaign)s AND d.starts_on <= %(on)s
   AND (e.id IS NOT NULL
        OR ((d.ends_on IS NULL OR d.ends_on >= %(on)s) AND d.state <> 'withdrawn'))
   AND (%(units)s::bigint[] IS NULL OR d.unit_id = ANY(%(units)s))
 GROUP BY 1
"""
JOINED = {
    ScopeKind.GROUP: """LEFT JOIN units_groupmembership m ON m.unit_id = d.unit_id
   AND m.starts_on <= %(on)s AND (m.ends_on IS NULL OR m.ends_on >= %(on)s)""",
    ScopeKind.DISTRICT: """JOIN communities_community c ON c.id = d.community_id
  JOIN communities_street s ON s.id = c.street_id""",
}
ATTENDANCES = {
    by: ATTENDANCE.format(key=key, joined=JOINED.get(by, "")) for by, key in ATTENDANCE_KEYS.items()
}
