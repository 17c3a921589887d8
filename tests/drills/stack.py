"""The processes of one portal on a data folder of its own, to be killed and started again."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Self

import psycopg

from config.embedded.places import Places

ROOT = Path(__file__).resolve().parent.parent.parent
CELERY = [sys.executable, "-m", "celery", "-A", "tests.drills.stage"]
TARGETS = ("worker", "redis", "postgres")


class Stack:
    """PostgreSQL and Redis under the keeper, a worker of two processes, a beat.

    What `kill` ends with SIGKILL comes back as it does in the portal: the keeper restarts the
    services by itself, and the worker is started again as the supervisor would.
    """

    def __init__(self, smtp_port: int, **variables: str) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="frontline-drill-")).resolve()
        self.home.chmod(0o755)
        self.places = Places.of(self.home)
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in LEFT_OUT},
            "PORTAL_HOME": str(self.home),
            "EMAIL_URL": f"smtp://127.0.0.1:{smtp_port}",
            **variables,
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.ended: list[str] = []

    def __enter__(self) -> Self:
        self.start("keeper")
        self.wait_for_services()
        owner = {**self.environment, "FRONTLINE_DATABASE_ROLE": "owner"}
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, cwd=ROOT, env=owner, check=True)
        return self

    def __exit__(self, *_error: object) -> None:
        for name in [name for name in self.processes if name != "keeper"]:
            self.stop(name)
        self.stop("keeper", patience=30)
        shutil.rmtree(self.home, ignore_errors=True)

    def start(self, name: str) -> None:
        log = (self.home / f"{name}.log").open("ab")
        # config.child: whatever becomes of the drill, none of its processes outlives it.
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", "config.child", *self.command_of(name)],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()

    def command_of(self, name: str) -> list[str]:
        if name == "keeper":
            return [sys.executable, "-m", "config.embedded.keeper", "--hold", str(self.home)]
        if name == "worker":
            quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
            return [*CELERY, "worker", "-c", "2", "-O", "fair", "-l", "WARNING", *quiet]
        schedule = str(self.home / f"{name}-schedule")
        return [*CELERY, "beat", "-l", "WARNING", "--pidfile=", "-s", schedule]

    def stop(self, name: str, patience: float = 15) -> None:
        process = self.processes.pop(name)
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def kill(self, target: str) -> None:
        """SIGKILL: no farewell, no clean end."""
        if target == "worker":
            worker = self.processes["worker"]
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
            self.start("worker")
        else:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid_of(target), signal.SIGKILL)

    def revive(self) -> None:
        """Start again what ended by itself, as the supervisor does, and keep count of it."""
        for name, process in list(self.processes.items()):
            if process.poll() is not None:
                self.ended.append(name)
                self.start(name)

    def pid_of(self, target: str) -> int:
        """The service's process, found by what it says of our data folder."""
        if target == "postgres":
            return int((self.places.postgres_data / "postmaster.pid").read_text().split()[0])
        mark = str(self.places.redis_socket).encode()
        for folder in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                line = (folder / "cmdline").read_bytes() if folder.name.isdigit() else b""
                if b"redis-server" in line and mark in line:
                    return int(folder.name)
        raise LookupError("no Redis runs on our socket")

    def wait_for_services(self, patience: float = 90) -> None:
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if self.places.redis_socket.exists() and self.ask("SELECT 1") == [(1,)]:
                return
            time.sleep(0.1)
        raise TimeoutError((self.home / "keeper.log").read_text())

    def ask(self, question: str, *parameters: Any) -> list[tuple[Any, ...]] | None:
        """Rows of the database, or None while it is away."""
        address = f"host={self.places.sockets} user=frontline_app dbname=frontline"
        try:
            with psycopg.connect(address, autocommit=True, connect_timeout=5) as connection:
                return connection.execute(question, parameters).fetchall()
        except psycopg.OperationalError:
            return None


LEFT_OUT = {
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "DJANGO_SETTINGS_MODULE",
    "FRONTLINE_THROWAWAY",
    "FRONTLINE_DATABASE",
    "FRONTLINE_DATABASE_ROLE",
}
