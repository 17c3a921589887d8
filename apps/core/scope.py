"""The one rule of scope: what a user may see, asked of the authentication backend once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth import get_backends
from django.db import models

from .dates import business_day

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser


@dataclass(frozen=True)
class Scope:
    """What a person's postings of today add up to.

    `everything`: every unit; `units`: ids of the person's own and of their groups' units of today;
    `own_units`: ids of the units they are posted to; `groups`: ids of their groups.
    """

    everything: bool = False
    units: frozenset[int] = frozenset()
    own_units: frozenset[int] = frozenset()
    groups: frozenset[int] = frozenset()
    roles: frozenset[str] = frozenset()


NOTHING = Scope()


def scope_of(user: AbstractBaseUser | AnonymousUser) -> Scope:
    """The scope of `user` today; computed once per user object and day, empty for strangers."""
    if not getattr(user, "is_active", False):
        return NOTHING
    today = business_day()
    known: tuple[date, Scope] | None = getattr(user, "_scope", None)
    if known is None or known[0] != today:
        answers = (getattr(backend, "scope_of", None) for backend in get_backends())
        known = today, next((answer(user) for answer in answers if answer), NOTHING)
        user._scope = known  # type: ignore[union-attr]
    return known[1]


def seen_units(user: AbstractBaseUser | AnonymousUser) -> list[int] | None:
    """The rule of `ScopedQuerySet` for a statement written by hand: it keeps the rows whose unit
    `= ANY(seen)`, or all of them where `seen` is NULL."""
    scope = scope_of(user)
    return None if scope.everything else sorted(scope.units)


class ScopedQuerySet(models.QuerySet[Any]):
    """Rows that hang on a unit, found by `unit_path`; models with another rule override."""

    unit_path = "unit"

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """The rows `user` may see: all, those of their units, or none."""
        scope = scope_of(user)
        if scope.everything:
            return self
        return self.filter(**{f"{self.unit_path}__in": scope.units})


class OfficeQuerySet(models.QuerySet[Any]):
    """Rows of the committee's own desk."""

    def visible_to(self, user: Any) -> Self:
        return self if scope_of(user).everything else self.none()
