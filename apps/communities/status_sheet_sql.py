# ruff: noqa: S608 - put together from constants of this module alone
"""The statements of the import of measures, over the table `compared` of `office.sheets`.

`place_id` is a place's number as `places` makes it.
"""

from .places import PlaceKind
from .places_sql import columns_of, keys_of, number_of

_NEWS = """
news AS (
    SELECT c.*, m.kind AS own_kind, tstzrange(c.starts_at, c.ends_at) AS span
    FROM compared c JOIN communities_measure m ON m.id = c.level_id
    WHERE c.state IN ('new', 'changed') AND (c.ends_at IS NULL OR c.ends_at > c.starts_at)
)"""

# A row the file itself changes stands as the file says.
OVERLAPS = f"""
WITH {_NEWS}
INSERT INTO problem
SELECT DISTINCT ON (n."row") n."row", 'starts_at', n.starts_at::text,
       '该处自' || to_char(s.starts_at AT TIME ZONE 'Asia/Shanghai', 'FMMM"月"FMDD"日"HH24:MI') ||
       '起已有' || g.name || '（' || s.basis || '），请先填写这一条的解除时间，或核对时间。'
FROM news n
JOIN communities_areastatus s ON {number_of("s", *PlaceKind)} = n.place_id AND s.kind = n.own_kind
 AND s.is_drill = n.is_drill AND s.id IS DISTINCT FROM n.target_id
JOIN communities_measure g ON g.id = s.measure_id
LEFT JOIN compared o ON o.target_id = s.id AND o.state <> 'wrong'
CROSS JOIN LATERAL (
    SELECT CASE WHEN o.target_id IS NULL THEN s.ends_at ELSE o.ends_at END AS ends_at
) l
WHERE n.span && CASE WHEN l.ends_at IS NULL OR l.ends_at > s.starts_at
                     THEN tstzrange(s.starts_at, l.ends_at) ELSE 'empty' END
ORDER BY n."row", s.id
"""
OVERLAPS_IN_FILE = f"""
WITH {_NEWS}
INSERT INTO problem
SELECT n."row", 'starts_at', n.starts_at::text,
       '与第 ' || min(o."row") || ' 行同一地点的时间重叠，请先填写前一条的解除时间，或核对时间。'
FROM news n
JOIN news o ON o.place_id = n.place_id AND o.own_kind = n.own_kind AND o.is_drill = n.is_drill
 AND o."row" < n."row" AND o.span && n.span
WHERE n.state = 'new' AND o.state = 'new'
  AND (o.level_id, o.starts_at) IS DISTINCT FROM (n.level_id, n.starts_at)
GROUP BY n."row", n.starts_at
"""

# What the file gives to the minute is left alone where it says the same to the minute.
_CHANGE = """
UPDATE communities_areastatus s
SET basis = c.basis,
    ends_at = CASE WHEN c.ends_at IS NOT DISTINCT FROM c.was_ends_at THEN s.ends_at
                   ELSE c.ends_at END
FROM compared c
WHERE s.id = c.target_id AND c.state = 'changed'
  AND (c.basis, c.ends_at) IS DISTINCT FROM (c.was_basis, c.was_ends_at)
"""
_IS_SHORTER = "coalesce(c.ends_at, 'infinity') < coalesce(c.was_ends_at, 'infinity')"
SHORTEN = f"{_CHANGE} AND {_IS_SHORTER}"
LENGTHEN = f"{_CHANGE} AND NOT {_IS_SHORTER}"
ADD = f"""
INSERT INTO communities_areastatus
    (measure_id, kind, {columns_of(*PlaceKind)}, starts_at, ends_at, basis, is_drill)
SELECT m.id, m.kind, {keys_of("c.place_id", *PlaceKind)}, c.starts_at, c.ends_at, c.basis, c.is_drill
FROM compared c JOIN communities_measure m ON m.id = c.level_id
WHERE c.state = 'new' ORDER BY c."row"
"""
