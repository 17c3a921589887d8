# ruff: noqa: S608 - put together from constants of this module alone
"""The statements of the import of named areas, over the table `compared` of `office.sheets`."""

from .places import DRAWN, FIELDS, KINDS, PlaceKind

IS_FIXED = (
    "EXISTS (SELECT FROM communities_namedarea a"
    " JOIN communities_areastatus s ON s.area_id = a.id WHERE a.name = c.area)"
)

_COMMUNITY, _ESTATE, _STREET = PlaceKind.COMMUNITY, PlaceKind.ESTATE, PlaceKind.STREET
# What lies around the place of row `c`, as numbers.
_AROUND = f"""
    SELECT m.street_id * {KINDS} + {_STREET} FROM communities_community m
    WHERE c.place_id = m.id * {KINDS} + {_COMMUNITY}
    UNION ALL
    SELECT u.number FROM communities_estate e
    JOIN communities_community m ON m.id = e.community_id
    CROSS JOIN LATERAL (VALUES (m.id * {KINDS} + {_COMMUNITY}),
                               (m.street_id * {KINDS} + {_STREET})) AS u(number)
    WHERE c.place_id = e.id * {KINDS} + {_ESTATE}"""
NESTED = f"EXISTS (SELECT FROM compared o WHERE o.area = c.area AND o.place_id IN ({_AROUND}))"

ADD_AREAS = """
INSERT INTO communities_namedarea (name, note)
SELECT c.area, coalesce(max(c.note), '') FROM compared c
WHERE c.state = 'new' AND NOT EXISTS (SELECT FROM communities_namedarea a WHERE a.name = c.area)
GROUP BY c.area ORDER BY min(c."row")
"""
DESCRIBE = """
UPDATE communities_namedarea a SET note = n.note
FROM (SELECT c.area, max(c.note) AS note FROM compared c
      WHERE c.state = 'changed' GROUP BY c.area) n
WHERE a.name = n.area AND n.note IS NOT NULL AND a.note <> n.note
"""
_OWN = ", ".join(
    f"CASE mod(c.place_id, {KINDS}) WHEN {kind} THEN c.place_id / {KINDS} END" for kind in DRAWN
)
ADD_PARTS = f"""
INSERT INTO communities_areapart (area_id, {", ".join(f"{FIELDS[kind]}_id" for kind in DRAWN)})
SELECT a.id, {_OWN}
FROM compared c JOIN communities_namedarea a ON a.name = c.area
WHERE c.state = 'new' ORDER BY c."row"
"""

STANDS_ON = """
SELECT DISTINCT a.name FROM trail t
JOIN communities_areapart p ON p.id = t.key
JOIN communities_namedarea a ON a.id = p.area_id
JOIN communities_areastatus s ON s.area_id = a.id
WHERE t."table" = 'communities_areapart' AND t.operation = 'I'
"""
