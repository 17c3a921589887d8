"""What the audit trail costs, and that a single row changed before makes many rows no dearer.

The same statement over 4,000 rows: without its trigger, with it, and with it after a statement
over one row in the same session (a plan made for one row must not serve four thousand).

    python -m tests.benchmarks.bench_trail [--rows 4000] [--runs 5]
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from .bench_mail import prepare

GOAL = 1.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=4000)
    parser.add_argument("--runs", type=int, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-trail-") as home:
        os.environ["PORTAL_HOME"] = home
        prepare(Path(home))
        report(chosen.rows, chosen.runs)
        from django.db import connections

        from config.embedded import services
        from config.embedded.places import Places

        connections.close_all()
        services.release(Places.of(Path(home).resolve()))


def report(rows: int, runs: int) -> None:
    from apps.communities.models import District

    District.objects.bulk_create(
        District(code=f"X{n:05}", name=f"区{n}", short_name=f"区{n}", sort_order=0)
        for n in range(rows)
    )
    bare: list[float] = []
    fresh: list[float] = []
    after: list[float] = []
    for run in range(runs):
        trigger("DISABLE")
        bare.append(changed(3 * run))
        trigger("ENABLE")
        new_session()
        fresh.append(changed(3 * run + 1))
        new_session()
        District.objects.filter(code="X00001").update(name=f"甲{run}")
        after.append(changed(3 * run + 2))
    plain, first, second = map(statistics.median, (bare, fresh, after))
    print(f"{rows} rows of one statement, {runs} alternating runs, medians")
    print(f"  without the trail {plain:.3f} s, with it {first:.3f} s ({first / plain:.1f} ×)")
    print(f"  after a single row {second:.3f} s ({second / first:.2f} ×; limit {GOAL})")


def changed(to: int) -> float:
    from apps.communities.models import District

    began = time.perf_counter()
    District.objects.update(sort_order=to)
    return time.perf_counter() - began


def trigger(action: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE communities_district {action} TRIGGER USER")


def new_session() -> None:
    from django.db import connection

    connection.close()


if __name__ == "__main__":
    main()
