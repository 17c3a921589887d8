"""What a desk hands up for a day: typed figures that know what they may be added to."""

from dataclasses import dataclass
from decimal import Decimal

from .enums import ScopeKind


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One value of one indicator for one scope of a day.

    `key` is the id of the unit, group or district, the code of the category, or None for the
    total. `n` of `of` deployments (or rows) had an entry; `value` None is missing.
    """

    indicator: str
    scope: ScopeKind
    key: int | str | None
    value: Decimal | None
    n: int
    of: int
