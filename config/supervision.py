"""The supervisor's configuration: which processes make up the portal."""

import os
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path

from config.environment import LOCAL_HOSTS, Environment


@dataclass(frozen=True)
class Program:
    """A supervised process. The lower the priority the earlier it starts and the later it stops."""

    name: str
    priority: int
    command: list[str]
    stop_seconds: int = 15
    environment: dict[str, str] = field(default_factory=dict)


def programs(env: Environment) -> list[Program]:
    python = sys.executable
    celery = [python, "-m", "celery", "-A", "config.celery"]
    quiet = ["--without-gossip", "--without-mingle"]
    found = [
        Program("web", 10, [python, "-m", "gunicorn", "-c", "python:config.web", "-b", bind(env)]),
        Program(
            "worker", 20, [*celery, "worker", "-c", "3", "-O", "fair", "-l", "INFO", *quiet], 30
        ),
        Program("beat", 30, [*celery, "beat", "-l", "WARNING", "--pidfile="]),
    ]
    if env.needs_keeper:
        keeper = [python, "-m", "config.embedded.keeper", "--hold", str(env.home)]
        found.insert(0, Program("keeper", 1, keeper, 60))
    return found


def bind(env: Environment) -> str:
    """Other machines are let in only when ALLOWED_HOSTS names other hosts."""
    host = "127.0.0.1" if env.allowed_hosts == LOCAL_HOSTS else "0.0.0.0"  # noqa: S104
    return f"{host}:{env.port}"


def write_configuration(env: Environment) -> Path:
    file = env.home / "supervisord.conf"
    logs = env.home / "logs"
    logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    lines = [
        "[supervisord]",
        "nodaemon=true",
        "silent=true",
        f"logfile={escaped(logs / 'supervisord.log')}",
        "logfile_maxbytes=10MB",
        "logfile_backups=1",
        f"pidfile={escaped(env.home / 'supervisord.pid')}",
        f"childlogdir={escaped(logs)}",
        *(["user=root"] if os.geteuid() == 0 else []),
    ]
    for program in programs(env):
        lines += program_section(program, logs)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def program_section(program: Program, logs: Path) -> list[str]:
    command = [sys.executable, "-m", "config.child", *program.command]
    return [
        "",
        f"[program:{program.name}]",
        f"command={escaped(shlex.join(command))}",
        f"priority={program.priority}",
        "autorestart=true",
        # Any start counts as one: a program that fails at once is tried again for ever.
        "startsecs=0",
        f"stopwaitsecs={program.stop_seconds}",
        "killasgroup=true",
        "redirect_stderr=true",
        f"stdout_logfile={escaped(logs / f'{program.name}.log')}",
        "stdout_logfile_maxbytes=10MB",
        "stdout_logfile_backups=3",
    ]


def escaped(value: str | Path) -> str:
    """Percent signs would be taken for placeholders."""
    return str(value).replace("%", "%%")
