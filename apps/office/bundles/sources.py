"""What can go into a bundle: upper apps say it here, each in the scope of whoever asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO

from apps.core.permissions import Permission, allowed

from ..exports.paper import Paper
from ..exports.plain import signature, write_list


@dataclass(frozen=True)
class BundleAsk:
    """A campaign by its code, its days from `first` to `last`, whom it is for, and when."""

    campaign: str
    first: dt.date
    last: dt.date
    user: Any
    at: dt.datetime

    @property
    def days(self) -> list[dt.date]:
        return [self.first + dt.timedelta(days=n) for n in range((self.last - self.first).days + 1)]


@dataclass(frozen=True)
class BundleItem:
    """One file to be: where it goes, what the index says of it, and what opens its bytes.

    `open` is called once, when its turn comes. A DomainError or a missing file leaves the item out;
    the index then says why.
    """

    folder: str
    name: str
    open: Callable[[], BinaryIO]
    on: dt.date | None = None
    state: str = ""


@dataclass(frozen=True)
class BundleSource:
    """A kind of files. `find` lists them without making any: what the user may see, no more."""

    code: str
    label: str
    about: str
    permission: Permission
    find: Callable[[BundleAsk], Iterable[BundleItem]]
    order: int = 100
    names_people: bool = False
    """Whether people stand in it by name: fetching a bundle with it goes on record."""


_sources: dict[str, BundleSource] = {}


def register_bundle_source(*sources: BundleSource) -> None:
    """Call it in `AppConfig.ready`; a code that is registered again takes the new one."""
    _sources.update({source.code: source for source in sources})


def sources_for(user: Any) -> list[BundleSource]:
    """What `user` may take, in the order of the page."""
    known = sorted(_sources.values(), key=lambda one: (one.order, one.code))
    return [source for source in known if allowed(user, source.permission)]


def chosen_sources(user: Any, codes: Iterable[str]) -> list[BundleSource]:
    """Those of `codes` that `user` may take now."""
    wanted = set(codes)
    return [source for source in sources_for(user) if source.code in wanted]


def list_item(
    ask: BundleAsk, address: str, *, folder: str, name: str, on: dt.date | None = None
) -> BundleItem:
    """A list of the portal as it stands at `address`, in its columns, with the rows one may see."""

    def write() -> BinaryIO:
        from ..exports.listing import LIST, outgoing

        book = BytesIO()
        out = outgoing(address, ask.user, campaign=ask.campaign, shape=LIST)
        write_list(out, book, by=signature(ask.user), at=ask.at)
        book.seek(0)
        return book

    return BundleItem(folder, f"{name}.xlsx", write, on=on)


def paper_item(
    ask: BundleAsk,
    build: Callable[[], Paper],
    *,
    folder: str,
    name: str,
    on: dt.date | None = None,
    state: str = "",
) -> BundleItem:
    """A sheet in the office's shape, put together when its turn comes."""

    def write() -> BinaryIO:
        from ..exports.paper_writer import write_paper

        return BytesIO(write_paper(build(), by=signature(ask.user), at=ask.at))

    return BundleItem(folder, f"{name}.xlsx", write, on=on, state=state)
