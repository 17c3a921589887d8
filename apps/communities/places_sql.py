# ruff: noqa: S608 - the relation is named by our own code
"""Where measures lie, as SQL."""


def laid(measures: str) -> str:
    """SELECT of the places on which each row of `measures` lies: of a named area all it takes in.

    `measures` is a relation with `id` and the four places of `communities_areastatus`.
    """
    return f"""
    SELECT m.id, m.street_id, m.community_id, m.estate_id FROM {measures} m WHERE m.area_id IS NULL
    UNION ALL
    SELECT m.id, p.street_id, p.community_id, p.estate_id
    FROM {measures} m JOIN communities_areapart p ON p.area_id = m.area_id"""
