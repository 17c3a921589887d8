"""Why a need or a sheet cannot take a step."""

from apps.core.errors import ConflictError, DomainError


class AllocationRefusedError(DomainError):
    """What is asked for is not allowed; the sentence says the way out."""


class AllocationConflictError(ConflictError):
    """Somebody else was there first."""


class CapacityError(DomainError):
    """Lines ask more people of a unit than it has free, or send a need more than it lacks; `lines`
    gives the sentence by line."""

    def __init__(self, lines: dict[int, str]) -> None:
        self.lines = lines
        more = f"等 {len(lines)} 条" if len(lines) > 1 else ""
        super().__init__(f"{next(iter(lines.values()))}{more and f'（{more}）'}")
