from apps.core.errors import DomainError


class CorrectionRefusedError(DomainError):
    """A correction that changes nothing, of something not locked, or reviewed before."""
