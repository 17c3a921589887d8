"""Tables as Excel, out and in. An app declares a `Sheet` in its `sheets.py`; the engine is here."""

from .declaration import Applying, Check, Lookup, Sheet, SheetColumn
from .registry import register_sheet, sheet_for, sheet_of, sheets, sheets_for

__all__ = [
    "Applying",
    "Check",
    "Lookup",
    "Sheet",
    "SheetColumn",
    "register_sheet",
    "sheet_for",
    "sheet_of",
    "sheets",
    "sheets_for",
]
