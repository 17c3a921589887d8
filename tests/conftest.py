"""Fixtures of every test: a database of its own, and no quiet failure."""

import gc
import importlib
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.test import TransactionTestCase

from tests import databases
from tests.strictness import ErrorCollector

pytest_plugins = ["tests.cast", "tests.browser.fixtures"]

HERE = Path(__file__).resolve().parent
# How long an example takes tells of the machine, not of the code. The suite tries the same examples
# each time, so that what fails is the change; `--hypothesis-profile=anew` draws others.
hypothesis.settings.register_profile(
    "anew", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile(
    "frontline", hypothesis.settings.get_profile("anew"), derandomize=True
)
hypothesis.settings.load_profile("frontline")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "logs_errors: the test provokes an error that is logged")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """A test that commits leaves the database as the next one wants it: laid once, not twice."""
    names = nextitem.fixturenames if isinstance(nextitem, pytest.Function) else ()
    databases.wanted_next = databases.SMALL if "small_world" in names else databases.BASE


def pytest_sessionstart(session: pytest.Session) -> None:
    """With several processes the first one holds the cluster, so that it outlives each of them."""
    if session.config.getoption("numprocesses", None):
        databases.hold_cluster()


def pytest_collection(session: pytest.Session) -> None:
    """Of several processes each rewrites the asserts of its share of the files first.

    The others find that kept, so that the work is done once, not by each for itself.
    """
    sys.dont_write_bytecode = False
    if session.config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    for file in sorted(HERE.rglob("test_*.py"))[number::processes]:
        importlib.import_module(".".join(file.relative_to(HERE.parent).with_suffix("").parts))


def pytest_collection_finish() -> None:
    """Django and the tests stay to the end: looking through them for garbage takes a tenth of it."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(scope="session")
def database_name() -> str:
    """This process's database."""
    return f"frontline_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any, database_name: str) -> Iterator[None]:
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        databases.hold_cluster()
        databases.make_base()
        databases.lay(databases.BASE, database_name)

        def lay_database_anew(*_arguments: Any) -> None:
            databases.lay(databases.wanted_next, database_name)

        # Truncating would need rights that the portal's role has not, and lose migrated rows.
        patch.setattr(TransactionTestCase, "_fixture_teardown", lay_database_anew)
        yield
        databases.use(database_name)


@pytest.fixture
def small_world(transactional_db: None, database_name: str) -> None:
    """The small reference world in this process's database; what the test writes is undone."""
    if databases.laid != databases.SMALL:
        databases.lay(databases.SMALL, database_name)


@pytest.fixture
def owner(transactional_db: None) -> Iterator[None]:
    """The role that owns the tables, for commands which run with it."""
    with databases.as_owner():
        yield


@pytest.fixture(autouse=True)
def no_error_is_logged(request: pytest.FixtureRequest) -> Iterator[None]:
    collector = ErrorCollector()
    logging.getLogger().addHandler(collector)
    yield
    logging.getLogger().removeHandler(collector)
    if collector.sentences and request.node.get_closest_marker("logs_errors") is None:
        pytest.fail("logged: " + "; ".join(collector.sentences))
