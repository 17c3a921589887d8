"""How long the portal takes to refuse a workbook made to fill the memory or to take for ever.

Seconds from the call to the sentence, and the child's own processor seconds.

    python -m tests.benchmarks.bench_refusals
"""

from __future__ import annotations

import os
import resource
import tempfile
import time
from pathlib import Path

LIMIT = 10


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from tests.office.bombs import BOMBS, endless, shared_text

    worst = 0.0
    with tempfile.TemporaryDirectory(prefix="bench-refusals-") as folder:
        for make in (*(make for make, _ in BOMBS), shared_text, endless):
            path = Path(folder) / "upload"
            path.write_bytes(make())
            took, worked, message = refused(path)
            worst = max(worst, took)
            print(f"  {took:5.2f} s, {worked:5.2f} s of the processor: {message[:40]}")
    print(f"worst {worst:.2f} s (limit {LIMIT})")


def refused(path: Path) -> tuple[float, float, str]:
    from apps.office.workbooks.reading import WorkbookRefusedError, read_book

    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    try:
        read_book(path, name="a.xlsx")
    except WorkbookRefusedError as error:
        took = time.perf_counter() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return took, worked, error.message
    raise SystemExit(f"{path} was read, not refused")


if __name__ == "__main__":
    main()
