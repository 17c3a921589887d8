"""The statements that draw a day's figures together; read to preview them, or with an INSERT.

Both compare with the standing snapshot of the day before (locked rather than provisional), with
accepted corrections in it; where none stands, what units typed is compared with the reports of
that day.
"""

from apps.figures.rows import Drawn

COLUMNS = Drawn._fields[1:]
"""All but the key."""
INSERT = f"INSERT INTO figures_figure ({', '.join(COLUMNS)})"

_BEFORE = """
WITH standing AS MATERIALIZED (
    SELECT id FROM figures_snapshot
     WHERE campaign_id = %(campaign)s AND "on" = %(before)s AND withdrawn_at IS NULL
     ORDER BY stage = 'locked' DESC LIMIT 1
),
corrected AS MATERIALIZED (
    SELECT DISTINCT ON (c.figure_id) c.figure_id, c.new
      FROM figures_correction c
      JOIN figures_figure f ON f.id = c.figure_id
     WHERE f.snapshot_id = (SELECT id FROM standing) AND c.state = 'accepted'
     ORDER BY c.figure_id, c.reviewed_at DESC, c.id DESC
),
former AS MATERIALIZED (
    SELECT f.indicator_id, f.scope, f.unit_id,
           CASE f.scope WHEN 'unit' THEN f.unit_id WHEN 'group' THEN f.group_id
                        WHEN 'district' THEN f.district_id ELSE 0 END AS place,
           CASE f.scope WHEN 'category' THEN f.category ELSE '' END AS label,
           CASE WHEN c.figure_id IS NULL THEN f.value ELSE c.new END AS value
      FROM figures_figure f
      LEFT JOIN corrected c ON c.figure_id = f.id
     WHERE f.snapshot_id = (SELECT id FROM standing)
)"""

# A flow is never carried over; what cannot be added (distinct, none) has leaves and no totals.
_TYPED_CELLS = """,
earlier AS MATERIALIZED (
    SELECT indicator_id, unit_id, value FROM former WHERE scope = 'unit' AND value IS NOT NULL
    UNION ALL
    SELECT v.indicator_id, r.unit_id, v.value
      FROM daily_dailyreport r
      JOIN daily_reportvalue v ON v.revision_id = r.current_id AND v.value IS NOT NULL
     WHERE r.campaign_id = %(campaign)s AND r."on" = %(before)s AND r.state = ANY(%(filed)s)
       AND NOT EXISTS (SELECT FROM standing)
),
cell AS MATERIALIZED (
    SELECT i.id AS indicator_id, i.rollup, i.kind, r.unit_id, r.group_id, r.category,
           v.value, v.qualifier, CASE WHEN v.id IS NOT NULL THEN r.current_id END AS revision_id,
           e.value AS earlier
      FROM daily_dailyreport r
      JOIN figures_campaignindicator q
        ON q.campaign_id = r.campaign_id AND q.is_typed AND q.starts_on <= r."on"
       AND (q.ends_on IS NULL OR q.ends_on >= r."on")
      JOIN figures_indicator i ON i.id = q.indicator_id
      LEFT JOIN daily_reportvalue v
        ON v.revision_id = r.current_id AND v.indicator_id = i.id AND r.state = ANY(%(counted)s)
      LEFT JOIN earlier e ON e.indicator_id = i.id AND e.unit_id = r.unit_id
     WHERE r.campaign_id = %(campaign)s AND r."on" = %(on)s AND r.state <> 'exempt'
)
"""

_TYPED_SUMS = """
SELECT %(snapshot)s::bigint, indicator_id,
       CASE WHEN GROUPING(unit_id) = 0 THEN 'unit' WHEN GROUPING(group_id) = 0 THEN 'group'
            WHEN GROUPING(category) = 0 THEN 'category' ELSE 'total' END,
       unit_id, group_id, COALESCE(category, ''), NULL,
       SUM(value),
       CASE WHEN bool_or(qualifier = 'about') THEN 'about'
            WHEN bool_or(qualifier = 'over') THEN 'over' ELSE '' END,
       COUNT(value), COUNT(*),
       SUM(value) FILTER (WHERE earlier IS NOT NULL),
       SUM(earlier) FILTER (WHERE value IS NOT NULL),
       COUNT(*) FILTER (WHERE value IS NOT NULL AND earlier IS NOT NULL),
       CASE WHEN kind = 'stock' THEN SUM(earlier) FILTER (WHERE value IS NULL) END,
       CASE WHEN GROUPING(unit_id) = 0 THEN MAX(revision_id) END
  FROM cell
 GROUP BY indicator_id, rollup, kind,
          GROUPING SETS ((unit_id, group_id, category), (group_id), (category), ())
HAVING GROUPING(unit_id) = 0
    OR (rollup = 'sum' AND NOT (GROUPING(group_id) = 0 AND group_id IS NULL))
"""

