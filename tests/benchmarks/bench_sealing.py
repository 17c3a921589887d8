"""How long it takes to plan anew who is where when areas close, against the same statements in psql.

The flood of the reference world runs again and all its 57,000 people are at their posts without an
end; every third street closes. Measured are the page's plan, which decides on each of them, and what
the worker then does in one transaction to apply it and to undo it: the trail and the foreign keys
are part of it. Everything is rolled back; the statements of applying, with their parameters, are
then replayed by psql, once with the trail and once without it. The limit holds for the plan. Of
applying and undoing the server's processor time is told besides: it does not depend on who else is
at the machine.

    python -m tests.benchmarks.bench_sealing [--runs 1] [--scale full] [--home FOLDER]

`--home` measures on a data folder filled before; its flood runs again afterwards. To fill a fresh
one takes longer than to measure.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .bench_lists import prepare
from .bench_lock_day import connection_options, let_go, psql

LIMIT = 5.0
EVERY = 3
BASIS = "测算"
AUDITED = (
    "assignment deployment sealing sealingdeployment memberregistration localpost"  # of deployments
)
CHECK_KEYS = "SET CONSTRAINTS ALL IMMEDIATE"
SHOWN = 6


class RolledBackError(Exception):
    """Nothing of a run stays."""


@dataclass
class Run:
    """One plan and one applying of it; seconds."""

    plan: float = 0
    apply: float = 0
    apply_work: float = 0
    undo: float = 0
    undo_work: float = 0
    counts: dict[str, int] = field(default_factory=dict)
    left: int = 0
    sealing: int = 0
    statements: list[str] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--scale", choices=("small", "full"), default="full")
    parser.add_argument("--home", type=Path)
    chosen = parser.parse_args()
    os.environ["FRONTLINE_DATABASE_ROLE"] = "owner"
    if chosen.home:
        return measure_at(chosen.home, chosen.runs, fill=None)
    with tempfile.TemporaryDirectory(prefix="bench-sealing-") as home:
        return measure_at(Path(home), chosen.runs, fill=chosen.scale)


def measure_at(home: Path, runs: int, *, fill: str | None) -> int:
    os.environ["PORTAL_HOME"] = str(home)
    prepare(home, fill)
    try:
        started = time.perf_counter()
        people = everybody_on_duty()
        closures = close_streets()
        print(f"people {people:,}, streets closed {closures:,}")
        answer = report(runs)
        print(f"measured in {time.perf_counter() - started:.0f} s")
        return answer
    finally:
        let_go(home)


def report(runs: int) -> int:
    ours, with_trail, without = [], [], []
    for _ in range(runs):
        ours.append(one_run())
        with_trail.append(replayed(ours[-1], trail=True))
        without.append(replayed(ours[-1], trail=False))
    first = ours[0]
    print(f"moved {first.counts['moved']:,}, withdrawn {first.counts['withdrawn']:,}")
    slowest = max(run.plan for run in ours)
    print(f"plan             {slowest:6.2f} s (slowest; limit {LIMIT} s)")
    own = statistics.median(run.apply for run in ours)
    theirs = statistics.median(sum(times) for times in with_trail)
    bare = statistics.median(sum(times) for times in without)
    work = statistics.median(run.apply_work for run in ours)
    print(f"carry_out        {own:6.2f} s, keys and trail included; {work:.2f} s of the processor")
    back = statistics.median(run.undo for run in ours)
    work = statistics.median(run.undo_work for run in ours)
    print(f"take_back        {back:6.2f} s; {work:.2f} s of the processor")
    print(
        f"the same in psql {theirs:6.2f} s, ratio {own / theirs:.2f}; {len(first.statements)} statements"
    )
    print(f"without a trail  {bare:6.2f} s, ratio {own / bare:.2f}")
    print("the longest statements in psql:")
    longest = sorted(zip(with_trail[0], first.statements, strict=True), reverse=True)
    for seconds, statement in longest[:SHOWN]:
        print(f"  {seconds:6.2f} s {' '.join(statement.split())[:72]}")
    print(f"crossing afterwards: {first.left}")
    return int(slowest > LIMIT or any(run.left for run in ours))


def one_run() -> Run:
    from django.db import connection, transaction

    from apps.core.audit_context import acting

    run = Run()

    def note(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        text = connection.ops.compose_sql(sql, params)
        if "SAVEPOINT" not in text:
            run.statements.append(text)
        return answer

    try:
        with acting("command:bench"), transaction.atomic():
            _measure(run, note)
            raise RolledBackError
    except RolledBackError:
        return run


def _measure(run: Run, note: Any) -> None:
    from django.db import connection
    from django.utils import timezone

    from apps.accounts.models import User
    from apps.core.dates import business_day
    from apps.deployments import services
    from apps.deployments.models import Sealing
    from apps.deployments.sealing import plan_of_closures
    from apps.deployments.sealing_enums import SealingKind, SealingState

    now = timezone.now()
    today = business_day(now)
    by = User.objects.order_by("pk").first()
    assert by is not None
    start = time.perf_counter()
    plan = plan_of_closures(is_drill=False, today=today)
    run.plan, run.counts = time.perf_counter() - start, plan.counts
    start, worked = time.perf_counter(), server_work()
    with connection.execute_wrapper(note):
        sealing = Sealing.objects.create(
            kind=SealingKind.SEALED, seal=plan.seal, by=by, at=now, state=SealingState.APPLYING
        )
        services.carry_out(sealing, now=now)
        with connection.cursor() as cursor:
            cursor.execute(CHECK_KEYS)
    run.apply, run.apply_work = time.perf_counter() - start, server_work() - worked
    run.sealing = sealing.pk
    run.left = len(plan_of_closures(is_drill=False, today=today).moves)
    services.undo_sealing(sealing, by=by, now=now)
    start, worked = time.perf_counter(), server_work()
    services.take_back(sealing, now=now)
    run.undo, run.undo_work = time.perf_counter() - start, server_work() - worked


def server_work() -> float:
    """Seconds of the processor that this connection's server process has had."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    told = Path(f"/proc/{pid}/schedstat")
    return int(told.read_text().split()[0]) / 1e9 if told.exists() else 0.0


