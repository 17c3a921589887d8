"""Which jobs there are: upper apps register theirs as they get ready; this app knows none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .models import Occurrence

PLAN = "plan"
"""The ledger's own mark: a row of this name says that the day has been planned."""


@dataclass(frozen=True)
class Planned:
    """One run of a job that a day asks for.

    `scope` begins with the campaign's code (`flood-2021`, `flood-2021/group-03`). What concerns
    all campaigns at once is empty or begins with `all` (`all/group-03`): it waits for every
    campaign's earlier work, while two campaigns never wait for each other.
    """

    scope: str
    due_at: datetime


@dataclass(frozen=True)
class Job:
    """A piece of work that recurs by the day, or that people ask for.

    `plan(on)` names the runs of a day, also of a past one; without it the job runs on request
    (`services.request`). `run(occurrence)` does one of them, is
    safe to run twice, and returns what the job page shows (JSON). More than `expires_after` behind
    its time a run is skipped, not run: nobody wants yesterday's reminder.
    """

    name: str
    label: str
    plan: Callable[[date], Iterable[Planned]] | None
    run: Callable[[Occurrence], dict[str, Any]]
    expires_after: timedelta | None = None


Tick = Callable[[datetime], object]

_jobs: dict[str, Job] = {}
_ticks: dict[str, Tick] = {}
_words: dict[str, str] = {}


def register(*jobs: Job) -> None:
    """Add jobs; a name that is registered again takes the new one."""
    for job in jobs:
        if job.name == PLAN:
            raise ValueError(f"{PLAN} is the ledger's own name")
        _jobs[job.name] = job


def register_tick(name: str, tick: Tick) -> None:
    """Have `tick(now)` called once a minute, outside the ledger; it must be cheap and repeatable."""
    _ticks[name] = tick


def name_results(words: Mapping[str, str]) -> None:
    """What the keys of results are called on the page of a run."""
    _words.update(words)


def result_word(key: str) -> str:
    return _words.get(key, key)


def jobs() -> Mapping[str, Job]:
    """All jobs by name, in the order of their registration."""
    return _jobs


def planned() -> Mapping[str, Job]:
    """The jobs a day asks for."""
    return {name: job for name, job in _jobs.items() if job.plan is not None}


def requested() -> Mapping[str, Job]:
    """The jobs people ask for."""
    return {name: job for name, job in _jobs.items() if job.plan is None}


def ticks() -> Mapping[str, Tick]:
    return _ticks


def label_of(name: str) -> str:
    """What people call the job; the bare name of one that is gone."""
    if name == PLAN:
        return "编排当日任务"
    return _jobs[name].label if name in _jobs else name
