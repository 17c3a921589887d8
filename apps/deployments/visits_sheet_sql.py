# ruff: noqa: S608 - put together from constants of this module alone
"""The statements of the visits' import, over the table `compared` of `office.sheets`."""

_SAME = 'o.campaign_id = c.campaign_id AND o.unit_id = c.unit_id AND o."on" = c."on"'

OUTSIDE = """EXISTS (SELECT FROM campaigns_campaign k WHERE k.id = c.campaign_id
    AND (c."on" < k.starts_on OR c."on" > k.ends_on))"""
NO_GROUP = """c.state = 'new' AND c.unit_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM units_groupmembership m WHERE m.unit_id = c.unit_id AND m.starts_on <= c."on"
       AND (m.ends_on IS NULL OR m.ends_on >= c."on"))"""
# The n-th visit of a day stands beside n − 1 others, in the ledger or in the file.
NOT_THE_NEXT = f"""c.state = 'new' AND c.turn <> 1
    + (SELECT count(*) FROM deployments_visit o
        WHERE {_SAME} AND coalesce(o.community_id, 0) = c.community_id)
    + (SELECT count(*) FROM compared o WHERE o.state = 'new' AND o.turn < c.turn
          AND {_SAME} AND o.community_id = c.community_id)"""
UNKNOWN_ITEM = """c.state = 'new' AND EXISTS (
    SELECT FROM unnest(string_to_array(c.fine, '、')) w
     WHERE w NOT IN (SELECT name FROM deployments_visititem WHERE is_active))"""
CONTRADICTED = """c.state = 'new' AND EXISTS (
    SELECT FROM unnest(string_to_array(c.fine, '、')) w, unnest(string_to_array(c.findings, E'\\n')) f
     WHERE left(f, length(w) + 1) = w || '：')"""
KEPT = """c.state = 'changed' AND EXISTS (
    SELECT FROM unnest(string_to_array(c.was_findings, E'\\n')) f
     WHERE f <> ALL (string_to_array(c.findings, E'\\n')))"""

# What a line says, and of which item where it begins with its name.
_LINES = """
SELECT c."row", c.target_id, c.state, c.was_findings, f.line, f.n, i.id AS item_id,
       CASE WHEN i.id IS NULL THEN f.line ELSE btrim(substr(f.line, length(i.name) + 2)) END AS text
  FROM compared c
 CROSS JOIN LATERAL unnest(string_to_array(c.findings, E'\\n')) WITH ORDINALITY f (line, n)
  LEFT JOIN deployments_visititem i ON i.is_active AND left(f.line, length(i.name) + 1) = i.name || '：'
 WHERE c.state = 'new'
    OR c.state = 'changed' AND f.line <> ALL (string_to_array(c.was_findings, E'\\n'))
"""
FOUND_BEFORE = f"""c."row" IN (
    SELECT l."row" FROM ({_LINES}) l
     WHERE l.text = '' OR EXISTS (SELECT FROM deployments_finding g
                                   WHERE g.visit_id = l.target_id AND g.text = l.text)
    UNION ALL
    SELECT l."row" FROM ({_LINES}) l GROUP BY l."row", l.text HAVING count(*) > 1)"""

# Rows and the visits they make know each other by the number of the submission.
MARK = (
    "ALTER TABLE compared ADD COLUMN submission uuid",
    "UPDATE compared SET submission = gen_random_uuid() WHERE state = 'new'",
)
CHANGE = """
UPDATE deployments_visit v
   SET place = c.place, at = c.at, visitors = c.visitors, expected = c.expected,
       present = c.present, summary = c.summary, version = v.version + 1,
       revised_at = %(now)s, revised_by_id = %(by)s
  FROM compared c
 WHERE v.id = c.target_id AND c.state = 'changed'
   AND (c.place, c.at, c.visitors, c.expected, c.present, c.summary)
       IS DISTINCT FROM (v.place, v.at, v.visitors, v.expected, v.present, v.summary)
"""
_ADD = """
INSERT INTO deployments_visit
    (submission, campaign_id, group_id, unit_id, community_id, deployment_id, place, "on", at,
     visitors, expected, present, summary, by_id, recorded_at)
SELECT c.submission, c.campaign_id, m.group_id, c.unit_id, nullif(c.community_id, 0),
       (SELECT min(d.id) FROM deployments_deployment d
         WHERE d.campaign_id = c.campaign_id AND d.unit_id = c.unit_id
           AND d.community_id = c.community_id AND d.starts_on <= c."on"
           AND (d.ends_on IS NULL OR d.ends_on >= c."on") AND d.state <> 'withdrawn'),
       c.place, c."on", c.at, c.visitors, c.expected, c.present, c.summary, %(by)s, %(now)s
  FROM compared c
  JOIN units_groupmembership m ON m.unit_id = c.unit_id AND m.starts_on <= c."on"
   AND (m.ends_on IS NULL OR m.ends_on >= c."on")
 WHERE c.state = 'new'
 ORDER BY c.turn, c."row"
"""
_LINE = f"""
CREATE TEMP TABLE line ON COMMIT DROP AS
SELECT coalesce(l.target_id, v.id) AS visit_id, l.state, l.item_id, l.text, l."row", l.n
  FROM ({_LINES}) l
  JOIN compared c ON c."row" = l."row"
  LEFT JOIN deployments_visit v ON v.submission = c.submission
"""
_RESULTS = """
INSERT INTO deployments_visitresult (visit_id, item_id, verdict)
SELECT v.id, i.id,
       CASE WHEN i.name = ANY (string_to_array(c.fine, '、')) THEN 'ok'
            WHEN EXISTS (SELECT FROM line l WHERE l.visit_id = v.id AND l.item_id = i.id) THEN 'bad'
            ELSE 'unchecked' END
  FROM compared c
  JOIN deployments_visit v ON v.submission = c.submission
 CROSS JOIN deployments_visititem i
 WHERE i.is_active
 ORDER BY v.id, i.sort_order
"""
_FINDINGS = """
INSERT INTO deployments_finding (visit_id, item_id, text, due_on, state, answer)
SELECT visit_id, item_id, text, %(due)s, 'open', '' FROM line ORDER BY "row", n
"""
_STEPS = """
INSERT INTO deployments_findingstep (finding_id, after, text, at, by_id)
SELECT f.id, 'open', '', %(now)s, %(by)s
  FROM line l JOIN deployments_finding f ON f.visit_id = l.visit_id AND f.text = l.text
 ORDER BY f.id
"""
WRITE = ("DROP TABLE IF EXISTS pg_temp.line", _ADD, _LINE, _RESULTS, _FINDINGS, _STEPS)
TOLD = """
SELECT f.id FROM line l JOIN deployments_finding f ON f.visit_id = l.visit_id AND f.text = l.text
"""
