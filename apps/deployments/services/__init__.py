from .batches import NotUndoableError, send_batch, undo_batch, withdraw_deployments
from .crossing import CrossesClosureError
from .ledger import (
    UNDER_WAY,
    AlreadySentError,
    NotOfUnitError,
    NotUnderWayError,
    OutsideSpanError,
    TooManyPeopleError,
    bring_back,
    end_deployment,
    record_day,
    send_members,
)
from .sealing import (
    NothingToChangeError,
    PlanMovedOnError,
    carry_out,
    end_local_duty,
    take_back,
)
from .sealing_steps import SealingAtWorkError, apply_closures, return_people, undo_sealing

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
    "SealingAtWorkError",
    "TooManyPeopleError",
    "apply_closures",
    "bring_back",
    "carry_out",
    "end_deployment",
    "end_local_duty",
    "record_day",
    "return_people",
    "send_batch",
    "send_members",
    "take_back",
    "undo_batch",
    "undo_sealing",
    "withdraw_deployments",
]
