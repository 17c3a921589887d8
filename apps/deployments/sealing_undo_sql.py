"""Statements that take the applying of a closure back."""

CHANGED_SINCE = """
SELECT DISTINCT m.name FROM deployments_sealingchange g
JOIN units_member m ON m.id = g.member_id
LEFT JOIN deployments_assignment n ON n.id = g.new_stay
LEFT JOIN deployments_assignment o ON o.id = g.stay
WHERE g.sealing_id = %(sealing)s AND (
    (g.new_stay IS NOT NULL AND (n.id IS NULL OR n.deployment_id <> g.target_id
        OR n.starts_on <> g.since OR n.ends_on IS DISTINCT FROM g.new_ends_on))
    OR (g.stay IS NOT NULL AND g.since > g.starts_on
        AND (o.id IS NULL OR o.ends_on IS DISTINCT FROM g.since - 1))
    OR (g.stay IS NOT NULL AND g.since <= g.starts_on AND o.id IS NOT NULL)
    OR EXISTS (SELECT FROM deployments_assignment b
        WHERE b.member_id = g.member_id AND b.is_drill = %(drill)s
          AND b.id IS DISTINCT FROM g.new_stay AND b.id IS DISTINCT FROM g.stay
          AND b.id NOT IN (SELECT coalesce(x.stay, 0) FROM deployments_sealingchange x
                           WHERE x.sealing_id = g.sealing_id AND x.member_id = g.member_id)
          AND b.id NOT IN (SELECT coalesce(x.new_stay, 0) FROM deployments_sealingchange x
                           WHERE x.sealing_id = g.sealing_id AND x.member_id = g.member_id)
          AND g.stay IS NOT NULL
          AND b.starts_on <= coalesce(g.ends_on, 'infinity')
          AND coalesce(b.ends_on, 'infinity') >= greatest(g.starts_on, g.since))
)
ORDER BY m.name LIMIT 6
"""
# Of batches, as in applying: the stays that go now are let go, those that come back are theirs.
FREE_FROM_BATCHES = """
UPDATE deployments_batchstay b SET assignment_id = NULL FROM deployments_sealingchange g
WHERE g.sealing_id = %(sealing)s AND b.assignment_id = g.new_stay
"""
TAKE_BACK = """
DELETE FROM deployments_assignment a USING deployments_sealingchange g
WHERE g.sealing_id = %(sealing)s AND a.id = g.new_stay
"""
LENGTHEN = """
UPDATE deployments_assignment a SET ends_on = g.ends_on FROM deployments_sealingchange g
WHERE g.sealing_id = %(sealing)s AND a.id = g.stay AND g.since > g.starts_on
"""
PUT_BACK = """
INSERT INTO deployments_assignment
    (id, deployment_id, member_id, unit_id, starts_on, ends_on, is_drill)
SELECT g.stay, g.deployment_id, g.member_id, d.unit_id, g.starts_on, g.ends_on, %(drill)s
FROM deployments_sealingchange g JOIN deployments_deployment d ON d.id = g.deployment_id
WHERE g.sealing_id = %(sealing)s AND g.stay IS NOT NULL AND g.since <= g.starts_on
"""
GIVE_BACK_TO_BATCHES = """
UPDATE deployments_batchstay b SET assignment_id = g.stay FROM deployments_sealingchange g
WHERE g.sealing_id = %(sealing)s AND g.since <= g.starts_on AND b.assignment_id IS NULL
  AND b.member_id = g.member_id AND b.deployment_id = g.deployment_id AND b.starts_on = g.starts_on
"""
RESTORE_DEPLOYMENTS = """
UPDATE deployments_deployment d
SET state = CASE WHEN d.state IN ('ended', 'withdrawn') OR sd.state IN ('ended', 'withdrawn')
                 THEN sd.state ELSE d.state END,
    ends_on = sd.ends_on, is_local = sd.is_local
FROM deployments_sealingdeployment sd
WHERE sd.sealing_id = %(sealing)s AND sd.deployment_id = d.id
"""

# Hashed once, whatever the planner knows of rows that have only just been written.
STRANGERS_IN_NEW = """
SELECT 1 FROM deployments_deployment d JOIN deployments_assignment a ON a.deployment_id = d.id
WHERE d.made_by_id = %(sealing)s AND a.id NOT IN (
    SELECT g.new_stay FROM deployments_sealingchange g
    WHERE g.sealing_id = %(sealing)s AND g.new_stay IS NOT NULL
)
LIMIT 1
"""

# What else hangs on a deployment that was made refuses to let it go.
FORGET_MADE = (
    """
UPDATE deployments_sealingchange g SET target_id = NULL
FROM deployments_deployment d WHERE d.made_by_id = %(sealing)s AND g.target_id = d.id
""",
    """
DELETE FROM deployments_sealingdeployment sd USING deployments_deployment d
WHERE d.made_by_id = %(sealing)s AND sd.deployment_id = d.id
""",
    """
DELETE FROM deployments_localpost p USING deployments_deployment d
WHERE d.made_by_id = %(sealing)s AND p.deployment_id = d.id
""",
    "DELETE FROM deployments_deployment WHERE made_by_id = %(sealing)s",
)
FORGET_REGISTRATIONS = "DELETE FROM deployments_memberregistration WHERE sealing_id = %(sealing)s"
