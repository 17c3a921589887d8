from .dated import DatedQuerySet
from .people import Member, Membership, PartyBranch, characters_of
from .postings import Posting
from .units import GroupMembership, LiaisonGroup, Unit

__all__ = [
    "DatedQuerySet",
    "GroupMembership",
    "LiaisonGroup",
    "Member",
    "Membership",
    "PartyBranch",
    "Posting",
    "Unit",
    "characters_of",
]
