"""How long importing the roster takes, against COPY of the same rows, already encrypted.

A workbook of 72,000 people of known units, each with a phone, is uploaded. The worker's own steps
run in a process of their own: the check (read in its child, parsed, sealed, compared), then the
import (compared again, written). What stands then in the two tables is taken out and put back by
COPY from files of text into the same tables with their indexes, constraints and audit triggers, in
one transaction as well. The ratio is the time of COPY by that of the whole import, from file to
rows: check and writing together. Beside it the writing alone, and the memory: the largest sum of
what the worker and its child held at one moment.

    python -m tests.benchmarks.bench_import [--rows 72000] [--runs 3]
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from .bench_lock_day import let_go, prepare

LIMIT = 0.5
MOST_MEGABYTES = 200
LOOK = 0.1
"""Seconds between two looks at the memory: looking holds up who is looked at."""
TABLES = ("units_member", "units_membership")
FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=72_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--worker", type=int, help="internal: work on the import of this number")
    chosen = parser.parse_args()
    if chosen.worker:
        work_on(chosen.worker)
        return
    with tempfile.TemporaryDirectory(prefix="bench-import-") as home:
        os.environ["PORTAL_HOME"] = home
        prepare(Path(home), "small")
        try:
            report(chosen.rows, chosen.runs, Path(home))
        finally:
            let_go(Path(home))


def report(rows: int, runs: int, home: Path) -> None:
    ratios, alone, held, busy = [], [], [], []
    for turn in range(runs):
        batch = upload(rows, f"R{turn}")
        told = worked(batch.pk)
        batch.refresh_from_db()
        assert (batch.state, batch.news) == ("applied", rows), (batch.state, batch.message)
        copied, used = copied_back(f"R{turn}", home)
        take_away(f"R{turn}")
        busy.append(used / told["used"])
        whole = told["check"] + told["apply"]
        ratios.append(copied / whole)
        alone.append(copied / told["apply"])
        held.append(told["megabytes"])
        print(
            f"  run {turn + 1}: COPY {copied:.2f} s · check {told['check']:.2f} s + "
            f"write {told['apply']:.2f} s = {whole:.2f} s · ratio {ratios[-1]:.2f} · "
            f"{told['megabytes']:.0f} MB (worker alone {told['alone']:.0f})",
            flush=True,
        )
    ratio, most = statistics.median(ratios), max(held)
    print(f"import of {rows:,} people with phone and unit, {runs} runs, medians")
    print(f"  COPY / (check + write): {ratio:.2f} (limit {LIMIT})")
    print(f"  COPY / write alone:     {statistics.median(alone):.2f}")
    print(
        f"  the same by processor:  {statistics.median(busy):.2f} (for a machine that others use, too)"
    )
    print(f"  worker and child:       {most:.0f} MB (limit {MOST_MEGABYTES})")
    if ratio < LIMIT or most > MOST_MEGABYTES:
        sys.exit(1)


def upload(rows: int, mark: str) -> Any:
    """The batch of a fresh roster, waiting for the worker."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.utils import timezone

    from apps.accounts.models import User
    from apps.core.audit_context import acting
    from apps.office import services
    from apps.office.sheets import sheet_of

    staff = User.objects.filter(postings__role="staff").order_by("pk").first()
    sheet = sheet_of("members")
    assert staff is not None
    assert sheet is not None
    data = workbook(sheet, rows, mark)
    with acting(staff.username):
        return services.upload_table(
            sheet,
            upload=SimpleUploadedFile(f"{mark}.xlsx", data),
            by=staff,
            now=timezone.now(),
        )


def workbook(sheet: Any, rows: int, mark: str) -> bytes:
    import openpyxl

    from apps.communities.models import Community
    from apps.units.models import Unit

    chance = random.Random(mark)
    units = list(Unit.objects.filter(is_active=True).values_list("short_name", flat=True))
    places = [
        f"{place.street.district.name}{place.street.name}{place.name}"
        for place in Community.objects.select_related("street__district")
    ]
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("名册")
    page.append([column.label for column in sheet.columns])
    for n in range(rows):
        name = chance.choice(FAMILY) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2))))
        phone = f"1{chance.randrange(30, 100)}{chance.randrange(10**8):08}"
        who = (f"{mark}-{n:06}", name, "党员", chance.choice(units), None, phone)
        page.append((*who, chance.choice(places), None, "否"))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


# --- the worker -----------------------------------------------------------------------------------


