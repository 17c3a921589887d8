"""Cells of the list of needs, as the city's committee fills them."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from apps.office.workbooks.cells import Parsed, read_name, read_text

from .allocating import NO_HOURS, are_hours

NUMBERED = re.compile(r"\(([2-9]\d*)\)$")
GOODS, QUANTITY = 40, 20
"""Characters at the most."""
HEADS = re.compile(r"([0-9]+(?:,[0-9]{3})*)\s*人|([0-9]+)")


def read_wanted(cell: Any) -> Parsed:
    """A kind of work or goods; a second such need of one place and day is numbered: 排水除淤（2）."""
    read = read_name(cell, most=GOODS + 5)
    if read.problem or read.is_blank:
        return read
    text = str(read.value)
    plain = text.replace("（", "(").replace("）", ")")
    return Parsed(NUMBERED.sub(r"（\1）", plain) if NUMBERED.search(plain) else text)


def read_quantity(cell: Any) -> Parsed:
    """How many: of people the number alone, 24 of ２４ and of 24 人; of goods as it is written."""
    read = read_text(cell, most=QUANTITY)
    found = HEADS.fullmatch(unicodedata.normalize("NFKC", str(read.value or "")))
    if found is None:
        return read
    return Parsed((found[1] or found[2]).replace(",", ""))


def read_hours(cell: Any) -> Parsed:
    read = read_text(cell, most=40)
    return read if are_hours(str(read.value or "")) else Parsed(problem=NO_HOURS)
