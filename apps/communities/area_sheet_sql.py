# ruff: noqa: S608 - put together from constants of this module alone
"""The statements of the import of named areas, over the table `compared` of `office.sheets`."""

from .places import DRAWN, KINDS, PlaceKind
from .places_sql import columns_of, keys_of, number_of

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
# What the area takes in by the file, and what it takes in already.
_DRAWN = f"""
    SELECT o.area, o.place_id FROM compared o
    UNION ALL
    SELECT a.name, {number_of("p", *DRAWN)}
    FROM communities_areapart p JOIN communities_namedarea a ON a.id = p.area_id"""
NESTED = f"EXISTS (SELECT FROM ({_DRAWN}) o WHERE o.area = c.area AND o.place_id IN ({_AROUND}))"

# A row that stands and is changed says what the area is called from now on, if nothing; one that is
# new need not say it again.
_DESCRIBES = "({0}.state = 'changed' OR {0}.state = 'new' AND {0}.note <> '')"
DISAGREES = f"""{_DESCRIBES.format("c")} AND EXISTS (
    SELECT FROM compared o WHERE o.area = c.area AND o.note <> c.note AND {_DESCRIBES.format("o")})"""

ADD_AREAS = """
INSERT INTO communities_namedarea (name, note)
SELECT c.area, max(c.note) FROM compared c
WHERE c.state = 'new' AND NOT EXISTS (SELECT FROM communities_namedarea a WHERE a.name = c.area)
GROUP BY c.area ORDER BY min(c."row")
"""
DESCRIBE = f"""
UPDATE communities_namedarea a SET note = n.note
FROM (SELECT c.area, max(c.note) AS note FROM compared c
      WHERE {_DESCRIBES.format("c")} GROUP BY c.area) n
WHERE a.name = n.area AND a.note <> n.note
"""
ADD_PARTS = f"""
INSERT INTO communities_areapart (area_id, {columns_of(*DRAWN)})
SELECT a.id, {keys_of("c.place_id", *DRAWN)}
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
