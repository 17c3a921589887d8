"""How long the roster takes to leave as Excel, and how much memory, against COPY of the same rows.

The export is the worker's: the list rebuilt from its address for one person, in scope, phones
opened and masked, cells typed, the workbook written and put in its place. The control arm lets
PostgreSQL write the same rows as CSV, as the list's own query finds them. Runs alternate; the
medians of time are compared. The sheet's columns come by joins that cost less than the list's
lookups; how COPY fares with those is printed beside, as an observation. Memory is the peak above what the process held before, counted by the kernel.

    python -m tests.benchmarks.bench_export [--rows 72000] [--runs 5] [--scale full] [--home FOLDER]

`--home` measures on a data folder already filled instead of a fresh one.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from .bench_lists import prepare

LIMIT = 5.0
MEMORY = 80
ADDRESS = "/units/members/"
SHAPES = ("list", "sheet")
WARM_UP = 1
LEAST = 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=72_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--scale", choices=("small", "full"), default="full")
    parser.add_argument("--home", type=Path)
    parser.add_argument("--child", choices=SHAPES, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        return in_child(chosen.child, chosen.rows)
    if chosen.home:
        return measure_at(chosen.home, chosen, fill=None)
    with tempfile.TemporaryDirectory(prefix="bench-export-") as home:
        return measure_at(Path(home), chosen, fill=chosen.scale)


def measure_at(home: Path, chosen: argparse.Namespace, *, fill: str | None) -> int:
    from .bench_lock_day import let_go

    os.environ["PORTAL_HOME"] = str(home)
    prepare(home, fill)
    try:
        narrow_to(chosen.rows)
        return max([report(shape, chosen.runs, chosen.rows) for shape in SHAPES])
    finally:
        let_go(home)


def narrow_to(rows: int) -> None:
    """Let the list hold the first `rows` people."""
    from apps.units.models import Member
    from apps.units.views.members import MemberListView

    keys = Member.objects.order_by("pk").values_list("pk", flat=True)
    last = keys[min(rows, keys.count()) - 1]
    everybody = MemberListView.get_queryset
    MemberListView.get_queryset = lambda view: everybody(view).filter(pk__lte=last)


def report(shape: str, runs: int, rows: int) -> int:
    memory = grown_in_child(shape, rows)
    ours: list[float] = []
    theirs: list[float] = []
    joined: list[float] = []
    size = 0
    for turn in range(runs + WARM_UP):
        copied = timed_copy("list")
        joined.append(timed_copy("sheet"))
        spent, rows, size = timed_export(shape)
        if turn >= WARM_UP:
            ours.append(spent)
            theirs.append(copied)
    own, other = statistics.median(ours), statistics.median(theirs)
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    print(f"export of {rows:,} people, shape of the {shape}, {runs} alternating runs, medians")
    print(f"  COPY csv of the same rows: {other:.2f} s")
    print(f"  export:                    {own:.2f} s, {size / 1024 / 1024:.1f} MB")
    print(
        f"  ratio: {own / other:.2f} (runs {min(ratios):.2f} to {max(ratios):.2f}; limit {LIMIT})"
    )
    print(
        f"  beside COPY of the sheet's joins ({statistics.median(joined):.2f} s): {own / statistics.median(joined):.2f}"
    )
    print(f"  memory above the start: {memory:.0f} MB (limit {MEMORY})")
    held = rows >= LEAST and own / other <= LIMIT and memory <= MEMORY
    return 0 if held else 1


def asker() -> Any:
    from apps.accounts.models import User

    return User.objects.get(username="staff")


def grown_in_child(shape: str, rows: int) -> float:
    """Megabytes a worker's process grows by over its first export of the day."""
    command = [sys.executable, "-m", __spec__.name, "--child", shape, "--rows", str(rows)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def in_child(shape: str, rows: int) -> int:
    """Prints what the export adds to the memory of a process that is ready to work."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    narrow_to(rows)
    gc.collect()
    before = start_of_peak()
    timed_export(shape)
    print((status("VmHWM") - before) / 1024)
    return 0


def timed_export(shape: str) -> tuple[float, int, int]:
    """Seconds, rows, size of the file."""
    from django.utils import timezone

    from apps.office.exports.listing import outgoing
    from apps.office.models import ExportFile
    from apps.office.services import exports as services

    now, user = timezone.now(), asker()
    out = outgoing(ADDRESS, user, shape=shape)
    assert out.shape == shape, f"the roster does not leave in the shape of the {shape}"
    export = ExportFile(
        title=out.title, address=ADDRESS, shape=shape, measure=out.measure, by=user, asked_at=now
    )
    export.save()
    started = time.perf_counter()
    rows = services.make_export(export, now=now, progress=lambda _done, _total: None)
    spent = time.perf_counter() - started
    export.refresh_from_db()
    services.path_of(export).unlink()
    export.delete()
    return spent, rows, export.size or 0


def timed_copy(shape: str) -> float:
    """PostgreSQL's own way: the columns of the list or of the sheet, as CSV into a file."""
    from django.db import connection

    sql, params = statement(shape)
    with tempfile.TemporaryFile() as target:
        started = time.perf_counter()
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)", params) as copy,
        ):
            for block in copy:
                target.write(block)
        return time.perf_counter() - started


def statement(shape: str) -> tuple[str, Any]:
    from apps.core.dates import business_day
    from apps.core.exporting import list_at
    from apps.office.exports.listing import sheet_for

    view = list_at(ADDRESS, asker())
    _, rows = view.found()
    if shape == "list":
        names = [c.name for c in view.get_columns() if c.value is None]
        wanted = dict.fromkeys([*names, *view.extra_fields])
    else:
        sheet = sheet_for(view, asker())
        assert sheet is not None
        keys = rows.order_by().values("pk")
        rows = sheet.annotate(sheet.writable(asker()).filter(pk__in=keys), on=business_day())
        wanted = dict.fromkeys(sheet.paths())
        rows = rows.order_by("pk")
    return rows.values_list(*wanted).query.sql_with_params()


def start_of_peak() -> int:
    """Let the kernel count the peak anew; what the process holds now, in KB."""
    Path("/proc/self/clear_refs").write_text("5")
    return status("VmRSS")


def status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    sys.exit(main())
