import datetime as dt

import pytest

from apps.core.dates import moment_on
from apps.jobs import registry

from .clockwork import Clockwork


@pytest.fixture
def clockwork(monkeypatch):
    """The registry, emptied for the test, with jobs that write down what they were asked."""
    monkeypatch.setattr(registry, "_jobs", {})
    monkeypatch.setattr(registry, "_ticks", {})
    return Clockwork()


@pytest.fixture
def noon():
    return moment_on(dt.date(2021, 8, 5), dt.time(12))