def replayed(run: Run, *, trail: bool) -> list[float]:
    """Seconds psql takes for each statement, by its own clock.

    The sealing gets the number it had: later statements name it.
    """
    number = (
        r"\timing off",
        (
            f"UPDATE deployments_sealing SET id = {run.sealing}"
            " WHERE id = (SELECT max(id) FROM deployments_sealing);"
        ),
        r"\timing on",
    )
    lines: list[str] = []
    for text in run.statements:
        lines.append(f"{text};")
        if text.startswith('INSERT INTO "deployments_sealing"'):
            lines += number
    silent = [
        f"ALTER TABLE deployments_{table} DISABLE TRIGGER audit_{event};"
        for table in AUDITED.split()
        for event in ("insert", "update", "delete")
    ]
    script = [
        r"\set ON_ERROR_STOP on",
        r"\pset pager off",
        "BEGIN;",
        "SELECT set_config('frontline.actor', 'command:bench', true);",
        *([] if trail else silent),
        r"\o /dev/null",
        r"\timing on",
        *lines,
        r"\timing off",
        "ROLLBACK;",
    ]
    told = subprocess.run(
        [psql(), *connection_options(), "--no-psqlrc", "--file=-"],
        input="\n".join(script),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PGTZ": "UTC"},
    )
    times = re.findall(r"^Time: ([\d.]+) ms", told.stdout, re.MULTILINE)
    assert len(times) == len(run.statements), told.stdout[-2000:] + told.stderr[-2000:]
    return [float(one) / 1000 for one in times]


# The flood runs again, and everybody who was ever sent is at the last post without an end. The
# trail sleeps meanwhile: a world to measure is nobody's doing.
ON_DUTY = (
    "ALTER TABLE deployments_assignment DISABLE TRIGGER USER",
    "ALTER TABLE deployments_deployment DISABLE TRIGGER USER",
    "UPDATE campaigns_campaign SET state = 'active', ends_on = NULL WHERE code = 'flood-2021'",
    (
        "DELETE FROM deployments_assignment a USING deployments_deployment d, campaigns_campaign k"
        " WHERE d.id = a.deployment_id AND k.id = d.campaign_id AND k.code <> 'flood-2021'"
    ),
    (
        "DELETE FROM deployments_assignment a USING deployments_assignment b"
        " WHERE b.member_id = a.member_id AND b.starts_on > a.starts_on"
    ),
    (
        "UPDATE deployments_deployment d SET state = 'active', ends_on = NULL FROM campaigns_campaign k"
        " WHERE k.id = d.campaign_id AND k.code = 'flood-2021'"
        " AND (d.state, d.ends_on) IS DISTINCT FROM ('active', NULL)"
    ),
    "UPDATE deployments_assignment SET ends_on = NULL WHERE ends_on IS NOT NULL",
    CHECK_KEYS,
    "ALTER TABLE deployments_assignment ENABLE TRIGGER USER",
    "ALTER TABLE deployments_deployment ENABLE TRIGGER USER",
)


def everybody_on_duty() -> int:
    from django.db import connection, transaction

    from apps.deployments.models import Assignment

    with connection.cursor() as cursor:
        with transaction.atomic():
            for statement in ON_DUTY:
                cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE deployments_assignment, deployments_deployment")
    return Assignment.objects.values("member").distinct().count()


def close_streets() -> int:
    from django.utils import timezone

    from apps.communities.models import AreaStatus, Measure, Street
    from apps.core.audit_context import acting

    measure = Measure.objects.filter(is_sealed=True).order_by("pk").first()
    if measure is None:
        raise SystemExit("no measure seals an area")
    with acting("command:bench"):
        AreaStatus.objects.filter(ends_at=None).exclude(basis=BASIS).update(ends_at=timezone.now())
        if not AreaStatus.objects.filter(basis=BASIS).exists():
            AreaStatus.objects.bulk_create(
                AreaStatus(
                    measure=measure,
                    kind=measure.kind,
                    street=street,
                    starts_at=timezone.now().replace(hour=0, minute=0, second=1, microsecond=0),
                    basis=BASIS,
                )
                for street in Street.objects.order_by("pk")[::EVERY]
            )
    return AreaStatus.objects.filter(basis=BASIS).count()


if __name__ == "__main__":
    sys.exit(main())
