from .batches import NotUndoableError, send_batch, undo_batch, withdraw_deployments
from .ledger import (
    UNDER_WAY,
    AlreadySentError,
    NotOfUnitError,
    NotUnderWayError,
    OutsideSpanError,
    bring_back,
    close_need,
    end_deployment,
    record_day,
    send_members,
)

__all__ = [
    "UNDER_WAY",
    "AlreadySentError",
    "NotOfUnitError",
    "NotUnderWayError",
    "NotUndoableError",
    "OutsideSpanError",
    "bring_back",
    "close_need",
    "end_deployment",
    "record_day",
    "send_batch",
    "send_members",
    "undo_batch",
    "withdraw_deployments",
]
