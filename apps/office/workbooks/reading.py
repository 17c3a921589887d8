"""Opens an uploaded workbook in a child process that may not take much memory or time.

A fresh interpreter and not a fork: it works alike in a web process and in a worker's child, and
none of our memory, connections or keys are in it.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NoReturn

from apps.core.errors import DomainError

from .book import Book, Merge, SheetData
from .packing import EACH, END, FRAME, NOTE, REFUSED, ROWS, SHEET, PackedRows, unpack
from .refusals import Reason, sentence

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[3]
MIB = 1 << 20


class WorkbookRefusedError(DomainError):
    """A file we cannot or will not read; says what is wrong and how to mend it."""


@dataclass(frozen=True)
class Limits:
    """What a workbook may take: bytes sent and unpacked, rows and columns of a sheet.

    The child has so many seconds of work, and of waiting for a busy machine; so many bytes of
    memory beside the interpreter's; `transport` bytes come back at most.
    """

    file_bytes: int = 20 * MIB
    unpacked: int = 200 * MIB
    rows: int = 150_000
    columns: int = 200
    seconds: int = 6
    patience: int = 30
    memory: int = 220 * MIB
    transport: int = 48 * MIB


LIMITS = Limits()


def read_book(path: Path, *, name: str, limits: Limits = LIMITS) -> Book:
    """All sheets of the file at `path`, which was sent under `name`.

    Raises WorkbookRefusedError with the sentence for the page.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size == 0:
            _refuse(Reason.EMPTY)
        if size > limits.file_bytes:
            _refuse(Reason.HEAVY, most=limits.file_bytes // MIB)
        with _child(file, name, limits) as (process, alarm):
            answer = _listen(process.stdout)
            if not answer.kind:
                _explain(process, answer, alarm, limits)
    return Book(answer.kind, [sheet.data() for sheet in answer.sheets])


class _Alarm(threading.Timer):
    """Ends the child when its time is over, even if it waits or sleeps."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        super().__init__(seconds, self._ring)
        self.daemon = True
        self.has_rung = False
        self._process = process

    def _ring(self) -> None:
        self.has_rung = True
        self._process.kill()


@contextmanager
def _child(
    file: IO[bytes], name: str, limits: Limits
) -> Iterator[tuple[subprocess.Popen[bytes], _Alarm]]:
    wanted = ("unpacked", "rows", "columns", "seconds", "memory", "transport")
    order = {"name": name, **{word: getattr(limits, word) for word in wanted}}
    process = subprocess.Popen(
        [sys.executable, "-E", "-s", "-m", "apps.office.workbooks.child", json.dumps(order)],
        cwd=ROOT,
        env={"LC_ALL": "C.UTF-8"},
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    alarm = _Alarm(process, limits.patience)
    alarm.start()
    try:
        yield process, alarm
    finally:
        alarm.cancel()
        if process.poll() is None:
            process.kill()
        process.communicate()


@dataclass
class _Sheet:
    name: str
    merged: list[Merge]
    is_hidden: bool
    hidden: list[int]
    hidden_rows: list[int]
    chunks: list[bytes] = field(default_factory=list)

    def data(self) -> SheetData:
        whole = len(self.chunks) - 1
        count = whole * EACH + len(unpack(self.chunks[-1])) if self.chunks else 0
        rows = PackedRows(self.chunks, count)
        columns, lines = frozenset(self.hidden), frozenset(self.hidden_rows)
        return SheetData(self.name, rows, self.merged, self.is_hidden, columns, lines)


@dataclass
class _Answer:
    """What the child has said so far."""

    sheets: list[_Sheet] = field(default_factory=list)
    kind: str = ""
    note: dict[str, Any] = field(default_factory=dict)

    def take(self, kind: bytes, content: bytes) -> None:
        if kind == ROWS:
            self.sheets[-1].chunks.append(content)
            return
        words = json.loads(content)
        if kind == SHEET:
            merged = [tuple(merge) for merge in words["merged"]]
            hidden = words["hidden"], words["hidden_rows"]
            self.sheets.append(_Sheet(words["name"], merged, words["is_hidden"], *hidden))
        elif kind == NOTE:
            self.note = words
        elif kind == REFUSED:
            _refuse(Reason(words["reason"]), **words["words"])
        elif kind == END:
            self.kind = words["kind"]


def _listen(pipe: IO[bytes] | None) -> _Answer:
    """All the child says until it is silent. Raises WorkbookRefusedError when it refuses."""
    answer = _Answer()
    assert pipe is not None  # noqa: S101
    while len(head := pipe.read(FRAME.size)) == FRAME.size:
        kind, length = FRAME.unpack(head)
        content = pipe.read(length)
        if len(content) < length:
            break
        answer.take(kind, content)
    return answer


def _explain(
    process: subprocess.Popen[bytes], answer: _Answer, alarm: _Alarm, limits: Limits
) -> NoReturn:
    """Why a child ended without a last word."""
    _, complaint = process.communicate()
    code = process.returncode
    where = _where(answer.note)
    if alarm.has_rung or code == -signal.SIGXCPU:
        _refuse(Reason.TIME, seconds=limits.seconds, where=where)
    if code in {-signal.SIGABRT, -signal.SIGKILL}:
        _refuse(Reason.MEMORY, where=where)
    if code > 0:
        # Whatever a file does is caught in the child: this one never came to it.
        logger.error("Workbooks cannot be read: %s", complaint.decode(errors="replace")[-500:])
        _refuse(Reason.FAILED)
    _refuse(Reason.BROKEN)


def _where(note: dict[str, Any]) -> str:
    if not note:
        return ""
    last = note["last_row"]
    reach = f"写到第 {last} 行" if last else "很大"
    return f"（工作表“{note['sheet']}”{reach}）"


def _refuse(reason: Reason, **words: str | int) -> NoReturn:
    raise WorkbookRefusedError(sentence(reason, words))
