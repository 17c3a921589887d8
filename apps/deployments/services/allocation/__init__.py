from .drafting import NewLine, draft_sheet, save_lines
from .errors import AllocationConflictError, AllocationRefusedError, CapacityError
from .following import follow_sheets
from .steps import (
    WITHDRAWABLE,
    acknowledge_line,
    asking_lines,
    finish_sheet,
    issue_sheet,
    return_sheet,
    sign_sheet,
    submit_sheet,
    withdraw_sheet,
)

__all__ = [
    "WITHDRAWABLE",
    "AllocationConflictError",
    "AllocationRefusedError",
    "CapacityError",
    "NewLine",
    "acknowledge_line",
    "asking_lines",
    "draft_sheet",
    "finish_sheet",
    "follow_sheets",
    "issue_sheet",
    "return_sheet",
    "save_lines",
    "sign_sheet",
    "submit_sheet",
    "withdraw_sheet",
]
