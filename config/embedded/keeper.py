"""The keeper: starts both services, starts them again when they die, stops them after the last user.

One keeper watches a data folder; keeper.lock says so. Whoever needs the services holds users.lock
in common (config.embedded.services); the kernel lets go of it even after kill -9, so the keeper
always learns when nobody is left. Under the supervisor it runs with --hold and is a user itself.
"""

import argparse
import contextlib
import fcntl
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import FrameType

from config.embedded import locks
from config.embedded.daemons import Daemon, Postgres, Redis
from config.embedded.places import Places
from config.embedded.programs import programs_of
from config.errors import ServiceError

RESTART_PAUSE = 0.25
LEAVE_SIGNAL = signal.SIGUSR1


class Keeper:
    def __init__(self, places: Places, *, hold: bool, throwaway: bool) -> None:
        self.places = places
        self.hold = hold
        self.throwaway = throwaway
        self.leaving = False
        self.stopping = False
        self.wait_again = threading.Event()
        self.wake_read, self.wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self.user_lock: int | None = None
        self.keeper_lock = -1

    def run(self) -> None:
        self.places.prepare()
        self.listen_to_signals()
        if self.hold:
            self.become_user()
        if not self.take_over():
            return
        programs = programs_of(self.places)
        kinds: tuple[type[Daemon], ...] = (Postgres, Redis)
        daemons = [kind(self.places, programs, throwaway=self.throwaway) for kind in kinds]
        if not self.hold:
            self.wait_again.set()
            threading.Thread(target=self.wait_for_last_user, daemon=True).start()
        while not self.leaving:
            self.watch(daemons)
            if not self.places.home.exists():
                self.stop(daemons)
                return
            if self.stopping and self.stop_if_unused(daemons):
                return
            if self.stopping:
                self.stopping = False
                self.wait_again.set()

    def listen_to_signals(self) -> None:
        def leave(_number: int, _frame: FrameType | None) -> None:
            self.leaving = True

        def stop(_number: int, _frame: FrameType | None) -> None:
            self.stopping = True

        signal.set_wakeup_fd(self.wake_write, warn_on_full_buffer=False)
        signal.signal(LEAVE_SIGNAL, leave)
        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        # wakes the loop at once when a child dies
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)

    def become_user(self) -> None:
        with locks.exclusive(self.places.start_lock):
            self.user_lock = locks.open_lock(self.places.users_lock)
            fcntl.flock(self.user_lock, fcntl.LOCK_SH)

    def take_over(self) -> bool:
        """Become the keeper; with --hold an earlier one is asked to leave the services to us."""
        lock = self.keeper_lock = locks.open_lock(self.places.keeper_lock)
        while not locks.try_exclusive(lock):
            if not self.hold or self.stopping:
                return False
            with contextlib.suppress(ValueError, ProcessLookupError):
                os.kill(int(os.pread(lock, 20, 0)), LEAVE_SIGNAL)
            time.sleep(0.05)
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        return True

    def wait_for_last_user(self) -> None:
        """Runs beside the loop: blocks until nobody holds users.lock, then wakes the loop."""
        while True:
            self.wait_again.wait()
            self.wait_again.clear()
            with contextlib.suppress(FileNotFoundError), locks.exclusive(self.places.users_lock):
                pass
            self.stopping = True
            os.write(self.wake_write, b"u")

    def watch(self, daemons: list[Daemon]) -> None:
        """Start whatever does not run, then sleep until one dies or something else is up."""
        watched: list[int] = []
        try:
            for daemon in daemons:
                pid = daemon.pid() or self.start(daemon)
                with contextlib.suppress(ProcessLookupError):
                    watched.append(os.pidfd_open(pid))
            ready, _, _ = select.select([self.wake_read, *watched], [], [], 10)
            if self.wake_read in ready:
                os.read(self.wake_read, 4096)
        finally:
            for descriptor in watched:
                os.close(descriptor)
        reap_children()

    def start(self, daemon: Daemon) -> int:
        print(f"starting {daemon.name}", flush=True)
        child = daemon.start()
        deadline = time.monotonic() + 15
        while daemon.pid() is None and child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        if child.poll() is not None:
            # Backends of a killed server hold its memory for a moment; the loop tries again.
            print(f"{daemon.name} ended with {child.returncode}", flush=True)
            time.sleep(RESTART_PAUSE)
        return child.pid

    def stop_if_unused(self, daemons: list[Daemon]) -> bool:
        """Stop both services unless somebody still uses them, or came meanwhile."""
        with locks.exclusive(self.places.start_lock):
            if self.user_lock is not None:
                os.close(self.user_lock)
                self.user_lock = None
            if locks.is_taken(self.places.users_lock):
                if self.hold:
                    os.close(self.keeper_lock)
                    spawn_keeper(self.places, throwaway=self.throwaway)
                return self.hold
            self.stop(daemons)
            if self.throwaway:
                shutil.rmtree(self.places.home, ignore_errors=True)
            os.close(self.keeper_lock)
        return True

    def stop(self, daemons: list[Daemon]) -> None:
        for daemon in daemons:
            daemon.stop()
        shutil.rmtree(self.places.run, ignore_errors=True)


def reap_children() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def spawn_keeper(places: Places, *, throwaway: bool) -> None:
    """Start a keeper that belongs to no terminal and to no parent."""
    command = [sys.executable, "-m", "config.embedded.keeper", "--detach", str(places.home)]
    root = Path(__file__).resolve().parent.parent.parent
    with (places.logs / "keeper.log").open("wb") as output:
        subprocess.run(
            [*command, "--throwaway"] if throwaway else command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
            start_new_session=True,
            check=True,
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--hold", action="store_true", help="be a user of the services oneself")
    parser.add_argument("--detach", action="store_true", help="go on in the background")
    parser.add_argument("--throwaway", action="store_true", help="fast, unsafe, removed at the end")
    options = parser.parse_args()
    if options.detach and os.fork():
        return 0
    try:
        keeper = Keeper(Places.of(options.home), hold=options.hold, throwaway=options.throwaway)
        keeper.run()
    except ServiceError as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
