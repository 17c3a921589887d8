"""Why a report is not taken, in the sentence the user reads."""

from apps.core.errors import Conflict, DomainError


class CampaignClosed(DomainError):
    """The campaign asks nobody for reports."""


class DayNotOpen(DomainError):
    """The day lies ahead, or before the campaign began."""


class NotAsked(DomainError):
    """The unit owes no report for that day."""


class AlreadyFiled(DomainError):
    """The report stands as filed; it is sent back or withdrawn before it changes."""

    status = 409


class IncompleteReport(DomainError):
    """A cell that must be answered is not, or two answers contradict each other."""


class WrongState(DomainError):
    """The step is not open from the state the report is in."""

    status = 409


class StaleReport(Conflict):
    """Somebody else filed first."""


class DraftConflict(Conflict):
    """Somebody else, or another device, saved a draft in between."""
