"""One night of the drill: set the clock, kill something, wait, and count what arrived."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any

from apps.core.dates import moment_on
from tests.messaging.post_office import PostOffice

from .stack import Stack

FIRST_NIGHT = dt.date(2021, 8, 1)
PATIENCE = 120

DONE = """
SELECT count(*) FILTER (WHERE state NOT IN ('done', 'skipped')),
       (SELECT count(*) FROM messaging_outboxmessage WHERE state <> 'sent'),
       count(*)
FROM jobs_occurrence WHERE "on" >= %s
"""
OCCURRENCES = 'SELECT job, state, is_late, tries, result FROM jobs_occurrence WHERE "on" = %s'
MESSAGES = 'SELECT message_id FROM messaging_outboxmessage WHERE "on" = %s'


class SlowPostOffice(PostOffice):
    """Takes a few milliseconds for each mail, so that kills meet mails on their way."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        await asyncio.sleep(0.004)
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(0.004)
        return answer


@dataclass
class Verdict:
    """What one night came to. `copies` are second and later arrivals of a mail."""

    on: dt.date
    kills: int = 0
    mails: int = 0
    missing: int = 0
    copies: int = 0
    altered: int = 0
    seconds: float = 0.0
    troubles: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not (self.troubles or self.missing or self.altered) and self.copies <= self.kills


class Drill:
    """Nights one after another on one stack; each night is a day of its own."""

    def __init__(self, stack: Stack, office: PostOffice, mails: int, seed: int) -> None:
        self.stack = stack
        self.office = office
        self.mails = mails
        self.chance = random.Random(seed)
        self.next = FIRST_NIGHT
        self.set_clock(FIRST_NIGHT, dt.time(12))

    def set_clock(self, on: dt.date, at: dt.time) -> None:
        ahead = (moment_on(on, at) - dt.datetime.now(dt.UTC)).total_seconds()
        draft = self.stack.home / "clock.draft"
        draft.write_text(str(ahead))
        draft.rename(self.stack.home / "clock")

    def night(self, *targets: str, longest: float = 5.0) -> Verdict:
        """The next night, with one kill of each target at a moment of chance."""
        on, self.next = self.next, self.next + dt.timedelta(days=1)
        moments = sorted(self.chance.uniform(0.2, longest) for _ in targets)
        self.set_clock(on, dt.time(22, 5))
        started = time.monotonic()
        for moment, target in zip(moments, targets, strict=True):
            time.sleep(max(started + moment - time.monotonic(), 0))
            self.stack.kill(target)
        self.wait_until_done(on)
        return self.judge(on, kills=len(targets), seconds=time.monotonic() - started)

    def dark_days(self, days: int) -> list[Verdict]:
        """Worker and beat are away for so many nights and come back on the noon after."""
        self.stack.stop("worker")
        self.stack.stop("beat")
        first = self.next
        self.next += dt.timedelta(days=days)
        self.set_clock(self.next, dt.time(12))
        started = time.monotonic()
        self.stack.start("worker")
        self.stack.start("beat")
        self.wait_until_done(first, until=self.next)
        seconds = time.monotonic() - started
        nights = [first + dt.timedelta(days=n) for n in range(days)]
        return [self.judge(on, seconds=seconds, were_dark=True) for on in nights]

    def wait_until_done(self, on: dt.date, until: dt.date | None = None) -> None:
        """Wait for every run since `on` and every mail; nobody helps."""
        last = until or on
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            planned = self.stack.ask(
                "SELECT count(*) FROM jobs_occurrence WHERE job = 'plan' AND \"on\" = %s", last
            )
            answer = self.stack.ask(DONE, on)
            if planned == [(1,)] and answer is not None:
                open_runs, open_mails, runs = answer[0]
                waiting = 19 if until else 0  # the last day's own night is still to come
                if runs > 1 and open_runs <= waiting and not open_mails:
                    return
            self.stack.revive()
            time.sleep(0.1)

    def judge(
        self, on: dt.date, *, kills: int = 0, seconds: float = 0.0, were_dark: bool = False
    ) -> Verdict:
        verdict = Verdict(on, kills=kills, seconds=seconds)
        arrived: dict[str, Counter[bytes]] = defaultdict(Counter)
        for raw in self.office.taken:
            arrived[str(message_from_bytes(raw)["Message-ID"])][raw] += 1
        ids = [name for (name,) in self.stack.ask(MESSAGES, on) or []]
        verdict.mails = len(ids)
        verdict.missing = sum(name not in arrived for name in ids)
        verdict.copies = sum(arrived[name].total() - 1 for name in ids if name in arrived)
        verdict.altered = sum(len(arrived[name]) > 1 for name in ids)
        self.check_runs(verdict, were_dark=were_dark)
        print(f"    {on}: {seconds:.1f} s, {verdict.copies} copies", file=sys.stderr, flush=True)
        if self.stack.ended:
            names, self.stack.ended = ", ".join(self.stack.ended), []
            verdict.troubles.append(f"ended by itself: {names}")
        wanted = 1 if were_dark else self.mails + 1
        if verdict.mails != wanted:
            verdict.troubles.append(f"{verdict.mails} mails instead of {wanted}")
        return verdict

    def check_runs(self, verdict: Verdict, *, were_dark: bool) -> None:
        for job, state, is_late, _tries, result in self.stack.ask(OCCURRENCES, verdict.on) or []:
            wanted = "skipped" if were_dark and job == "remind" else "done"
            if state != wanted:
                verdict.troubles.append(f"{job} is {state}, not {wanted}")
            if were_dark and wanted == "done" and job != "plan" and not is_late:
                verdict.troubles.append(f"{job} is not marked late")
            if job == "close" and not were_dark and result.get("seen") != self.mails:
                verdict.troubles.append(f"closed before all was queued: {result}")

    def most_tries(self, on: dt.date) -> int:
        return max(tries for _, _, _, tries, _ in self.stack.ask(OCCURRENCES, on) or [])
