"""What the publicity desk refuses, each with the sentence the user reads."""

from apps.core.errors import ConflictError, DomainError


class ItemRefusedError(DomainError):
    """The item cannot be taken as it stands."""


class NotEditableError(ConflictError):
    """The item was handed in: it is changed only when it has been returned."""


class StaleItemError(ConflictError):
    """Somebody moved or changed the item since the page was drawn."""


class ReviewerRefusedError(DomainError):
    """One's own item, or a second review by the same person."""


class PlacementRefusedError(DomainError):
    """Where or when an item is said to have appeared cannot be."""


class AdoptionRefusedError(DomainError):
    """The month's notice cannot be signed."""


class AdoptionMovedError(ConflictError):
    """The figures or the signature are others than those on the page."""
