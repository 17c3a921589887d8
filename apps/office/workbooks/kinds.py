"""What a file is by what it holds, never by its name."""

from __future__ import annotations

from typing import BinaryIO

from .refusals import Reason, Refused

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
READABLE = ("xlsx", "xls", "csv")
NAMES = {"xlsx": ".xlsx 工作簿", "xls": ".xls 工作簿", "csv": "文本"}

# Beginnings of files people send by mistake.
OTHERS = (
    (b"%PDF", "PDF 文件"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"BM", "图片"),
    (b"RIFF", "图片或音像文件"),
    (b"{\\rtf", "Word 文档（RTF）"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩包"),
    (b"MZ", "程序"),
    (b"\x7fELF", "程序"),
)


def extension(name: str) -> str:
    """The ending of a file's name, small, without its dot."""
    _, dot, ending = name.strip().rpartition(".")
    return ending.lower() if dot else ""


def check_name(name: str) -> str:
    """The kind a name promises. Raises Refused for a name no table has."""
    ending = extension(name)
    if ending in {"xlsm", "xltm", "xlam", "xlsb", "xla"}:
        raise Refused(Reason.MACROS)
    if ending not in READABLE:
        raise Refused(Reason.NAMELESS, name=name)
    return ending


def kind_of(file: BinaryIO) -> str:
    """zip, ole or text. Raises Refused for anything else."""
    file.seek(0)
    head = file.read(4096)
    file.seek(0)
    if not head:
        raise Refused(Reason.EMPTY)
    if head.startswith(ZIP):
        return "zip"
    if head.startswith(OLE):
        return "ole"
    for beginning, what in OTHERS:
        # Two letters may also begin a text.
        if head.startswith(beginning) and (len(beginning) > 2 or b"\0" in head):
            raise Refused(Reason.OTHER_KIND, what=what)
    return "text"


def check_promise(promised: str, found: str) -> None:
    """Raises Refused if the name says something else than the content."""
    if promised != found:
        raise Refused(Reason.EXTENSION, extension=f".{promised}", what=NAMES[found])
