"""One command starts the portal, keeps it up and takes all of it away again."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from config.embedded.places import Places
from config.preflight import UNMIGRATED
from tests.config.processes import (
    ROOT,
    children,
    environment,
    manage,
    parent_of,
    processes,
    wait_until,
)

COMMAND = [sys.executable, "-m", "config.run"]
PROGRAMS = {
    "keeper": ["config.embedded.keeper", "--hold"],
    "web": ["-m gunicorn"],
    "worker": ["-m celery", " worker "],
    "beat": ["-m celery", " beat "],
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def refused(home, **variables):
    """The sentence with which a start is refused; it must be the only one."""
    done = subprocess.run(
        COMMAND,
        cwd=ROOT,
        env=environment(home, **variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr.strip().splitlines()[-1]


@contextmanager
def running(home, port) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        COMMAND,
        cwd=ROOT,
        env=environment(home, PORT=str(port)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if "停止，再次 make run" in line:
                break
        assert process.poll() is None, "".join(said)
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate()


def ours(home):
    """Every process of this portal, whoever its parent is."""
    sockets = str(Places.of(home).sockets)
    supervisors = processes("supervisord", str(home))
    below = [pid for supervisor in supervisors for pid in children(supervisor)]
    below += [pid for parent in below for pid in children(parent)]
    return {*processes(str(home)), *processes(sockets), *supervisors, *below}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A data folder with a unit in it: the reference world is not what is tested here."""
    import shutil
    import tempfile
    from pathlib import Path

    parent = Path(tempfile.mkdtemp(prefix="frontline-run-"))
    parent.chmod(0o711)
    home = parent / "数据 目录"
    done = manage(home, "shell", "-v0", "-c", LAID, FRONTLINE_DATABASE_ROLE="owner")
    assert done.returncode == 0, done.stderr
    yield home
    shutil.rmtree(parent, ignore_errors=True)


LAID = """
from django.core.management import call_command
from tests.factories import UnitFactory
call_command("migrate", verbosity=0)
UnitFactory()
"""


def test_portal_restarts_what_dies_and_leaves_nothing(prepared):
    port = free_port()
    with running(prepared, port) as launcher:
        everything = ours(prepared)
        (supervisor,) = processes("supervisord", str(prepared))
        assert parent_of(supervisor) == launcher.pid
        for name, words in PROGRAMS.items():
            (before,) = children(supervisor, *words)
            os.kill(before, signal.SIGKILL)
            assert wait_until(
                lambda w=words, b=before: children(supervisor, *w) not in ([], [b]), 30
            ), name
        sockets = str(Places.of(prepared).sockets)
        for words in (["postgres -D", str(prepared)], ["redis-server", sockets]):
            (before,) = processes(*words)
            os.kill(before, signal.SIGKILL)
            assert wait_until(lambda w=words, b=before: processes(*w) not in ([], [b]), 30), words
        assert wait_until(lambda: answers(port), 90)

        sentence = refused(prepared, PORT=str(free_port()))
        assert sentence.startswith(
            f"一线已在运行：http://localhost:{port}（数据目录 {prepared}）。"
        )

        everything |= ours(prepared)
        # Twice, as make and the terminal both pass it on: the second must not cut the ending short.
        for _ in range(2):
            launcher.send_signal(signal.SIGTERM)
            time.sleep(0.01)
        assert launcher.wait(90) == 0

    assert len(everything) >= 8
    assert [pid for pid in everything if os.path.exists(f"/proc/{pid}")] == []  # noqa: PTH110
    assert not Places.of(prepared).run.exists()


def test_nothing_outlives_a_killed_launcher(prepared):
    with running(prepared, free_port()) as launcher:
        everything = ours(prepared)
        launcher.kill()
        launcher.wait()

        assert wait_until(lambda: not ours(prepared), 40)
    assert len(everything) >= 8


def answers(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/login/", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def test_taken_port_is_refused_before_anything_starts(home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        sentence = refused(home, PORT=str(port))

    assert sentence == f"端口 {port} 已被其他程序占用。请换一个端口：make run PORT=8001。"
    assert not (home / "postgres").exists()


def production(**variables):
    keys = {
        "SECRET_KEY": "secret" * 9,
        "FIELD_KEYS": "k1:" + "A" * 43 + "=",
        "ALLOWED_HOSTS": "x.cn",
    }
    return {**keys, "PORT": str(free_port()), **variables}


def test_unreachable_database_is_named(home):
    url = f"postgres://app:secret@127.0.0.1:{free_port()}/portal"

    sentence = refused(home, **production(DATABASE_URL=url))

    assert re.match(r"DATABASE_URL 指向的数据库没有应答（.*）。请核对地址、口令", sentence)
    assert "secret" not in sentence


def test_unreachable_database_is_named_by_commands(home):
    url = f"postgres://app:secret@127.0.0.1:{free_port()}/portal"

    done = manage(home, "migrate", **production(DATABASE_URL=url))

    assert done.returncode == 1
    assert done.stderr.startswith("DATABASE_URL 指向的数据库没有应答")
    assert "Traceback" not in done.stderr


def test_commands_refuse_what_is_wrong_in_one_sentence(home):
    """In the order in which it is met: a variable, an option, an empty data folder."""
    variable = manage(home, "jobs", **production(DATABASE_URL="foo"))
    options = [
        manage(home, *line.split())
        for line in ("load_reference", "jobs --days many", "outbox --jsn", "nightly --on", "fact")
    ]
    empty = manage(home, "facts", "--json")
    unready = manage(home, "setup")

    assert (variable.returncode, empty.returncode) == (1, 1)
    assert {done.returncode for done in options} == {2}
    assert variable.stderr.startswith("DATABASE_URL 应指向 PostgreSQL，形如 ")
    assert [done.stderr.splitlines()[-1].split("（全部选项见 ")[0] for done in options] == [
        "缺少必填的选项：--scale。",
        "--days：应为整数，现为 'many'。",
        "没有这样的选项：--jsn。",
        "--on：后面要写一个值。",
        "没有名为“fact”的命令。是否想用 facts？全部命令见 manage.py help。",
    ]
    assert empty.stderr == f"{UNMIGRATED}\n"
    assert unready.stderr == f"{UNMIGRATED}\n"
    assert unready.returncode == 1
    assert variable.stderr.count("\n") == 1


def test_help_tells_of_our_commands_and_options_in_chinese(home):
    commands = manage(home, "help").stdout
    options = manage(home, "outbox", "--help").stdout

    assert [line.split()[0] for line in commands.splitlines() if line.startswith("  ")] == [
        "facts",
        "jobs",
        "load_reference",
        "nightly",
        "outbox",
        "setup",
    ]
    assert options.splitlines() == [
        "用法：manage.py outbox [-h] [--json]",
        "",
        "待发与已发邮件：按类型和状态计数，最早一封待发邮件的时间",
        "",
        "选项:",
        "  -h, --help  显示本说明",
        "  --json      输出一份 JSON",
    ]


def test_unreachable_redis_is_named(home):
    port = free_port()

    sentence = refused(home, PORT=str(free_port()), REDIS_URL=f"redis://127.0.0.1:{port}/0")

    assert sentence.startswith("REDIS_URL 指向的 Redis 没有应答（")
    assert not processes(str(home))


def test_database_without_keys_is_refused(home):
    url = "postgres://app:secret@127.0.0.1/portal"

    sentence = refused(home, **production(DATABASE_URL=url, FIELD_KEYS=""))

    assert sentence.startswith("已设置 DATABASE_URL（正式部署），还必须设置 FIELD_KEYS。")
