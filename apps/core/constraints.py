"""Constraints that PostgreSQL keeps for us, worded for people."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import IntegrityError
from django.db.models import F, Func, IntegerField, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce

FAR = 10_000_000
"""An open span ends that many days after 2000, which no calendar reaches."""


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
    spans = _spans_of_moments if moments else _spans_of_days
    return ExclusionConstraint(
        name=name,
        expressions=[(span, "&&") for span in spans(same, start, end)],
        condition=condition,
        violation_error_message=message,
    )


def _number(column: str) -> Combinable:
    # A boolean casts to integer only; our ids stay far below two thousand million.
    # Named by its field, not its column: validation puts the new row's values in by field name,
    # and a name it does not know would be compared with itself.
    return Cast(F(column.removesuffix("_id")), IntegerField())


def _spans_of_moments(same: Sequence[str], start: str, end: str) -> list[Combinable]:
    numbers = [_number(column) for column in same]
    ones = [Func(number, number, Value("[]"), function="int4range") for number in numbers]
    return [*ones, Func(F(start), F(end), Value("[)"), function="tstzrange")]


def _spans_of_days(same: Sequence[str], start: str, end: str) -> list[Combinable]:
    """Days as the height of a box that stands on the first number; another number is one of its own.

    Boxes take a fifth of the time of ranges. A range is still made of the days once: it refuses an
    end before the start, which a box would turn round.
    """
    first, *others = (_number(column) for column in same)
    days = Func(F(start), F(end), Value("[]"), function="daterange")
    last = Func(
        days, function="upper", template="(%(function)s(%(expressions)s) - 1 - DATE '2000-01-01')"
    )
    since = Func(
        F(start), template="(%(expressions)s - DATE '2000-01-01')", output_field=IntegerField()
    )
    return [
        _box(first, since, Coalesce(last, Value(FAR), output_field=IntegerField())),
        *(_box(number, Value(0), Value(0)) for number in others),
    ]


def _box(number: Combinable, bottom: Combinable, top: Combinable) -> Combinable:
    corners = (Func(number, height, function="point") for height in (bottom, top))
    return Func(*corners, function="box")


def broken_rule(error: IntegrityError) -> str | None:
    """The sentence of the rule that a row broke, where we have written one."""
    diag: Any = getattr(error.__cause__, "diag", None)
    name = getattr(diag, "constraint_name", None)
    if getattr(diag, "source_function", None) == "exec_stmt_raise":
        return str(diag.message_primary)  # a trigger of ours speaks for itself
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name:
                said = str(constraint.violation_error_message)
                return None if said == constraint.default_violation_error_message else said
    return None
