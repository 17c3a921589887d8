"""Whom a mail about a day reaches: the mailboxes of units, of groups and of the office."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from apps.units.enums import Role
from apps.units.models import Posting, Unit

from ..enums import DigestKind
from ..models import DigestSubscription


@dataclass(frozen=True, slots=True)
class Addressee:
    """One mailbox; `user` is the account behind it, None for a unit's duty desk."""

    address: str
    name: str
    user: int | None = None


def unit_addressees(
    units: Collection[int],
    *,
    on: dt.date,
    duty_desk: bool,
    leader: bool,
    digest: DigestKind | None = None,
) -> dict[int, list[Addressee]]:
    """Mailboxes by unit: with `duty_desk` its duty room and 联络员, with `leader` its 审核人.

    With `digest` without the people who turned it off; the duty room is nobody's to turn off.
    """
    found: dict[int, list[Addressee]] = defaultdict(list)
    roles = [Role.REPORTER] * duty_desk + [Role.UNIT_LEADER] * leader
    if duty_desk:
        desks = Unit.objects.filter(pk__in=units).exclude(duty_email="")
        for unit, address, name in desks.values_list("pk", "duty_email", "short_name"):
            found[unit].append(Addressee(address, f"{name}值班室"))
    for posting in _subscribed(_posted(roles, on), digest).filter(unit__in=units):
        found[posting.unit_id].append(_addressee(posting))
    return {unit: _unique(boxes) for unit, boxes in found.items()}


def group_addressees(
    *, on: dt.date, digest: DigestKind | None = None
) -> dict[int, list[Addressee]]:
    """Mailboxes by group; with `digest` without those who turned it off."""
    found: dict[int, list[Addressee]] = defaultdict(list)
    for posting in _subscribed(_posted([Role.LIAISON], on), digest):
        found[posting.group_id].append(_addressee(posting))
    return {group: _unique(boxes) for group, boxes in found.items()}


def office_addressees(
    *, on: dt.date, roles: Collection[Role], digest: DigestKind | None = None
) -> list[Addressee]:
    """Mailboxes of the committee's own people who hold one of `roles`."""
    return _unique([_addressee(row) for row in _subscribed(_posted(roles, on), digest)])


def _posted(roles: Collection[Role], on: dt.date):  # type: ignore[no-untyped-def]
    return (
        Posting.objects.on(on)
        .filter(role__in=roles, user__is_active=True)
        .exclude(user__email="")
        .select_related("user")
        .order_by("user__username")
    )


def _subscribed(postings, digest: DigestKind | None):  # type: ignore[no-untyped-def]
    if digest is None:
        return postings
    off = DigestSubscription.objects.filter(digest=digest, is_enabled=False)
    return postings.exclude(user__in=off.values("user"))


def _addressee(posting: Posting) -> Addressee:
    return Addressee(posting.user.email, posting.user.name, posting.user_id)


def _unique(boxes: list[Addressee]) -> list[Addressee]:
    """One per address; an account wins over a bare desk so that its inbox hears too."""
    by_address: dict[str, Addressee] = {}
    for box in sorted(boxes, key=lambda box: box.user is None):
        by_address.setdefault(box.address.lower(), box)
    return list(by_address.values())
