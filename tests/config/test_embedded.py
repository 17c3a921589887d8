"""The embedded services live exactly as long as somebody uses them."""

import os
import signal
import socket

import psycopg
import pytest

from config.embedded import places as places_module
from config.embedded.daemons import Postgres
from config.embedded.places import Places
from config.embedded.programs import programs_of
from config.errors import ServiceError
from tests.config.processes import holding, manage, parent_of, processes, wait_until


def services_of(home):
    sockets = str(Places.of(home).sockets)
    found = processes("postgres", str(home / "postgres")) + processes("redis-server", sockets)
    # A child has its server's command line until it has named itself.
    return [pid for pid in found if parent_of(pid) not in found]


@pytest.mark.parametrize(
    "command",
    [["--help"], ["check"], ["makemigrations", "--check", "--dry-run"], ["migrate", "--help"]],
)
def test_services_stay_off_for(home, command):
    done = manage(home, *command)

    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    assert not (home / "postgres").exists()
    assert services_of(home) == []


def test_last_one_out_stops_the_services(home):
    with holding(home) as first:
        with holding(home) as second:
            second.communicate("\n")
            assert second.returncode == 0
            assert len(services_of(home)) == 2
        first.communicate("\n")

    assert wait_until(lambda: services_of(home) == [])
    assert wait_until(lambda: processes("config.embedded.keeper", str(home)) == [])
    assert not Places.of(home).run.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_services_stop_after_a_killed_user(home, number):
    with holding(home) as user:
        user.send_signal(number)
        user.wait()

        assert wait_until(lambda: services_of(home) == [])


def test_killed_services_come_back_by_themselves(home):
    with holding(home):
        killed = services_of(home)
        for pid in killed:
            os.kill(pid, signal.SIGKILL)

        assert wait_until(lambda: len(set(services_of(home)) - set(killed)) == 2, 10)
        with holding(home):
            assert set(services_of(home)).isdisjoint(killed)


def test_services_survive_their_keeper(home):
    with holding(home):
        before = services_of(home)
        (keeper,) = processes("config.embedded.keeper", str(home))
        os.kill(keeper, signal.SIGKILL)

        # the next one to connect finds no keeper and brings one, which adopts what runs
        with holding(home):
            assert services_of(home) == before
            assert len(processes("config.embedded.keeper", str(home))) == 1

    assert wait_until(lambda: services_of(home) == [])


def test_rows_outlive_the_services(home):
    statement = (
        "from django.db import connection as c; k = c.cursor(); k.execute({!r}); print(k.rowcount)"
    )
    role = {"FRONTLINE_DATABASE_ROLE": "owner"}
    table = "CREATE TABLE kept AS SELECT generate_series(1, 3)"

    made = manage(home, "shell", "-v0", "-c", statement.format(table), **role)
    read = manage(home, "shell", "-v0", "-c", statement.format("SELECT * FROM kept"), **role)

    assert (made.returncode, read.stdout) == (0, "3\n")


def test_pid_file_of_another_program_is_cleared(home):
    places = Places.of(home)
    places.prepare()
    places.postgres_data.mkdir()
    pid_file = places.postgres_data / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{places.postgres_data}\n")

    Postgres(places, programs_of(places), throwaway=True).clear_traces()

    assert not pid_file.exists()


def test_socket_paths_fit_wherever_the_data_is(tmp_path):
    places = Places.of(tmp_path / "很长的目录名" / ("x" * 200))

    longest = max(len(os.fsencode(p)) for p in (places.postgres_socket, places.redis_socket))
    assert longest + len(".lock") <= 107


def test_data_folders_share_no_socket(tmp_path):
    assert Places.of(tmp_path / "a").run != Places.of(tmp_path / "b").run


def test_socket_folder_of_somebody_else_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(places_module, "SOCKET_BASE", tmp_path)
    places = Places.of(tmp_path / "home")
    (tmp_path / "elsewhere").mkdir()
    places.run.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(ServiceError, match="不属于当前用户"):
        places.prepare()


def test_services_listen_on_no_port(home):
    with holding(home):
        address = f"host={Places.of(home).sockets} user=frontline_app dbname=frontline"
        with psycopg.connect(address) as connection:
            listening = connection.execute("SHOW listen_addresses").fetchone()
        with socket.socket(socket.AF_UNIX) as redis:
            redis.connect(str(Places.of(home).redis_socket))
            redis.sendall(b"CONFIG GET port\r\n")
            port = redis.recv(100)

    assert listening == ("",)
    assert port == b"*2\r\n$4\r\nport\r\n$1\r\n0\r\n"
