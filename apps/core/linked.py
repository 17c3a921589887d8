"""Sentences whose numbers open their rows: one text until it is shown, kept or sent.

A link stands in the text between signs that Unicode gives to no character; `plain` reads past
them, `drawn` makes anchors of them. It leads within the portal and nowhere else.
"""

from __future__ import annotations

import re

from django.utils.safestring import SafeString

from .html import escaped

OPEN, URL, END = "\ufdd0", "\ufdd1", "\ufdd2"
LINK = re.compile(f"{OPEN}([^{OPEN}{URL}{END}]*){URL}(/(?!/)[^{OPEN}{URL}{END}]*){END}")
SIGNS = str.maketrans("", "", OPEN + URL + END)


def linked(text: object, url: str) -> str:
    """A part of a sentence with the address of its rows; without one, the part alone."""
    said = str(text).translate(SIGNS)
    return f"{OPEN}{said}{URL}{url}{END}" if url else said


def plain(text: str) -> str:
    """The sentence as it is read."""
    return LINK.sub(r"\1", text)


def drawn(text: str, base: str = "") -> SafeString:
    """The same as markup; `base` stands before the addresses where it is read outside."""
    parts, at = [], 0
    for link in LINK.finditer(text):
        said, url = link.groups()
        parts.append(escaped(text[at : link.start()]))
        parts.append(f'<a class="rows" href="{escaped(base + url)}">{escaped(said)}</a>')
        at = link.end()
    return SafeString("".join([*parts, escaped(text[at:])]))
