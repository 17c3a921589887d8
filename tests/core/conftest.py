import pytest

from apps.core import context, menu, tools


@pytest.fixture(autouse=True)
def kit_alone(monkeypatch):
    """The kit without what upper apps registered: its tests stand on its own pages only."""
    monkeypatch.setattr(context, "_answers", {})
    monkeypatch.setattr(menu, "_items", [])
    monkeypatch.setattr(tools, "_tools", {})
