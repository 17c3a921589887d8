"""Why a report is not taken, in the sentence the user reads."""

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
    """A cell that must be answered is not, or two answers contradict each other."""


class WrongStateError(DomainError):
    """The step is not open from the state the report is in."""

    status = 409


class StaleReportError(ConflictError):
    """Somebody else filed first."""


class DraftConflictError(ConflictError):
    """Somebody else, or another device, saved a draft in between."""
