"""Opens an uploaded workbook in a child process that may not take much memory or time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from apps.core.errors import DomainError

from .book import Book


class WorkbookRefusedError(DomainError):
    """A file we cannot or will not read; says what is wrong and how to mend it."""


@dataclass(frozen=True)
class Limits:
    """What a workbook may take."""

    file_bytes: int = 20 << 20
    rows: int = 150_000
    columns: int = 200
    seconds: int = 8


LIMITS = Limits()


def read_book(path: Path, *, name: str, limits: Limits = LIMITS) -> Book:
    """All sheets of the file at `path`, which was sent under `name`.

    Raises WorkbookRefusedError with the sentence for the page.
    """
    raise NotImplementedError