# A desk's totals stand as it gave them. Sums are compared over the units present on both days;
# distinct counts with the same scope of the day before, districts only when none is missing.
# `place` and `label` name a scope by plain equality, which can be hashed: IS NOT DISTINCT FROM
# over five keys would compare every unit with every other.
_LEDGER_PAIRS = """,
given AS (
    SELECT i.id AS indicator_id, i.rollup, i.kind, g.scope, g.value, g.n, g.of,
           u.id AS unit_id,
           CASE g.scope WHEN 'group' THEN g.key
                        WHEN 'unit' THEN COALESCE(r.group_id, m.group_id) END AS group_id,
           CASE g.scope WHEN 'category' THEN g.category
                        WHEN 'unit' THEN COALESCE(r.category, u.category) ELSE '' END AS category,
           CASE g.scope WHEN 'district' THEN g.key END AS district_id,
           COALESCE(g.key, 0) AS place, COALESCE(g.category, '') AS label
      FROM ({desks}) AS g (code, scope, key, category, value, n, of)
      JOIN figures_indicator i ON i.code = g.code
      JOIN figures_campaignindicator q
        ON q.campaign_id = %(campaign)s AND q.indicator_id = i.id AND NOT q.is_typed
       AND q.starts_on <= %(on)s AND (q.ends_on IS NULL OR q.ends_on >= %(on)s)
      LEFT JOIN units_unit u ON g.scope = 'unit' AND u.id = g.key
      LEFT JOIN daily_dailyreport r
        ON r.campaign_id = %(campaign)s AND r."on" = %(on)s AND r.unit_id = u.id
      LEFT JOIN units_groupmembership m
        ON m.unit_id = u.id AND m.starts_on <= %(on)s
       AND (m.ends_on IS NULL OR m.ends_on >= %(on)s)
),
pair AS MATERIALIZED (
    SELECT g.*, f.value AS earlier
      FROM given g
      LEFT JOIN former f
        ON f.indicator_id = g.indicator_id AND f.scope = g.scope
       AND f.place = g.place AND f.label = g.label
),
tally AS MATERIALIZED (
    SELECT indicator_id,
           CASE WHEN GROUPING(group_id) = 0 THEN 'group'
                WHEN GROUPING(category) = 0 THEN 'category' ELSE 'total' END AS scope,
           group_id, COALESCE(category, '') AS category,
           SUM(value) FILTER (WHERE earlier IS NOT NULL) AS compared,
           SUM(earlier) FILTER (WHERE value IS NOT NULL) AS compared_before,
           COUNT(*) FILTER (WHERE value IS NOT NULL AND earlier IS NOT NULL) AS compared_units,
           SUM(earlier) FILTER (WHERE value IS NULL) AS carried_over
      FROM pair
     WHERE scope = 'unit'
     GROUP BY indicator_id, GROUPING SETS ((group_id), (category), ())
)
"""

_LEDGER_SUMS = """
SELECT %(snapshot)s::bigint, p.indicator_id, p.scope, p.unit_id, p.group_id, p.category,
       p.district_id, p.value, '', p.n, p.of,
       CASE WHEN t.scope IS NOT NULL AND p.rollup = 'sum' THEN t.compared
            WHEN p.earlier IS NOT NULL AND (p.scope <> 'district' OR p.n = p.of) THEN p.value END,
       CASE WHEN t.scope IS NOT NULL AND p.rollup = 'sum' THEN t.compared_before
            WHEN p.value IS NOT NULL AND (p.scope <> 'district' OR p.n = p.of) THEN p.earlier END,
       CASE WHEN p.scope = 'unit' THEN (p.value IS NOT NULL AND p.earlier IS NOT NULL)::int
            ELSE COALESCE(t.compared_units, 0) END,
       CASE WHEN p.kind <> 'stock' OR p.rollup <> 'sum' THEN NULL
            WHEN p.scope = 'unit' AND p.value IS NULL THEN p.earlier
            ELSE t.carried_over END,
       NULL
  FROM pair p
  LEFT JOIN tally t
    ON t.indicator_id = p.indicator_id AND t.scope = p.scope
   AND t.group_id IS NOT DISTINCT FROM p.group_id AND t.category = p.category
"""

# Of a preview only what is wanted leaves the database: totals need the leaves, a board does not.
_WANTED = f"""
SELECT {", ".join(COLUMNS)}
  FROM ({{sums}}) AS f ({", ".join(COLUMNS)})
 WHERE (%(wanted_scopes)s::text[] IS NULL OR scope = ANY(%(wanted_scopes)s))
   AND (%(wanted_group)s::bigint IS NULL OR group_id = %(wanted_group)s)
   AND (%(wanted_codes)s::text[] IS NULL OR scope = %(wanted_whole)s OR indicator_id IN (
        SELECT id FROM figures_indicator WHERE code = ANY(%(wanted_codes)s)))
"""  # noqa: S608 - put together from constants

PREVIEW_TYPED = _BEFORE + _TYPED_CELLS + _WANTED.format(sums=_TYPED_SUMS)
DRAW_TYPED = _BEFORE + _TYPED_CELLS + INSERT + _TYPED_SUMS


def preview_ledger(desks: str) -> str:
    """`desks` is the statement of what they count."""
    return _BEFORE + _LEDGER_PAIRS.format(desks=desks) + _WANTED.format(sums=_LEDGER_SUMS)


def draw_ledger(desks: str) -> str:
    return _BEFORE + _LEDGER_PAIRS.format(desks=desks) + INSERT + _LEDGER_SUMS
