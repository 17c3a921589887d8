"""The users' side of the embedded services: hold them while a process needs them."""

import atexit
import fcntl
import os
import threading
import time

import psycopg

from config.embedded import locks
from config.embedded.keeper import spawn_keeper
from config.embedded.places import Places
from config.errors import ServiceError

FIRST_START = 60.0
MUTEX = threading.Lock()
# set once, by a command that looks at the models only
_stay_off = threading.Event()
_held: dict[Places, tuple[int, int]] = {}


def stay_off() -> None:
    """Start no service in this process: the database is used if it is up, and missed if not."""
    _stay_off.set()


def are_off() -> bool:
    return _stay_off.is_set()


def hold(places: Places, *, throwaway: bool = False) -> None:
    """Make sure that both services run, and keep them running as long as this process lives.

    Cheap when already held. A forked child holds for itself: the parent may end before it.
    """
    if _stay_off.is_set():
        return
    with MUTEX:
        pid, _ = _held.get(places, (0, 0))
        if pid == os.getpid():
            return
        places.prepare()
        with locks.exclusive(places.start_lock):
            descriptor = locks.open_lock(places.users_lock)
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            if not locks.is_taken(places.keeper_lock):
                spawn_keeper(places, throwaway=throwaway)
        _held[places] = (os.getpid(), descriptor)
        atexit.register(release, places)
    wait_until_ready(places)


def release(places: Places) -> None:
    """Let go; the last one out waits until the services have stopped.

    Closed, not unlocked: unlocking would let go for every fork that shares the descriptor.
    """
    pid, descriptor = _held.pop(places, (0, 0))
    if pid != os.getpid():
        return
    os.close(descriptor)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and is_stopping(places):
        time.sleep(0.02)


def is_stopping(places: Places) -> bool:
    """Nobody uses the services any more, and the keeper has not finished yet."""
    return not locks.is_taken(places.users_lock) and locks.is_taken(places.keeper_lock)


def wait_until_ready(places: Places, patience: float = FIRST_START) -> None:
    """Wait until PostgreSQL takes connections and Redis has its socket.

    Raises ServiceError with what the keeper had to say when it gave up.
    """
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if is_ready(places):
            return
        if not locks.is_taken(places.keeper_lock) and time.monotonic() > deadline - patience + 5:
            break
        time.sleep(0.03)
    raise ServiceError(f"内置数据库未能启动。{last_words(places)}日志在 {places.logs}。")


def is_ready(places: Places) -> bool:
    if not places.postgres_socket.exists() or not places.redis_socket.exists():
        return False
    try:
        address = f"host={places.sockets} user=frontline_app dbname=frontline connect_timeout=5"
        psycopg.connect(address).close()
    except psycopg.OperationalError:
        return False
    return True


def last_words(places: Places) -> str:
    log = places.logs / "keeper.log"
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return f"{lines[-1]} " if lines else ""
