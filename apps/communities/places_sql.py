# ruff: noqa: S608 - the relation is named by our own code
"""Where measures lie, and by which number a table knows a place, as SQL."""

from .places import FIELDS, KINDS, PlaceKind


def number_of(row: str, *kinds: PlaceKind) -> str:
    """The number of the place that `row` has in one of its foreign keys."""
    numbers = (f"{row}.{FIELDS[kind]}_id * {KINDS} + {kind}" for kind in kinds)
    return f"coalesce({', '.join(numbers)})"


def keys_of(number: str, *kinds: PlaceKind) -> str:
    """The foreign keys of the place of that number: all but its own are NULL."""
    return ", ".join(
        f"CASE mod({number}, {KINDS}) WHEN {kind} THEN {number} / {KINDS} END" for kind in kinds
    )


def columns_of(*kinds: PlaceKind) -> str:
    return ", ".join(f"{FIELDS[kind]}_id" for kind in kinds)


def laid(measures: str) -> str:
    """SELECT of the places on which each row of `measures` lies: of a named area all it takes in.

    `measures` is a relation with `id` and the four places of `communities_areastatus`.
    """
    return f"""
    SELECT m.id, m.street_id, m.community_id, m.estate_id FROM {measures} m WHERE m.area_id IS NULL
    UNION ALL
    SELECT m.id, p.street_id, p.community_id, p.estate_id
    FROM {measures} m JOIN communities_areapart p ON p.area_id = m.area_id"""
