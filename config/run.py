"""Start the whole portal and stay until it is stopped: what `make run` runs.

Everything that can be refused is refused before anything is started. The supervisor below us
restarts what dies; we restart the supervisor.
"""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import NoReturn

from config import supervision, welcome
from config.embedded import locks, services
from config.embedded.places import Places
from config.environment import RUN_LOCK, Environment, running_at
from config.errors import ConfigurationError, ServiceError

ROOT = Path(__file__).resolve().parent.parent
READY_PATIENCE = 180
# After dark days the jobs are late for a while, and /healthz says so; people can work meanwhile.
HEALTH_PATIENCE = 20
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked us to stop: Ctrl-C, SIGTERM or a closed terminal."""


def main() -> int:
    os.chdir(ROOT)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    for number in SIGNALS:
        signal.signal(number, stop)
    try:
        run()
    except (ConfigurationError, ServiceError) as error:
        print(error, file=sys.stderr)
        return 1
    except Stopped:
        say("一线已停止。")
    return 0


def run() -> None:
    env = Environment.load(ROOT)
    lock = take_run_lock(env)
    refuse_taken_port(env)
    places = Places.of(env.home)
    if env.needs_keeper:
        say("启动内置数据库与消息队列……")
        services.hold(places)
    prepare(env)
    supervise(env, places)
    os.close(lock)


def stop(_number: int, _frame: FrameType | None) -> NoReturn:
    """Only once: a second signal, from an impatient hand or from make, must not cut the ending."""
    ignore_signals()
    raise Stopped


def ignore_signals() -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def take_run_lock(env: Environment) -> int:
    """One portal per data folder; the lock's text tells a second one where the first is."""
    env.home.mkdir(parents=True, exist_ok=True)
    descriptor = locks.open_lock(env.home / RUN_LOCK)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        address = running_at(env.home) or env.site_url
        raise ConfigurationError(
            f"一线已在运行：{address}（数据目录 {env.home}）。"
            "另开一套请同时换端口与数据目录：make run PORT=8001 PORTAL_HOME=/另一目录。"
        ) from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, env.site_url.encode(), 0)
    return descriptor


def refuse_taken_port(env: Environment) -> None:
    host, port = supervision.bind(env).rsplit(":", 1)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            reason = "没有权限使用" if isinstance(error, PermissionError) else "已被其他程序占用"
            other = 8001 if env.port != 8001 else 8002
            raise ConfigurationError(
                f"端口 {port} {reason}。请换一个端口：make run PORT={other}。"
            ) from error


def prepare(env: Environment) -> None:
    """Migrations, static files and, in an empty demonstration, the reference world."""
    os.environ["FRONTLINE_DATABASE_ROLE"] = "owner"
    import django

    django.setup()
    from django.core.management import call_command, get_commands
    from django.db import connections

    from config import preflight

    preflight.check_database()
    preflight.check_collation()
    preflight.check_broker()
    say("更新数据库结构……")
    call_command("migrate", interactive=False, verbosity=0)
    collect_static()
    wants_world = env.is_demonstration and has_no_units()
    connections.close_all()
    del os.environ["FRONTLINE_DATABASE_ROLE"]
    if wants_world and "load_reference" in get_commands():
        load_reference_world()


def has_no_units() -> bool:
    from django.apps import apps

    return not apps.get_model("units", "Unit")._default_manager.exists()


def load_reference_world() -> None:
    """In a process of its own: what it needs of memory goes back when it is done."""
    say("装入参考数据（首次启动，约一两分钟）……")
    command = [sys.executable, "manage.py", "load_reference", "--scale", "full"]
    if subprocess.run([sys.executable, "-m", "config.child", *command], check=False).returncode:
        raise ConfigurationError("参考数据装入失败，原因见上；改正后再次运行 make run 会重新装入。")


def collect_static() -> None:
    """Skipped when no source file has changed since: hashing and compressing takes seconds."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    lines = []
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            lines.append(f"{name} {status.st_size} {status.st_mtime_ns}")
    wanted = "\n".join(sorted(lines))
    stamp = Path(settings.STATIC_ROOT) / ".sources"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    say("汇集静态文件……")
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(wanted)


def supervise(env: Environment, places: Places) -> None:
    """Run the supervisor until somebody stops us; start it again if it dies."""
    configuration = supervision.write_configuration(env)
    command = [sys.executable, "-m", "config.child", sys.executable, "-m"]
    command += ["supervisor.supervisord", "-n", "-c", str(configuration)]
    supervisor: subprocess.Popen[bytes] | None = None
    is_welcomed = False
    try:
        while True:
            supervisor = subprocess.Popen(command, start_new_session=True)
            if not is_welcomed:
                wait_until_answering(env, supervisor)
                services.release(places)
                welcome.show(env)
                is_welcomed = True
            supervisor.wait()
            time.sleep(1)
    finally:
        services.release(places)
        if supervisor is not None:
            end(supervisor)


def wait_until_answering(env: Environment, supervisor: subprocess.Popen[bytes]) -> None:
    started = time.monotonic()
    while time.monotonic() < started + READY_PATIENCE and supervisor.poll() is None:
        status = healthz_status(env)
        if status == 503 and time.monotonic() > started + HEALTH_PATIENCE:
            say("网页可用，但健康检查有未通过项，详见 /healthz。")
            return
        if status not in (None, 503):
            return
        time.sleep(0.2)
    raise ServiceError(f"网页服务未能就绪。日志在 {env.home / 'logs'}，请先看 web.log。")


def healthz_status(env: Environment) -> int | None:
    """The status of /healthz, or None while nobody answers."""
    host = next((name for name in env.allowed_hosts if not name.startswith("*")), "localhost")
    request = urllib.request.Request(f"http://127.0.0.1:{env.port}/healthz")
    request.add_header("Host", host.lstrip("."))
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def end(supervisor: subprocess.Popen[bytes]) -> None:
    """Stop the supervisor and wait for it, however often Ctrl-C is pressed."""
    ignore_signals()
    if supervisor.poll() is None:
        say("\n正在停止……")
        with contextlib.suppress(ProcessLookupError):
            supervisor.terminate()
        supervisor.wait()


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
