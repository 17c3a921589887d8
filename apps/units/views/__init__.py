"""Pages of units, groups and people."""

from .groups import GroupDetailView, GroupListView, GroupUpdateView
from .lookups import BranchLookup, MemberLookup, UnitLookup
from .members import MemberDetailView, MemberListView, MemberTransferView, MemberUpdateView
from .units import UnitDetailView, UnitGroupChangeView, UnitListView, UnitUpdateView

__all__ = [
    "BranchLookup",
    "GroupDetailView",
    "GroupListView",
    "GroupUpdateView",
    "MemberDetailView",
    "MemberListView",
    "MemberLookup",
    "MemberTransferView",
    "MemberUpdateView",
    "UnitDetailView",
    "UnitGroupChangeView",
    "UnitListView",
    "UnitLookup",
    "UnitUpdateView",
]
