from .batches import NotUndoableError, send_batch, undo_batch, withdraw_deployments
from .crossing import CrossesClosureError
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
from .sealing import (
    NothingToChangeError,
    PlanMovedOnError,
    apply_closures,
    end_local_duty,
    return_people,
    undo_sealing,
)

__all__ = [
    "UNDER_WAY",
    "AlreadySentError",
    "CrossesClosureError",
    "NotOfUnitError",
    "NotUnderWayError",
    "NotUndoableError",
    "NothingToChangeError",
    "OutsideSpanError",
    "PlanMovedOnError",
    "apply_closures",
    "bring_back",
    "close_need",
    "end_deployment",
    "end_local_duty",
    "record_day",
    "return_people",
    "send_batch",
    "send_members",
    "undo_batch",
    "undo_sealing",
    "withdraw_deployments",
]
