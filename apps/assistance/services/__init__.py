"""Writes of the assistance desk."""

from .actions import Act, ActionRefusedError, record_actions, withdraw_actions
from .beneficiaries import (
    BeneficiaryRefusedError,
    change_beneficiary,
    mark_duplicate,
    register_beneficiary,
    unmark_duplicate,
)
from .cases import (
    CaseMovedError,
    CaseRefusedError,
    attach_photos,
    change_due,
    note_progress,
    open_case,
    remove_photo,
)
from .revising import revise_case
from .steps import (
    answer_case,
    assign_case,
    cancel_case,
    hand_back_case,
    return_case,
    start_case,
    verify_case,
    verify_cases,
)

__all__ = [
    "Act",
    "ActionRefusedError",
    "BeneficiaryRefusedError",
    "CaseMovedError",
    "CaseRefusedError",
    "answer_case",
    "assign_case",
    "attach_photos",
    "cancel_case",
    "change_beneficiary",
    "change_due",
    "hand_back_case",
    "mark_duplicate",
    "note_progress",
    "open_case",
    "record_actions",
    "register_beneficiary",
    "remove_photo",
    "return_case",
    "revise_case",
    "start_case",
    "unmark_duplicate",
    "verify_case",
    "verify_cases",
    "withdraw_actions",
]
