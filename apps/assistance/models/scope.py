"""Who sees the rows of the desk."""

from typing import Any, Self

from apps.core.scope import ScopedQuerySet, scope_of
from apps.units.enums import Role


class AssistedQuerySet(ScopedQuerySet):
    """The office and its caseworkers see all cases of the desk; groups and units their own."""

    def visible_to(self, user: Any) -> Self:
        if Role.CASEWORKER in scope_of(user).roles:
            return self
        return super().visible_to(user)
