"""What is written about the work, who checked it, and where it appeared."""

from .items import ItemPhoto, ItemStep, PublicityItem
from .notices import AdoptionNotice, AdoptionRow
from .placements import Channel, Placement

__all__ = [
    "AdoptionNotice",
    "AdoptionRow",
    "Channel",
    "ItemPhoto",
    "ItemStep",
    "Placement",
    "PublicityItem",
]
