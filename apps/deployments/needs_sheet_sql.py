# ruff: noqa: S608 - put together from constants of this module alone
"""The statements of the needs' import, over the table `compared` of `office.sheets`."""

BARE = "regexp_replace(c.wanted, '（[0-9]+）$', '')"
"""What is wanted, without the number of a second such need."""

TASK = f"SELECT id FROM deployments_tasktype t WHERE t.name = {BARE}"
IS_TASK = f"EXISTS ({TASK})"

IN_PEOPLE = f"""
UPDATE compared c SET measure = '人'
WHERE c.state <> 'wrong' AND {IS_TASK} AND c.measure IN ('', '名')
"""

_READ = f"""
    SELECT c.*, ({TASK}) AS task_id, {BARE} AS bare,
           btrim(c.quantity || ' ' || c.measure) AS goods_quantity
    FROM compared c
"""

# Of a need for people its goods are left alone, which this sheet does not show, and the other way
# about.
CHANGE = f"""
UPDATE deployments_need n
SET heads = s.heads, quantity = s.goods_quantity, urgency = s.urgency, ends_on = s.ends_on,
    shift = s.shift, told_by = s.told_by, note = s.note
FROM (
    SELECT r.target_id, r.urgency, r.ends_on, r.shift, r.told_by, r.note,
           CASE WHEN r.task_id IS NULL THEN p.heads ELSE r.quantity::int END AS heads,
           CASE WHEN r.task_id IS NULL THEN r.goods_quantity ELSE p.quantity END AS goods_quantity
    FROM ({_READ}) r JOIN deployments_need p ON p.id = r.target_id
    WHERE r.state = 'changed'
) s
WHERE n.id = s.target_id
  AND (n.heads, n.quantity, n.urgency, n.ends_on, n.shift, n.told_by, n.note) IS DISTINCT FROM
      (s.heads, s.goods_quantity, s.urgency, s.ends_on, s.shift, s.told_by, s.note)
"""
ADD = f"""
INSERT INTO deployments_need
    (campaign_id, community_id, task_type_id, heads, goods, quantity, urgency, starts_on, ends_on,
     shift, source, told_by, note, state, raised_at, raised_by_id)
SELECT campaign_id, community_id, task_id,
       CASE WHEN task_id IS NULL THEN 0 ELSE quantity::int END,
       CASE WHEN task_id IS NULL THEN bare ELSE '' END,
       CASE WHEN task_id IS NULL THEN goods_quantity ELSE '' END,
       urgency, starts_on, ends_on, shift, %(source)s, told_by, note, 'open', %(now)s, %(by)s
FROM ({_READ}) r WHERE state = 'new' ORDER BY "row"
"""
