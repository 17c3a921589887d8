"""Reads of the assistance desk: figures of a day for others, lists and boards for its pages."""

from .figures import CODES, INDICATORS, day_count, day_figures, help_given, unit_day

__all__ = ["CODES", "INDICATORS", "day_count", "day_figures", "help_given", "unit_day"]
