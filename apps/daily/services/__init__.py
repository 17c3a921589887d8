"""Writes of the daily desk, one module per noun."""

from .locking import lock_day, take_flash_figures, unlock_day
from .rounds import OpenedDay, open_day

__all__ = ["OpenedDay", "lock_day", "open_day", "take_flash_figures", "unlock_day"]
