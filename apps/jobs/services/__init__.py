"""What moves the ledger: planning a day, claiming what is due, running it."""

from .planning import plan_day, plan_missed_days
from .running import Outcome, RunSummary, retry_occurrence, run_due, run_ticks

__all__ = [
    "Outcome",
    "RunSummary",
    "plan_day",
    "plan_missed_days",
    "retry_occurrence",
    "run_due",
    "run_ticks",
]
