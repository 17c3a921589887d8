"""Answers Django's questions about users from their postings."""

from collections import defaultdict
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import Model

from apps.core.dates import business_day
from apps.core.scope import Scope

from .enums import OFFICE_ROLES, UNIT_ROLES, Role
from .models import GroupMembership, LiaisonGroup, Posting, Unit
from .permissions import grants, not_own_unit

# Who works on the data of all units; the security administrator needs the list to post people.
SEES_EVERYTHING = OFFICE_ROLES | {Role.STEWARD, Role.SECURITY_ADMIN}


class PostingBackend(ModelBackend):
    """`has_perm(perm)` asks whether any posting of today grants it; with an object, there.

    A user's postings and the units of their groups are read once per user object, that is once
    per request, in two queries at most.
    """

    def scope_of(self, user: Any) -> Scope:
        postings = self._postings(user)
        roles = frozenset(posting.role for posting in postings)
        own = frozenset(p.unit_id for p in postings if p.unit_id is not None)
        groups = frozenset(p.group_id for p in postings if p.group_id is not None)
        of_groups = frozenset().union(*self._group_units(user).values())
        return Scope(
            everything=bool(roles & SEES_EVERYTHING),
            units=own | of_groups,
            own_units=own,
            groups=groups,
            roles=roles,
        )

    def has_perm(self, user_obj: Any, perm: str, obj: Model | None = None) -> bool:
        if not getattr(user_obj, "is_active", False):
            return False
        roles = grants().get(perm, frozenset())
        held = [p for p in self._postings(user_obj) if p.role in roles]
        if obj is None or not held:
            return bool(held)
        unit = _unit_of(obj)
        if perm in not_own_unit() and self._is_posted_to(user_obj, unit):
            return False
        return any(self._reaches(user_obj, posting, unit, obj) for posting in held)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        if not getattr(user_obj, "is_active", False):
            return False
        roles = {posting.role for posting in self._postings(user_obj)}
        return any(
            name.startswith(f"{app_label}.") and roles & holders
            for name, holders in grants().items()
        )

    def _reaches(self, user: Any, posting: Posting, unit: int | None, obj: Model) -> bool:
        if posting.role in UNIT_ROLES:
            return unit is not None and posting.unit_id == unit
        if posting.role == Role.LIAISON:
            if isinstance(obj, LiaisonGroup):
                return posting.group_id == obj.pk
            return unit in self._group_units(user).get(posting.group_id, frozenset())
        return True

    def _is_posted_to(self, user: Any, unit: int | None) -> bool:
        return any(p.unit_id == unit for p in self._postings(user) if p.unit_id is not None)

    def _postings(self, user: Any) -> list[Posting]:
        if not hasattr(user, "_postings_today"):
            user._postings_today = list(Posting.objects.filter(user=user).on(business_day()))
        return user._postings_today

    def _group_units(self, user: Any) -> dict[int, frozenset[int]]:
        if not hasattr(user, "_group_units_today"):
            groups = {p.group_id for p in self._postings(user) if p.group_id is not None}
            user._group_units_today = _units_by_group(groups) if groups else {}
        return user._group_units_today


def _units_by_group(groups: set[int]) -> dict[int, frozenset[int]]:
    members = GroupMembership.objects.filter(group__in=groups).on(business_day())
    found: dict[int, set[int]] = defaultdict(set)
    for group, unit in members.values_list("group", "unit"):
        found[group].add(unit)
    return {group: frozenset(units) for group, units in found.items()}


def _unit_of(obj: Model) -> int | None:
    """The unit a row hangs on, directly or through the report or deployment it belongs to."""
    if isinstance(obj, Unit):
        return obj.pk
    for owner in (obj, *(getattr(obj, name, None) for name in ("report", "deployment"))):
        if owner is not None and hasattr(owner, "unit_id"):
            return owner.unit_id
    return None
