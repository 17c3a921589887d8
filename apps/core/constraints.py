"""Constraints that PostgreSQL keeps for us, worded for people."""

from collections.abc import Sequence

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db.models import F, Func, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.fields import IntegerField
from django.db.models.functions import Cast


def _same(column: str) -> tuple[Combinable, str]:
    # The embedded server has no btree_gist: a number is compared as a range of one. A boolean
    # casts to integer only; our ids stay far below two thousand million.
    # Named by its field, not its column: validation puts the new row's values in by field name,
    # and a name it does not know would be compared with itself.
    number = Cast(F(column.removesuffix("_id")), IntegerField())
    return Func(number, number, Value("[]"), function="int4range"), "&&"


def no_overlap(
    *,
    name: str,
    same: Sequence[str],
    start: str,
    end: str,
    message: str,
    moments: bool = False,
    condition: Q | None = None,
) -> ExclusionConstraint:
    """No two rows equal in `same` (integer, boolean or foreign-key columns) share a moment.

    Days count from `start` to `end` inclusive; with `moments` the end is exclusive. An empty end
    is open. Columns in `same` must not be NULL: rows where they are go out by `condition`.
    """
    function, bounds = ("tstzrange", "[)") if moments else ("daterange", "[]")
    period = Func(F(start), F(end), Value(bounds), function=function)
    return ExclusionConstraint(
        name=name,
        expressions=[*(_same(column) for column in same), (period, "&&")],
        condition=condition,
        violation_error_message=message,
    )
