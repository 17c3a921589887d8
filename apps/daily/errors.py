"""What the days of a campaign refuse, each with its sentence."""

from apps.core.errors import ConflictError, DomainError


class DayRefusedError(DomainError):
    """The day is outside the campaign, ahead of us, or not yet at its hour."""


class DayLockedError(ConflictError):
    """Somebody, or the clock, has locked the day already."""


class UnlockRefusedError(DomainError):
    """A day is unlocked with a leader's consent and a reason, or not at all."""


class ActRefusedError(DomainError):
    """One of the four acts cannot take this step."""


class BriefRefusedError(DomainError):
    """There are no locked figures to make a document of."""


class ReturnRefusedError(DomainError):
    """A number told upward differs from what was told, and nobody says why."""


class CallRefusedError(DomainError):
    """A request for numbers asks too much, of nobody, too soon, or has ended."""


class StaleReplyError(ConflictError):
    """Somebody else answered the request first."""
