"""The life of a daily report, from the row that expects it to the lock."""

from .drafts import save_draft
from .filing import Entry, Filing, Origin, fields_of
from .opening import check_day, open_day_reports, report_of
from .refusals import (
    AlreadyFiledError,
    CampaignClosedError,
    DayNotOpenError,
    DraftConflictError,
    IncompleteReportError,
    NotAskedError,
    StaleReportError,
    WrongStateError,
)
from .reviewing import (
    accept_report,
    accept_reports,
    approve_in_unit,
    exempt_unit,
    note_contact,
    return_in_unit,
    return_report,
    withdraw_report,
)
from .submitting import current_values, enter_for_unit, receipt_number, submit_report

__all__ = [
    "AlreadyFiledError",
    "CampaignClosedError",
    "DayNotOpenError",
    "DraftConflictError",
    "Entry",
    "Filing",
    "IncompleteReportError",
    "NotAskedError",
    "Origin",
    "StaleReportError",
    "WrongStateError",
    "accept_report",
    "accept_reports",
    "approve_in_unit",
    "check_day",
    "current_values",
    "enter_for_unit",
    "exempt_unit",
    "fields_of",
    "note_contact",
    "open_day_reports",
    "receipt_number",
    "report_of",
    "return_in_unit",
    "return_report",
    "save_draft",
    "submit_report",
    "withdraw_report",
]