def worked(number: int) -> dict[str, float]:
    """What a worker of its own says of the import: seconds of its two steps, and its memory."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.bench_import", "--worker", str(number)],
        stdout=subprocess.PIPE,
        text=True,
    )
    held: list[tuple[float, float]] = []
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(LOOK):
            held.append(megabytes(worker.pid))

    watch = threading.Thread(target=look)
    watch.start()
    said, _ = worker.communicate()
    ended.set()
    watch.join()
    assert worker.returncode == 0
    told: dict[str, float] = json.loads(said.splitlines()[-1])
    return told | {"megabytes": max(a for a, _ in held), "alone": max(b for _, b in held)}


def megabytes(pid: int) -> tuple[float, float]:
    """Proportional memory of the process with its children, and of itself alone.

    Pages a forked child shares with the worker are counted once.
    """
    own, program = proportional(pid), command(pid)
    children = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        below = [int(one) for one in children.read_text().split()]
    except OSError:
        below = []
    # Until it becomes the reader, a child is the worker itself over again.
    return own + sum(proportional(one) for one in below if command(one) != program), own


def command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def proportional(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0.0
    line = next((line for line in text.splitlines() if line.startswith("Pss:")), "Pss: 0 kB")
    return int(line.split()[1]) / 1024


def work_on(number: int) -> None:
    """In the worker: check, then write, each timed from the request to its end."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ.pop("FRONTLINE_DATABASE_ROLE", None)
    import django

    django.setup()
    from django.db import connection
    from django.utils import timezone

    from apps.jobs.services import run_requested
    from apps.office import services
    from apps.office.models import ImportBatch
    from config.collector import search_less, set_aside

    # A worker stands: it is connected and has loaded what it works with.
    connection.ensure_connection()
    import_module("apps.office.services.import_work")
    search_less()
    set_aside()

    def timed() -> tuple[float, float]:
        started, used = time.perf_counter(), processor()
        for outcome in run_requested(now=timezone.now()).outcomes:
            assert outcome.state == "done", outcome.error
        return time.perf_counter() - started, processor() - used

    check, check_used = timed()
    batch = ImportBatch.objects.get(pk=number)
    assert batch.state == "ready", batch.message
    services.apply_import(batch, now=timezone.now())
    apply, apply_used = timed()
    used = check_used + apply_used
    print(json.dumps({"check": check, "apply": apply, "used": used}))


def processor() -> float:
    """Seconds of processor that this process, its children and its database backend have taken."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    fields = Path(f"/proc/{backend}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    return sum(os.times()[:4]) + ticks / os.sysconf("SC_CLK_TCK")


# --- the measure ----------------------------------------------------------------------------------


def rows_of(mark: str) -> dict[str, str]:
    """What tells the rows of one run in each table."""
    mine = f"SELECT id FROM units_member WHERE member_no LIKE '{mark}-%'"
    return {TABLES[0]: f"id IN ({mine})", TABLES[1]: f"member_id IN ({mine})"}


def take_away(mark: str) -> None:
    """Every run meets the same tables."""
    from django.db import connection, transaction

    from apps.core.audit_context import acting

    where = rows_of(mark)
    with acting("command:bench"), transaction.atomic(), connection.cursor() as cursor:
        for table in reversed(TABLES):
            cursor.execute(f"DELETE FROM {table} WHERE {where[table]}")
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"VACUUM ANALYZE {table}")


def copied_back(mark: str, home: Path) -> tuple[float, float]:
    """Seconds, and seconds of processor, that COPY takes for the rows the import wrote, after they were taken away again."""
    from django.db import connection, transaction

    from apps.core.audit_context import acting

    where = rows_of(mark)
    files = {table: home / f"{table}.copy" for table in TABLES}
    with connection.cursor() as cursor:
        for table in TABLES:
            with (
                files[table].open("wb") as file,
                cursor.copy(f"COPY (SELECT * FROM {table} WHERE {where[table]}) TO STDOUT") as out,
            ):
                for block in out:
                    file.write(block)
    take_away(mark)
    with acting("command:bench"):
        started, used = time.perf_counter(), processor()
        with transaction.atomic(), connection.cursor() as cursor:
            for table in TABLES:
                with files[table].open("rb") as file, cursor.copy(f"COPY {table} FROM STDIN") as to:
                    while block := file.read(1 << 20):
                        to.write(block)
        return time.perf_counter() - started, processor() - used


if __name__ == "__main__":
    main()
