"""Answers Django's questions about users from their postings."""

import datetime as dt
from collections import defaultdict
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import Model, QuerySet

from apps.accounts.models import User
from apps.core.dates import business_day
from apps.core.scope import Scope

from .enums import OFFICE_ROLES, UNIT_ROLES, Role
from .models import GroupMembership, LiaisonGroup, Member, Membership, Posting, Unit
from .permissions import grants, holders_by_app, not_own_unit

# Who works on the data of all units.
SEES_EVERYTHING = OFFICE_ROLES | {Role.STEWARD}
# What a row of ours may hang on that hangs on a unit itself.
PARENTS = ("report", "revision", "deployment", "figure", "team")


class PostingBackend(ModelBackend):
    """`has_perm(perm)` asks whether any posting of today grants it; with an object, there.

    A user's postings and the units of their groups are read once per user object and day, that is
    once per request, in two queries at most. There is no superuser and no group of permissions.
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
        holders = holders_by_app().get(app_label, frozenset())
        return any(posting.role in holders for posting in self._postings(user_obj))

    def _reaches(self, user: Any, posting: Posting, unit: int | None, obj: Model) -> bool:
        if posting.role in UNIT_ROLES:
            return unit is not None and posting.unit_id == unit
        if posting.role == Role.LIAISON:
            if isinstance(obj, LiaisonGroup):
                return posting.group_id == obj.pk
            if (of_the_day := _group_of_the_day(obj)) is not None:
                return posting.group_id == of_the_day
            group = posting.group_id or 0
            return unit in self._group_units(user).get(group, frozenset())
        return True

    def _is_posted_to(self, user: Any, unit: int | None) -> bool:
        return any(p.unit_id == unit for p in self._postings(user) if p.unit_id is not None)

    def get_all_permissions(self, user_obj: Any, obj: Model | None = None) -> set[str]:
        return {name for name in grants() if self.has_perm(user_obj, name, obj)}

    def with_perm(
        self,
        perm: Any,
        is_active: bool | None = True,
        include_superusers: bool = False,  # noqa: ARG002
        obj: Model | None = None,
    ) -> Any:
        """Accounts whose posting of today grants `perm`. By rows, so never asked about one."""
        if obj is not None:
            raise NotImplementedError
        roles = grants().get(perm, frozenset())
        held = Posting.objects.on(business_day()).filter(role__in=roles)
        users = User.objects.filter(pk__in=held.values("user"))
        return users if is_active is None else users.filter(is_active=is_active)

    def postings_of(self, user: Any) -> list[Posting]:
        """Today's postings with their unit and group; none for a disabled account."""
        return self._postings(user) if getattr(user, "is_active", False) else []

    def _postings(self, user: Any) -> list[Posting]:
        today = business_day()
        known: tuple[dt.date, list[Posting]] | None = getattr(user, "_postings_today", None)
        if known is None or known[0] != today:
            rows = Posting.objects.filter(user=user).on(today).select_related("unit", "group")
            known = user._postings_today = (today, list(rows))
        return known[1]

    def _group_units(self, user: Any) -> dict[int, frozenset[int]]:
        today = business_day()
        known: tuple[dt.date, dict[int, frozenset[int]]] | None
        known = getattr(user, "_group_units_today", None)
        if known is None or known[0] != today:
            groups = {p.group_id for p in self._postings(user) if p.group_id is not None}
            known = user._group_units_today = (today, _units_by_group(groups, today))
        return known[1]


def _units_by_group(groups: set[int], day: dt.date) -> dict[int, frozenset[int]]:
    if not groups:
        return {}
    members = GroupMembership.objects.filter(group__in=groups).on(day)
    found: dict[int, set[int]] = defaultdict(set)
    for group, unit in members.values_list("group", "unit"):
        found[group].add(unit)
    return {group: frozenset(units) for group, units in found.items()}


def _group_of_the_day(obj: Model) -> int | None:
    """A frozen value stays with the group its unit belonged to on that day; None for other rows."""
    frozen = getattr(obj, "figure", obj)
    return getattr(frozen, "group_id", None) if hasattr(frozen, "snapshot_id") else None


def _unit_of(obj: Model) -> int | None:
    """The unit a row hangs on today, directly or through the rows it belongs to."""
    if isinstance(obj, Unit):
        return obj.pk
    if isinstance(obj, Member):
        belongs = Membership.objects.filter(member=obj).on(business_day())
        return belongs.values_list("unit", flat=True).first()
    if hasattr(obj, "unit_id"):
        return obj.unit_id
    parents = (getattr(obj, name, None) for name in PARENTS)
    return next((_unit_of(parent) for parent in parents if isinstance(parent, Model)), None)


def is_granted_everywhere(user: Any, permission: str) -> bool:
    """Whether a posting that is tied to no unit and no group grants `permission`."""
    held = _granting(user, permission)
    return any(p.unit_id is None and p.group_id is None for p in held)


def units_granted(user: Any, permission: str) -> QuerySet[Unit]:
    """The units over which a posting of today grants `permission`; all for who has it everywhere."""
    if is_granted_everywhere(user, permission):
        return Unit.objects.all()
    held = _granting(user, permission)
    units = {p.unit_id for p in held if p.unit_id is not None}
    of_groups = PostingBackend()._group_units(user)
    units |= {unit for p in held if p.group_id for unit in of_groups.get(p.group_id, ())}
    return Unit.objects.filter(pk__in=units)


def _granting(user: Any, permission: str) -> list[Posting]:
    roles = grants().get(permission, frozenset())
    return [p for p in PostingBackend().postings_of(user) if p.role in roles]
