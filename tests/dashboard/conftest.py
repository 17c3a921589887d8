"""The small world, cloned once for all tests that only look at it or whose writes can be undone."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests import databases


@pytest.fixture(scope="session")
def world_database(django_db_setup: None, django_db_blocker: Any, database_name: str) -> str:
    name = f"{database_name}_world"
    with django_db_blocker.unblock():
        databases.make_small()
        databases.clone(databases.SMALL, name)
        databases.use(database_name)
    return name


@pytest.fixture
def world(world_database: str, database_name: str, django_db_blocker: Any) -> Iterator[None]:
    """The small world inside a transaction that is rolled back: far quicker than a clone a test."""
    with django_db_blocker.unblock():
        databases.use(world_database)
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
        databases.use(database_name)
