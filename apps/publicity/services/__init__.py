"""Writes of the publicity desk; views call `services.submit_item(...)` and the like."""

from .adoption import sign_adoption
from .chain import (
    pass_first_review,
    pass_second_review,
    return_item,
    sign_item,
    submit_item,
    withdraw_item,
)
from .items import link_item, revise_item, unlink_item, write_item
from .photos import PhotoEdit, change_photos
from .placements import Placed, place_items, take_back_placements

__all__ = [
    "PhotoEdit",
    "Placed",
    "change_photos",
    "link_item",
    "pass_first_review",
    "pass_second_review",
    "place_items",
    "return_item",
    "revise_item",
    "sign_adoption",
    "sign_item",
    "submit_item",
    "take_back_placements",
    "unlink_item",
    "withdraw_item",
    "write_item",
]
