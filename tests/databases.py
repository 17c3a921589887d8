"""Databases of a test run: one migrated template, a clone of it for each process of the run.

The portal's own keeper runs the cluster, without fsync and in a folder that goes with it.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from config.embedded import locks, services
from config.embedded.places import Places

BASE = "frontline"
SMALL = "frontline_small"

laid: str | None = None
"""The template that this process's database was last cloned from."""
wanted_next = BASE
"""The template that the next test begins with."""


def places() -> Places:
    return Places.of(Path(settings.PORTAL_HOME))


def hold_cluster() -> None:
    services.hold(places(), throwaway=True)


@contextmanager
def building(template: str) -> Iterator[bool]:
    """Whether this process is the one to build the template; the others wait for it."""
    done = places().home / f"{template}.done"
    with locks.exclusive(places().home / f"{template}.lock"):
        yield not done.exists()
        done.touch()


@contextmanager
def as_owner(name: str | None = None) -> Iterator[None]:
    """Django's connection with the role that owns the tables, as owner commands have it."""
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict["USER"] = "frontline_owner"
    connection.settings_dict["NAME"] = name or before["NAME"]
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(USER=before["USER"], NAME=before["NAME"])


def make_base() -> None:
    with building(BASE) as is_mine:
        if is_mine:
            with as_owner(BASE):
                call_command("migrate", interactive=False, verbosity=0)


def make_small() -> None:
    """The reference world at its small scale, loaded once for the whole run."""
    with building(SMALL) as is_mine:
        if is_mine:
            clone(BASE, SMALL)
            with as_owner(SMALL), files_of_small():
                call_command("load_reference", scale="small", verbosity=0)
    shutil.copytree(small_files(), settings.MEDIA_ROOT, dirs_exist_ok=True)


def small_files() -> Path:
    """The small world's own files, of which each process has a copy beside its database."""
    return places().home / "media" / SMALL


@contextmanager
def files_of_small() -> Iterator[None]:
    small_files().mkdir(parents=True)
    with override_settings(MEDIA_ROOT=small_files()):
        yield


def use(name: str) -> None:
    """Have Django, and the commands that a test starts, use this database."""
    connection.close()
    connection.settings_dict["NAME"] = name
    os.environ["FRONTLINE_DATABASE"] = name


def lay(template: str, name: str) -> None:
    """Give this process's database the state of `template`."""
    global laid  # noqa: PLW0603
    if template == SMALL:
        make_small()
    use(name)
    clone(template, name)
    laid = template


def clone(template: str, name: str) -> None:
    # As the superuser: a server of the test may still hold connections of the portal's own role.
    address = f"host={places().sockets} user=postgres dbname=postgres"
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(
            f"CREATE DATABASE {name} OWNER frontline_owner TEMPLATE {template} STRATEGY FILE_COPY"
        )
