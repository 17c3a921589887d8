"""The side menu: upper apps register their pages here as they get ready; core imports none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Caution
from django.urls import NoReverseMatch, reverse

from .addresses import address
from .permissions import allowed

if TYPE_CHECKING:
    from django.http import HttpRequest


@dataclass(frozen=True)
class Badge:
    """What waits behind a menu item: a count or 1/4; `hot` when something is overdue."""

    text: str
    hot: bool = False


@dataclass(frozen=True)
class Section:
    key: str
    label: str
    icon: str


SECTIONS = (
    Section("home", "工作台", "home"),
    Section("round", "四个一", "calendar-check"),
    Section("deployments", "下沉服务", "users-group"),
    Section("assistance", "关爱帮扶", "heart-handshake"),
    Section("supplies", "物资资金", "packages"),
    Section("publicity", "宣传引导", "news"),
    Section("directives", "通知督办", "speakerphone"),
    Section("readiness", "机关防线", "shield-check"),
    Section("surveys", "思想动态", "clipboard-text"),
    Section("places", "单位与社区", "building-community"),
    Section("system", "系统管理", "settings"),
)


@dataclass(frozen=True)
class MenuItem:
    """One page of the menu, under one of SECTIONS.

    `permission` as on a view. `badge` is asked at most once per page drawn: keep it to one cheap
    query; 0 and None show nothing. The item is marked for every page whose URL name shares the
    stem of `url_name` (units:unit_list marks units:unit_detail) or starts with one of `match`.
    """

    label: str
    url_name: str
    permission: str | tuple[str, ...]
    section: str
    order: int = 100
    badge: Callable[[HttpRequest], Badge | int | None] | None = None
    match: tuple[str, ...] = ()

    def marks(self, view_name: str) -> int:
        """How well the item fits the page now open; 0 when it does not."""
        if view_name == self.url_name:
            return len(view_name) + 1
        stem = self.url_name.rpartition("_")[0]
        prefixes = (f"{stem}_", *self.match) if stem else self.match
        return max((len(p) for p in prefixes if view_name.startswith(p)), default=0)


@dataclass
class Entry:
    """A menu item as drawn for one person."""

    label: str
    url: str
    icon: str = ""
    badge: Badge | None = None
    on: bool = False
    items: Sequence[Entry] = field(default_factory=list)


_items: list[MenuItem] = []


def register(*items: MenuItem) -> None:
    """Put pages on the menu; call it in `AppConfig.ready`. Registering again changes nothing."""
    _items.extend(item for item in items if item not in _items)
    _items.sort(key=lambda item: item.order)


def menu_for(request: HttpRequest) -> list[Entry]:
    """The sections `request.user` may open, in the office's order, each with its pages."""
    match = request.resolver_match
    here = match.view_name if match else ""
    fits = [item.marks(here) for item in _items]
    best = max(fits, default=0)
    pages: dict[str, list[Entry]] = defaultdict(list)
    for item, fit in zip(_items, fits, strict=True):
        if entry := _entry(item, request, is_here=0 < fit == best):
            pages[item.section].append(entry)
    return [_fold(section, pages[section.key]) for section in SECTIONS if section.key in pages]


def _entry(item: MenuItem, request: HttpRequest, *, is_here: bool) -> Entry | None:
    if not allowed(request.user, item.permission):
        return None
    try:
        url = address(item.url_name)
    except NoReverseMatch:  # reported by check_menu; one broken item must not take every page down
        return None
    return Entry(item.label, url, badge=_badge(item, request), on=is_here)


def _badge(item: MenuItem, request: HttpRequest) -> Badge | None:
    found = item.badge(request) if item.badge else None
    if isinstance(found, int):
        return Badge(str(found)) if found else None
    return found


def _fold(section: Section, pages: list[Entry]) -> Entry:
    badge = next((page.badge for page in pages if page.badge), None)
    head = Entry(section.label, pages[0].url, section.icon, badge, any(page.on for page in pages))
    if len(pages) > 1:
        head.items = pages
    return head


def check_menu(**_: object) -> list[CheckMessage]:
    """Every menu item leads somewhere and stands under a known section."""
    known = {section.key for section in SECTIONS}
    problems: list[CheckMessage] = []
    for item in _items:
        if item.section not in known:
            problems.append(
                Error(f"{item.label}: unknown menu section {item.section}", id="core.E001")
            )
        try:
            reverse(item.url_name)
        except NoReverseMatch:
            problems.append(Caution(f"{item.label}: no page named {item.url_name}", id="core.W001"))
    return problems
