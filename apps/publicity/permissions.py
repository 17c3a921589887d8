from apps.units.enums import Role
from apps.units.permissions import OFFICE, UNIT, merge, stewarded

from .enums import ItemState

EDITOR = frozenset({Role.EDITOR})
LIAISON = frozenset({Role.LIAISON})

GRANTS = merge(
    {
        "publicity.view_item": OFFICE | EDITOR | UNIT | LIAISON,
        "publicity.submit_item": UNIT | EDITOR,
        "publicity.first_review": EDITOR,
        "publicity.second_review": frozenset({Role.STAFF}),
        "publicity.sign_item": frozenset({Role.LEADER}),
        "publicity.place_item": EDITOR | {Role.STAFF},
        "publicity.withdraw_item": EDITOR | {Role.STAFF},
        "publicity.sign_adoption": frozenset({Role.LEADER}),
    },
    stewarded("publicity", "channel"),
    stewarded(
        "publicity",
        "publicityitem itemstep itemphoto placement adoptionnotice adoptionrow",
        actions="view",
    ),
)

NEXT_REVIEW: dict[ItemState, str] = {
    ItemState.SUBMITTED: "publicity.first_review",
    ItemState.FIRST: "publicity.second_review",
    ItemState.SECOND: "publicity.sign_item",
}
"""The permission that the next review of an item in each state asks for."""

# 三审 by others than the author's own unit.
NOT_OWN_UNIT = frozenset(
    {"publicity.first_review", "publicity.second_review", "publicity.sign_item"}
)
