"""Values in the text form of PostgreSQL's COPY, so that a file of ours is loaded without a parse."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

NULL = "\\N"
ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": ""})


def line(values: Iterable[Any]) -> str:
    """One row of a COPY in text form, its end included."""
    return "\t".join(map(field, values)) + "\n"


def field(value: Any) -> str:
    """One value; None is NULL."""
    if type(value) is str:
        return value if value.isalnum() else value.translate(ESCAPED)
    if value is None:
        return NULL
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, list | tuple):
        return array(value).translate(ESCAPED)
    # numbers, days and moments read the same in Python and in PostgreSQL
    return str(value).translate(ESCAPED)


def array(values: Iterable[Any]) -> str:
    """A list of texts as an array."""
    quoted = (str(one).replace("\\", "\\\\").replace('"', '\\"') for one in values)
    return "{" + ",".join(f'"{one}"' for one in quoted) + "}"
