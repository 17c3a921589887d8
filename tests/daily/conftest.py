"""The day that the tests of reports share."""

from .report_day import clock, flood, report

__all__ = ["clock", "flood", "report"]
