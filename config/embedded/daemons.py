"""The two services: how each is started, found, watched and stopped."""

import os
import shutil
import signal
import socket
import struct
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from config.embedded.places import Places, service_user
from config.embedded.programs import Programs
from config.errors import ServiceError

LOG_BYTES = 10 * 1024 * 1024


class Daemon(ABC):
    """A service that listens on a unix socket."""

    name: str
    stop_signals: tuple[signal.Signals, ...]

    def __init__(self, places: Places, programs: Programs, *, throwaway: bool) -> None:
        self.places = places
        self.programs = programs
        self.throwaway = throwaway

    @property
    @abstractmethod
    def socket(self) -> Path: ...

    @abstractmethod
    def command(self) -> list[str | Path]: ...

    def prepare(self) -> None:  # noqa: B027
        """What has to be there before the first start; done again without harm."""

    def clear_traces(self) -> None:
        """Remove what a killed predecessor left; only called when nothing listens."""
        self.socket.unlink(missing_ok=True)

    def start(self) -> subprocess.Popen[bytes]:
        self.prepare()
        self.clear_traces()
        log = self.places.logs / f"{self.name}.log"
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as output:
            return subprocess.Popen(
                [str(part) for part in self.command()],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                start_new_session=True,
                **as_service_user(),
            )

    def pid(self) -> int | None:
        """The process that listens on the socket, asked of the kernel: no file can go stale."""
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with connection:
            try:
                connection.settimeout(1)
                connection.connect(str(self.socket))
                peer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
            except OSError:
                return None
        return int(struct.unpack("3i", peer)[0]) or None

    def stop(self, patience: float = 20) -> None:
        """Ask politely first; each signal gets its share of the patience."""
        for sign in self.stop_signals:
            pid = self.pid()
            if pid is None:
                return
            os.kill(pid, sign)
            if wait_for_end(pid, patience / len(self.stop_signals)):
                return


class Postgres(Daemon):
    name = "postgres"
    # fast, then immediate shutdown
    stop_signals = (signal.SIGINT, signal.SIGQUIT)

    @property
    def socket(self) -> Path:
        return self.places.postgres_socket

    def command(self) -> list[str | Path]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.places.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "shared_buffers": "256MB",
            "work_mem": "16MB",
            "maintenance_work_mem": "128MB",
            "max_wal_size": "2GB",
            "jit": "off",
            "timezone": "Asia/Shanghai",
            "log_timezone": "Asia/Shanghai",
            "log_line_prefix": "%m [%p] %u ",
        }
        if self.throwaway:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [f"--{name}={value}" for name, value in settings.items()]
        return [self.programs.postgres, "-D", self.places.postgres_data, *options]

    def prepare(self) -> None:
        data = self.places.postgres_data
        if data.exists():
            return
        building = data.with_name("postgres.building")
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(mode=0o700)
        if user := service_user():
            shutil.chown(building, user)
        self.initialise(building)
        building.rename(data)

    def initialise(self, data: Path) -> None:
        """A cluster with the portal's two roles and its database.

        C.UTF-8 of libc sorts by code point everywhere alike, so an index never changes its order
        with the machine. frontline_app owns nothing: what it may not do, a fault in the portal
        cannot do either.
        """
        initdb: list[str | Path] = [self.programs.bin / "initdb", "-D", data, "-U", "postgres"]
        initdb += ["--auth=trust", "-E", "UTF8", "--locale-provider=libc", "--locale=C.UTF-8"]
        self.run([*initdb, "--no-sync"] if self.throwaway else initdb)
        statements = [
            "CREATE ROLE frontline_owner LOGIN",
            "CREATE ROLE frontline_app LOGIN",
            "CREATE DATABASE frontline OWNER frontline_owner",
        ]
        if self.throwaway:
            statements.append("ALTER ROLE frontline_owner CREATEDB")
        single: list[str | Path] = [
            self.programs.postgres,
            "--single",
            "-j",
            "-D",
            data,
            "postgres",
        ]
        self.run(single, ";\n\n".join(statements) + ";\n\n")

    def run(self, command: list[str | Path], text: str = "") -> None:
        done = subprocess.run(
            [str(part) for part in command],
            input=text,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            **as_service_user(),
        )
        if done.returncode or "ERROR:" in done.stderr:
            raise ServiceError(f"无法建立数据库：{(done.stderr or done.stdout).strip()}")

    def clear_traces(self) -> None:
        """A pid file whose number another program has since taken would forbid the start."""
        super().clear_traces()
        pid_file = self.places.postgres_data / "postmaster.pid"
        if not pid_file.exists():
            return
        first = pid_file.read_text().split("\n", 1)[0].strip()
        if not first.isdigit() or not is_program(int(first), "postgres"):
            pid_file.unlink()
            self.socket.with_name(self.socket.name + ".lock").unlink(missing_ok=True)


class Redis(Daemon):
    name = "redis"
    stop_signals = (signal.SIGTERM, signal.SIGKILL)

    @property
    def socket(self) -> Path:
        return self.places.redis_socket

    def command(self) -> list[str | Path]:
        """Nothing is saved: the broker only rings the bell, what is due stands in PostgreSQL."""
        options: list[str | Path] = [
            "--port",
            "0",
            "--unixsocket",
            self.socket,
            "--unixsocketperm",
            "700",
        ]
        options += ["--save", "", "--appendonly", "no", "--maxmemory", "128mb"]
        return [self.programs.redis_server, *options, "--dir", self.places.sockets]


def as_service_user() -> dict[str, Any]:
    user = service_user()
    return {"user": user, "group": "nogroup", "extra_groups": []} if user else {}


def is_program(pid: int, name: str) -> bool:
    """Whether a living process is a program of this name."""
    try:
        return name in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0", 1)[0].decode()
    except (OSError, UnicodeDecodeError):
        return False


def wait_for_end(pid: int, patience: float) -> bool:
    """Wait until the process is gone or a zombie; a child of ours is reaped."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            if os.waitpid(pid, os.WNOHANG)[0] == pid:
                return True
        except ChildProcessError:
            if not Path(f"/proc/{pid}").exists() or is_zombie(pid):
                return True
        time.sleep(0.02)
    return False


def is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].startswith("Z")
    except OSError:
        return True
