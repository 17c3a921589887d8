"""Comma-separated text, in the encodings offices save it in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from .refusals import Reason, Refused

MARKUP = ("<html", "<!doctype", "<table", "<?xml", "<head", "<meta", "<workbook", "mime-version:")
SEPARATORS = (",", "\t", ";", "，", "|")
LONGEST = 1 << 20
"""Characters of one field."""


def encoding_of(data: bytes) -> str:
    """Raises Refused if the bytes are no text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = ["utf-16"]
    elif b"\0" in data:
        raise Refused(Reason.OTHER_KIND, what="无法识别的文件")
    else:
        candidates = ["utf-8-sig", "gb18030"]
    for encoding in candidates:
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Refused(Reason.ENCODING)


def separator(beginning: str) -> str:
    """What parts the fields: the sign that the first lines hold most often."""
    first = beginning.splitlines()[:10]
    counts = {sign: sum(line.count(sign) for line in first) for sign in SEPARATORS}
    best = max(SEPARATORS, key=lambda sign: counts[sign])
    return best if counts[best] else ","


def open_rows(file: BinaryIO) -> Iterator[list[str]]:
    """The rows of a text file. Raises Refused for a web page or XML under another name."""
    encoding = encoding_of(file.read())
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    beginning = text.read(4000)
    if beginning.lstrip()[:200].lower().startswith(MARKUP):
        raise Refused(Reason.OTHER_KIND, what="网页（只改了扩展名）")
    text.seek(0)
    csv.field_size_limit(LONGEST)
    return csv.reader(text, delimiter=separator(beginning))
