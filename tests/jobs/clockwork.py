"""Jobs for tests: where they run, how often, and when they fail."""

import datetime as dt
from dataclasses import dataclass, field

from apps.core.dates import moment_on
from apps.jobs.models import Occurrence
from apps.jobs.registry import Job, Planned, register
from apps.jobs.services import note_progress


@dataclass
class Clockwork:
    """`ran` lists `job day scope` in the order of running."""

    ran: list[str] = field(default_factory=list)
    failing: set[str] = field(default_factory=set)
    noted: list[dict] = field(default_factory=list)

    def add(self, name, *, at=dt.time(9), scopes=("flood",), expires_after=None, days=None):
        """A job due at `at` in each of `scopes`, on `days` or on every day."""

        def plan(on):
            if days is None or on in days:
                return [Planned(scope, moment_on(on, at)) for scope in scopes]
            return []

        def run(occurrence):
            entry = f"{name} {occurrence.on.day} {occurrence.scope}"
            if name in self.failing or entry in self.failing:
                raise RuntimeError(f"{name} is broken")
            self.ran.append(entry)
            return {"count": len(self.ran)}

        register(Job(name, f"任务{name}", plan, run, expires_after))

    def add_requested(self, name):
        """A job that runs when it is asked for."""

        def run(occurrence):
            if name in self.failing:
                raise RuntimeError(f"{name} is broken")
            self.ran.append(f"{name} {occurrence.scope}")
            note_progress(occurrence, done=1, total=2)
            self.noted.append(Occurrence.objects.get(pk=occurrence.pk).result)
            return {"rows": 2}

        register(Job(name, f"任务{name}", None, run))
