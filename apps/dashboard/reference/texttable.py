"""Plain tables whose columns line up although Chinese characters are two columns wide."""

import unicodedata
from collections.abc import Sequence


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def pad(text: str, columns: int, *, right: bool = False) -> str:
    space = " " * max(columns - width(text), 0)
    return space + text if right else text + space


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: frozenset[int]) -> str:
    """Lines of a table; the columns named in `numbers` stand to the right."""
    widths = [max(width(row[i]) for row in (head, *rows)) for i in range(len(head))]
    lines = (
        "  ".join(
            pad(cell, columns, right=i in numbers)
            for i, (cell, columns) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (head, ["-" * columns for columns in widths], *rows)
    )
    return "\n".join(lines)
