"""What a desk hands up for a day: typed figures that know what they may be added to."""

from decimal import Decimal
from typing import NamedTuple

from .enums import ScopeKind


class FigureRow(NamedTuple):
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


class Drawn(NamedTuple):
    """A figure as it is read to be shown: a stored row, or what a lock would store (`pk` None).

    Fields have the names of `Figure`: hundreds of them stand behind a page, where each instance of
    the model would cost more than its query.
    """

    pk: int | None
    snapshot_id: int | None
    indicator_id: int
    scope: str
    unit_id: int | None
    group_id: int | None
    category: str
    district_id: int | None
    value: Decimal | None
    qualifier: str
    reported: int
    asked: int
    compared: Decimal | None
    compared_before: Decimal | None
    compared_units: int
    carried_over: Decimal | None
    revision_id: int | None
