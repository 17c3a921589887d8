"""Watching real processes: commands in a data folder of their own, and what they leave behind."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = [
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "SECRET_KEY",
    "FIELD_KEYS",
    "ALLOWED_HOSTS",
    "SITE_URL",
    "PORT",
    "PORTAL_HOME",
    "DEMO_PASSWORD",
    "FRONTLINE_THROWAWAY",
    "FRONTLINE_DATABASE",
    "FRONTLINE_DATABASE_ROLE",
    "DJANGO_SETTINGS_MODULE",
]
# holds the services as a database connection does, without the seconds that Django's start takes
HOLD = """
import sys
from pathlib import Path
from config.embedded import services
from config.embedded.places import Places
services.hold(Places.of(Path(sys.argv[1])))
print("connected", flush=True)
sys.stdin.readline()
"""


def environment(home: Path, **variables: str) -> dict[str, str]:
    """As a person's shell has it, with a data folder of the test's."""
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    return {**kept, "PORTAL_HOME": str(home), **variables}


def manage(home: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment(home, **variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@contextmanager
def holding(home: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that uses the data folder's services until it is sent a line."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home)],
        cwd=ROOT,
        env=environment(home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "connected\n"
        yield process
    finally:
        if process.poll() is None:
            process.communicate("\n")
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def processes(*words: str) -> list[int]:
    """Living processes whose command line has all the words."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or folder.name == str(os.getpid()):
            continue
        try:
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if line and all(word in line for word in words):
            found.append(int(folder.name))
    return sorted(found)


def children(parent: int, *words: str) -> list[int]:
    """Those of the processes with these words whose parent it is."""
    return [pid for pid in processes(*words) if parent_of(pid) == parent]


def parent_of(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[1])
    except OSError:
        return None


def wait_until(condition: Callable[[], object], patience: float = 20) -> bool:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return bool(condition())
