"""Kill -9 of the worker, Redis and PostgreSQL at moments of chance, night after night.

    python -m tests.drills.drill_night [--kills 20] [--mails 360] [--seed N]

Each night several hundred mails are due. It must come to its end without help; nobody may be
missed; a mail may come twice only as the same bytes under the same Message-ID, and at most once
per kill. Then: dark days, two beats at once, and the control arm without claims.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from .nights import Drill, SlowPostOffice, Verdict
from .stack import TARGETS, Stack

CONTROL_NIGHTS = 3


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])  # type: ignore[union-attr]
    parser.add_argument("--kills", type=int, default=20, help="kills of each target")
    parser.add_argument("--mails", type=int, default=360, help="mails of a night")
    parser.add_argument("--control", action="store_true", help="the control arm only")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    chosen = parser.parse_args()
    mails = chosen.mails // 18 * 18
    print(f"seed {chosen.seed}, {mails + 1} mails a night, {chosen.kills} kills of each target")
    is_good = chosen.control or protected(mails, chosen.kills, chosen.seed)
    is_good = control(mails, chosen.seed) and is_good
    print("all held" if is_good else "NOT held")
    return 0 if is_good else 1


@contextmanager
def rehearsal(mails: int, seed: int, **variables: str) -> Iterator[Drill]:
    """A stack with worker and beat, warm: one quiet night lies behind."""
    with (
        SlowPostOffice() as office,
        Stack(office.port, DRILL_MAILS=str(mails), **variables) as stack,
    ):
        drill = Drill(stack, office, mails, seed)
        stack.start("worker")
        stack.start("beat")
        yield drill


def protected(mails: int, kills: int, seed: int) -> bool:
    with rehearsal(mails, seed) as drill:
        found = [tell("quiet night", [drill.night()], copies_allowed=0)]
        for target in TARGETS:
            nights = [drill.night(target) for _ in range(kills)]
            found.append(tell(f"kill -9 {target}", nights, copies_allowed=kills))
        every = [drill.night(*TARGETS) for _ in range(max(kills // 10, 1))]
        found.append(tell("all three in one night", every, copies_allowed=3 * len(every)))
        found += [
            tell(f"{days} dark days", drill.dark_days(days), copies_allowed=0) for days in (1, 3, 7)
        ]
        found.append(two_beats(drill))
    return all(found)


def two_beats(drill: Drill) -> bool:
    drill.stack.start("beat2")
    night = drill.night()
    drill.stack.stop("beat2")
    tries = drill.most_tries(night.on)
    if tries != 1:
        night.troubles.append(f"something ran {tries} times")
    return tell("two beats at once", [night], copies_allowed=0)


def control(mails: int, seed: int) -> bool:
    """Without claims the same nights have to show copies, or the drill proves nothing."""
    with rehearsal(mails, seed, DRILL_CLAIM="off") as drill:
        nights = [drill.night("worker") for _ in range(CONTROL_NIGHTS)]
    copies = sum(night.copies for night in nights)
    shows = copies > CONTROL_NIGHTS
    print(f"  control arm without claims: {copies} copies in {CONTROL_NIGHTS} nights", end="")
    print(" (as it should)" if shows else " — the drill would not notice!")
    return shows


def tell(title: str, nights: list[Verdict], *, copies_allowed: int) -> bool:
    mails, missing, copies, altered = (
        sum(getattr(night, name) for night in nights)
        for name in ("mails", "missing", "copies", "altered")
    )
    is_good = all(night.is_good for night in nights) and copies <= copies_allowed
    slowest = max(night.seconds for night in nights)
    print(
        f"  {title}: {len(nights)} nights, {mails} mails, missing {missing}, copies {copies}, "
        f"altered {altered}, slowest {slowest:.1f} s{'' if is_good else '  <-- NOT held'}",
        flush=True,
    )
    for night in nights:
        for trouble in night.troubles[:5]:
            print(f"    {night.on}: {trouble}")
    return is_good


if __name__ == "__main__":
    sys.exit(main())
