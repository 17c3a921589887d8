"""How long it takes to plan anew who is where when areas close, for everybody of the flood.

The flood of the reference world runs again and all its 57,000 people are at their posts without an
end. Every third street closes: the plan decides on each of them, and most of the crossings move or
come back. Measured are the page's plan and the applying of it in one transaction with the trail. Each run is rolled back. The limit holds for the plan: it decides on everybody.

    python -m tests.benchmarks.bench_sealing [--runs 3] [--scale full] [--home FOLDER]

`--home` measures on a data folder already filled instead of a fresh one; it is left as it was.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from .bench_lists import prepare

LIMIT = 5.0
EVERY = 3


class RolledBackError(Exception):
    """Nothing of a run stays."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--scale", choices=("small", "full"), default="full")
    parser.add_argument("--home", type=Path)
    chosen = parser.parse_args()
    if chosen.home:
        return measure_at(chosen.home, chosen, fill=None)
    with tempfile.TemporaryDirectory(prefix="bench-sealing-") as home:
        return measure_at(Path(home), chosen, fill=chosen.scale)


def measure_at(home: Path, chosen: argparse.Namespace, *, fill: str | None) -> int:
    from .bench_lock_day import let_go

    os.environ["PORTAL_HOME"] = str(home)
    prepare(home, fill)
    try:
        return report([one_run() for _ in range(chosen.runs)])
    finally:
        let_go(home)


def report(runs: list[dict[str, float]]) -> int:
    first = runs[0]
    print(f"people {first['people']:,.0f}, closures {first['closures']:,.0f}")
    print(f"moved {first['moved']:,.0f}, withdrawn {first['withdrawn']:,.0f}")
    for name in ("plan", "apply"):
        print(f"{name:8} {statistics.median(run[name] for run in runs):6.2f} s")
    slowest = max(run["plan"] for run in runs)
    crossing = sum(run["crossing"] for run in runs)
    print(f"plan, slowest {slowest:.2f} s (limit {LIMIT} s); crossing after: {crossing:.0f}")
    return int(slowest > LIMIT or crossing > 0)


def one_run() -> dict[str, float]:
    from django.db import transaction

    from apps.core.audit_context import acting

    found: dict[str, float] = {}
    try:
        with acting("command:bench"), transaction.atomic():
            run_inside(found)
            raise RolledBackError
    except RolledBackError:
        return found


def run_inside(found: dict[str, float]) -> None:
    from django.utils import timezone

    from apps.accounts.models import User
    from apps.core.dates import business_day
    from apps.deployments import services
    from apps.deployments.sealing import plan_of_closures

    now = timezone.now()
    today = business_day(now)
    found["people"] = timed(found, "setup", everybody_on_duty)
    found["closures"] = close_streets()
    by = User.objects.order_by("pk").first()
    plan = timed(found, "plan", lambda: plan_of_closures(is_drill=False, today=today))
    found["moved"], found["withdrawn"] = plan.counts["moved"], plan.counts["withdrawn"]
    timed(
        found,
        "apply",
        lambda: services.apply_closures(seal=plan.seal, is_drill=False, by=by, now=now),
    )
    found["crossing"] = len(plan_of_closures(is_drill=False, today=today).moves)


def timed(found: dict[str, float], name: str, work: Any) -> Any:
    start = time.perf_counter()
    answer = work()
    found[name] = time.perf_counter() - start
    return answer


def everybody_on_duty() -> float:
    """The flood runs again, and everybody who was ever sent is at the last post without an end."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE campaigns_campaign SET state = 'active', ends_on = NULL"
            " WHERE code = 'flood-2021'"
        )
        cursor.execute(
            "DELETE FROM deployments_assignment a USING deployments_deployment d,"
            " campaigns_campaign k WHERE d.id = a.deployment_id AND k.id = d.campaign_id"
            " AND k.code <> 'flood-2021'"
        )
        cursor.execute(
            "UPDATE deployments_deployment d SET state = 'active', ends_on = NULL"
            " FROM campaigns_campaign k WHERE k.id = d.campaign_id"
            " AND k.code = 'flood-2021'"
        )
        cursor.execute(
            "DELETE FROM deployments_assignment a USING deployments_assignment b"
            " WHERE b.member_id = a.member_id AND b.starts_on > a.starts_on"
        )
        cursor.execute("UPDATE deployments_assignment SET ends_on = NULL")
        cursor.execute("ANALYZE deployments_assignment")
        cursor.execute("SELECT count(DISTINCT member_id) FROM deployments_assignment")
        return float(cursor.fetchone()[0])


def close_streets() -> float:
    from django.utils import timezone

    from apps.communities.models import AreaStatus, Measure, Street

    measure = Measure.objects.filter(is_sealed=True).order_by("pk").first()
    if measure is None:
        raise SystemExit("no measure seals an area")
    AreaStatus.objects.filter(ends_at=None).update(ends_at=timezone.now())
    made = AreaStatus.objects.bulk_create(
        AreaStatus(
            measure=measure,
            kind=measure.kind,
            street=street,
            starts_at=timezone.now().replace(hour=0, minute=0, second=1, microsecond=0),
            basis="测算",
        )
        for street in Street.objects.order_by("pk")[::EVERY]
    )
    return float(len(made))


if __name__ == "__main__":
    sys.exit(main())
