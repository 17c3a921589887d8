"""The text of an item: typed as lines, kept and shown as clean paragraphs.

nh3 runs on save and again on display: nothing else is stored, and a row that came past the form
does no harm either.
"""

import re

import nh3
from django.utils.safestring import SafeString

BLOCKS = {"p", "h3"}
MARKS = {"strong", "em"}
BREAK = re.compile(r"<br\s*/?>|</(?:div|li|tr|td|h[1-6]|blockquote)\s*>", re.IGNORECASE)
EDGE = re.compile(r"(?=<(?:p|h3)>)|(?<=</p>)|(?<=</h3>)")
BLOCK = re.compile(r"<(p|h3)>(.*)</\1>")
BLOCK_TAG = re.compile(r"</?(?:p|h3)>")
EMPTY = re.compile(r"<(strong|em)>\s*</\1>")
PARAGRAPH = re.compile(r"</?p>")
ENTITY = re.compile(r"&(lt|gt|amp|nbsp);(?=(.?))", re.DOTALL)


def clean_body(typed: str) -> str:
    """What is stored: a paragraph or heading a line, two marks, no attribute, the rest as text.

    Cleaning twice changes nothing.
    """
    broken = BREAK.sub(lambda found: f"{found.group()}\n", typed.replace("\r", "\n"))
    lines = EDGE.sub("\n", _clean(broken, BLOCKS | MARKS)).splitlines()
    return "\n".join(filter(None, map(_block, lines)))


def _block(line: str) -> str:
    """One line as its paragraph; nothing when there is no text in it."""
    found = BLOCK.fullmatch(line.strip())
    tag, text = found.groups() if found else ("p", line)
    text = _clean(BLOCK_TAG.sub("", text), MARKS).strip()
    while text != (less := EMPTY.sub("", text).strip()):
        text = less
    return f"<{tag}>{text}</{tag}>" if text else ""


def typed_body(stored: str) -> str:
    """What stands in the box for typing: clean_body of it is `stored` again."""
    return ENTITY.sub(_typed, PARAGRAPH.sub("", stored))


def shown_body(stored: str) -> SafeString:
    """Markup for the page, whatever the row holds."""
    return SafeString(_clean(stored, BLOCKS | MARKS))


def _clean(html: str, tags: set[str]) -> str:
    return nh3.clean(html, tags=tags, attributes={})


def _typed(found: re.Match[str]) -> str:
    """The character itself, unless it would begin a tag or an entity of its own."""
    name, following = found.groups()
    if name == "gt":
        return ">"
    if name == "nbsp":
        return "\u00a0"
    if name == "lt":
        return found.group() if following.isascii() and re.match(r"[A-Za-z/!?]", following) else "<"
    return found.group() if re.match(r"[A-Za-z0-9#]", following) else "&"
