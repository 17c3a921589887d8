"""The .zip itself: file by file to the disk, an index at the end."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath

from apps.core.dates import to_local
from apps.core.errors import DomainError

from ..exports import cells
from ..exports.listing import LIST, OutColumn, Outgoing
from ..exports.plain import write_list
from .sources import BundleItem

INDEX = "目录.xlsx"
LONGEST = 80
"""Characters of a name: with its folder it still fits where a person unpacks it."""
UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
LOST = "文件缺失，未放入"
NOTE = "文件为制作时的内容；带“送审稿”的未经签发，不得外传。"
COLUMNS = (
    OutColumn("序号", cells.WHOLE),
    OutColumn("文件夹", cells.TEXT, 16),
    OutColumn("文件", cells.TEXT, 40),
    OutColumn("日期", cells.FORMATS["day"]),
    OutColumn("状态", cells.TEXT),
    OutColumn("说明", cells.TEXT, 24),
)

Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class Heading:
    """What stands over the index: the bundle's name, what was asked for, by whom and when."""

    title: str
    conditions: str
    by: str
    at: dt.datetime


@dataclass(frozen=True)
class Entry:
    """One line of the index; without a `name` the file could not be put in."""

    item: BundleItem
    name: str
    note: str = ""


def write_bundle(
    items: Sequence[BundleItem], target: Path, *, heading: Heading, progress: Progress
) -> int:
    """Write every item and the index to `target`; how many files there are beside the index.

    Names are kept as UTF-8. One file at a time is in memory.
    """
    names = Names()
    entries: list[Entry] = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
        for done, item in enumerate(items, 1):
            entries.append(_put(bundle, item, names, heading.at))
            progress(done, len(items))
        index = BytesIO()
        write_list(_index(entries, heading), index, by=heading.by, at=heading.at)
        bundle.writestr(_info(INDEX, heading.at), index.getvalue())
    return sum(bool(entry.name) for entry in entries)


def _put(bundle: zipfile.ZipFile, item: BundleItem, names: Names, at: dt.datetime) -> Entry:
    try:
        source = item.open()
    except FileNotFoundError:
        return Entry(item, "", LOST)
    except DomainError as error:
        return Entry(item, "", error.message)
    place = names.take(item)
    with source, bundle.open(_info(place, at), "w") as target:
        shutil.copyfileobj(source, target)
    return Entry(item, place)


def _info(name: str, at: dt.datetime) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, to_local(at).timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o640 << 16
    return info


class Names:
    """Places in the bundle, each given once, fit for any system people unpack it on."""

    def __init__(self) -> None:
        self._taken = {INDEX}

    def take(self, item: BundleItem) -> str:
        name = PurePosixPath(fit(item.name))
        times, place = 1, self._place(item, name.stem, name.suffix)
        while place.casefold() in self._taken:
            times += 1
            place = self._place(item, f"{name.stem}（{times}）", name.suffix)
        self._taken.add(place.casefold())
        return place

    def _place(self, item: BundleItem, stem: str, suffix: str) -> str:
        return f"{fit(item.folder)}/{stem}{suffix}" if item.folder else f"{stem}{suffix}"


def fit(name: str) -> str:
    """`name` without what some system takes for a path, an order or an end."""
    plain = UNFIT.sub("_", name).strip(" .") or "未命名"
    if len(plain) <= LONGEST:
        return plain
    stem, dot, suffix = plain.rpartition(".")
    if not dot or len(suffix) > 5:
        return plain[:LONGEST]
    return f"{stem[: LONGEST - len(suffix) - 1].rstrip(' .')}.{suffix}"


def _index(entries: Sequence[Entry], heading: Heading) -> Outgoing:
    rows: list[tuple[cells.Value, ...]] = [
        (
            number,
            entry.item.folder,
            PurePosixPath(entry.name).name if entry.name else entry.item.name,
            entry.item.on,
            entry.item.state or None,
            entry.note or None,
        )
        for number, entry in enumerate(entries, 1)
    ]
    return Outgoing(
        title=f"{heading.title}目录",
        conditions=heading.conditions,
        order="按文件夹",
        measure="份",
        note=NOTE,
        total=len(rows),
        shape=LIST,
        columns=COLUMNS,
        pieces=lambda: iter([rows]),
    )
