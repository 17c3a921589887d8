"""Why a report is not taken, in the sentence the user reads."""

from collections.abc import Mapping
from typing import Self

from apps.core.errors import ConflictError, DomainError


class CampaignClosedError(DomainError):
    """The campaign asks nobody for reports."""


class DayNotOpenError(DomainError):
    """The day lies ahead, or before the campaign began."""


class NotAskedError(DomainError):
    """The unit owes no report for that day."""


class AlreadyFiledError(ConflictError):
    """The report stands as filed; it is sent back or withdrawn before it changes."""


class IncompleteReportError(DomainError):
    """A cell that must be answered is not, or two answers contradict each other.

    `problems` has the sentence of every such cell by its field; the error itself is of the first.
    """

    problems: Mapping[str, str]

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message, field=field)
        self.problems = {field or "": message}

    @classmethod
    def of(cls, problems: Mapping[str, str]) -> Self:
        field, message = next(iter(problems.items()))
        error = cls(message, field=field)
        error.problems = problems
        return error


class WrongStateError(DomainError):
    """The step is not open from the state the report is in."""

    status = 409


class StaleReportError(ConflictError):
    """Somebody else filed first."""


class DraftConflictError(ConflictError):
    """Somebody else, or another device, saved a draft in between."""
