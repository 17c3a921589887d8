"""Redis is killed again and again; each time the worker must take the next ring by itself.

    python -m tests.drills.drill_broker [--kills 10]

A portal of its own is started in a temporary data folder. A ring is counted as taken when the worker
logs it; the time from the kill to the first ring taken is reported.
"""

import argparse
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded import services
from config.embedded.places import Places
from tests.config.processes import ROOT, environment, manage, processes, wait_until

PATIENCE = 30.0
SEND = """
import sys
from config.celery import app
for line in sys.stdin:
    try:
        app.send_task("apps.jobs.tasks.ring", expires=55, retry=False)
        print("sent", flush=True)
    except Exception as error:
        print(type(error).__name__, flush=True)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="frontline-drill-") as parent:
        Path(parent).chmod(0o711)
        home = Path(parent) / "home"
        places = Places.of(home)
        services.hold(places)
        manage(home, "migrate", "-v0").check_returncode()
        with worker(home) as log, sender(home) as bell:
            assert ring_until_taken(bell, log) is not None, "the worker took no ring at all"
            lasted = [kill_once(places, bell, log) for _ in range(options.kills)]
        services.release(places)
    lost = lasted.count(None)
    known = [seconds for seconds in lasted if seconds is not None]
    middle = f", median {statistics.median(known):.1f} s, longest {max(known):.1f} s" * bool(known)
    print(f"{options.kills} kills, {lost} after which no ring was taken{middle}")
    return 1 if lost else 0


@contextmanager
def worker(home: Path) -> Iterator[Path]:
    log = home / "worker.log"
    command = [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "-c", "1"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "-l", "INFO"], cwd=ROOT, env=environment(home), stdout=output, stderr=output
        )
        try:
            yield log
        finally:
            process.terminate()
            process.wait()


@contextmanager
def sender(home: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", f"import django; django.setup()\n{SEND}"],
        cwd=ROOT,
        env=environment(home, DJANGO_SETTINGS_MODULE="config.settings"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.communicate()


def kill_once(places: Places, bell: subprocess.Popen[str], log: Path) -> float | None:
    time.sleep(random.uniform(0, 3))
    (redis,) = processes("redis-server", str(places.sockets))
    os.kill(redis, signal.SIGKILL)
    return ring_until_taken(bell, log)


def ring_until_taken(bell: subprocess.Popen[str], log: Path) -> float | None:
    """Ring twice a second until the worker takes one; seconds it took, None if it never did."""
    assert bell.stdin is not None
    assert bell.stdout is not None
    before, started = taken(log), time.monotonic()
    while time.monotonic() < started + PATIENCE:
        bell.stdin.write("ring\n")
        bell.stdin.flush()
        bell.stdout.readline()
        if wait_until(lambda: taken(log) > before, 0.5):
            return time.monotonic() - started
    return None


def taken(log: Path) -> int:
    return log.read_text(errors="replace").count("Task apps.jobs.tasks.ring")


if __name__ == "__main__":
    sys.exit(main())
