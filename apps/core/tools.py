"""What upper apps offer above every list: its rows as Excel, filters kept under a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .views.lists import ScopedListView


@dataclass(frozen=True)
class ListTool:
    """A small piece above the rows of every list.

    `build(view)` gives what `template` reads as `tool`; with None it is left out. It is asked for
    each page and each part of one: at most one cheap query, however many rows there are.
    """

    name: str
    template: str
    build: Callable[[ScopedListView], dict[str, Any] | None]
    order: int = 100


@dataclass(frozen=True)
class ShownTool:
    template: str
    content: dict[str, Any]


_tools: dict[str, ListTool] = {}


def register_list_tool(*tools: ListTool) -> None:
    """Call it in `AppConfig.ready`; a name that is registered again takes the new one."""
    _tools.update({tool.name: tool for tool in tools})


def tools_for(view: ScopedListView) -> list[ShownTool]:
    """The tools of the page that `view` answers, in their order."""
    known = sorted(_tools.values(), key=lambda tool: tool.order)
    built = ((tool, tool.build(view)) for tool in known)
    return [ShownTool(tool.template, content) for tool, content in built if content is not None]
