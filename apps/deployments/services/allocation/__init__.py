from .drafting import NewLine, draft_sheet, save_lines
from .errors import AllocationConflictError, AllocationRefusedError, CapacityError
from .following import follow_sheets
from .proposing import propose, short_needs
from .steps import (
    WITHDRAWABLE,
    acknowledge_line,
    asking_lines,
    finish_sheet,
    issue_sheet,
    refuse_leader,
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
    "propose",
    "refuse_leader",
    "return_sheet",
    "save_lines",
    "short_needs",
    "sign_sheet",
    "submit_sheet",
    "withdraw_sheet",
]
