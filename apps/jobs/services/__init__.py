"""What moves the ledger: planning a day, claiming what is due, running it."""

from .planning import plan_day, plan_missed_days
from .requests import note_progress, note_within, request
from .running import (
    Outcome,
    RunSummary,
    retry_occurrence,
    run_due,
    run_requested,
    run_ticks,
)

__all__ = [
    "Outcome",
    "RunSummary",
    "note_progress",
    "note_within",
    "plan_day",
    "plan_missed_days",
    "request",
    "retry_occurrence",
    "run_due",
    "run_requested",
    "run_ticks",
]
