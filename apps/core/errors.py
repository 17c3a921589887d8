"""Refusals of the domain: each carries the sentence the user will read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """One field on which two editors disagree."""

    label: str
    mine: object
    theirs: object

    @property
    def is_text(self) -> bool:
        """Whether the two are words rather than numbers."""
        return isinstance(self.mine, str) or isinstance(self.theirs, str)


class DomainError(Exception):
    """Something the rules do not allow. `message` is Chinese, for people; `field` names the input.

    Subclass once per kind of refusal. Raised anywhere below a view it undoes the request's
    transaction and becomes a sentence on the page, status 422.
    """

    status = 422

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class ConflictError(DomainError):
    """Somebody else was there first (409). `differences` shows both values, so nothing is lost.

    `marks`: what the form's own hidden fields (`version`, `seen`) would say if it were drawn now;
    shown both values and pressed again, what is typed is meant.
    """

    status = 409

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        differences: Sequence[Difference] = (),
        marks: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message, field=field)
        self.differences = tuple(differences)
        self.marks = marks or {}
