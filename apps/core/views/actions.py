"""Buttons a page offers: links, one-button posts, and what is done to many rows at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from apps.core.permissions import Permission, allowed


@dataclass(frozen=True)
class Action:
    """A button. At most one of a page is `primary`.

    `method="post"` makes a form of its own; with `confirm` a dialog asks first. `partial` fetches
    the answer into the page's dialog (a small form or a list of names) instead of leaving.
    """

    label: str
    url: str
    icon: str = ""
    method: Literal["get", "post"] = "get"
    primary: bool = False
    danger: bool = False
    confirm: str = ""
    partial: bool = False
    permission: Permission = ""
    new_tab: bool = False

    def open_to(self, user: Any) -> bool:
        return not self.permission or allowed(user, self.permission)


@dataclass(frozen=True)
class BulkAction:
    """A button over the ticked rows of a list; posts their ids as `pk` to `url`.

    `confirm` is the question; the dialog lists the names of the rows under it.
    """

    label: str
    url: str
    icon: str = ""
    confirm: str = ""
    primary: bool = False
    permission: Permission = ""

    def open_to(self, user: Any) -> bool:
        return not self.permission or allowed(user, self.permission)


def ticked_keys(given: Iterable[str]) -> list[int]:
    """The rows ticked in a list; what is no key is left out."""
    return [int(key) for key in given if key.isdecimal() and len(key) < 19]
