"""What a picture really is, read from its first bytes: the name and the type sent are claims."""

import struct
from typing import NamedTuple

from apps.core.errors import DomainError

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
# Start-of-frame markers of JPEG; C4, C8 and CC are tables.
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 50_000_000


class Picture(NamedTuple):
    content_type: str
    width: int
    height: int


class PictureRefusedError(DomainError):
    """The file is no picture we take."""


def examine(data: bytes, *, name: str) -> Picture:
    """Type and size of a JPEG or PNG; raises PictureRefusedError, naming the file, for the rest."""
    if len(data) > MAX_BYTES:
        raise PictureRefusedError(
            f"“{name}”超过 {MAX_BYTES // 1024 // 1024} MB，请压缩后再传。", field="photos"
        )
    found = _png(data) or _jpeg(data)
    if found is None:
        raise PictureRefusedError(
            f"“{name}”不是 JPEG 或 PNG 图片，或已损坏，请换一张。", field="photos"
        )
    if found.width * found.height > MAX_PIXELS:
        raise PictureRefusedError(f"“{name}”尺寸过大，请缩小后再传。", field="photos")
    return found


def _png(data: bytes) -> Picture | None:
    if not data.startswith(PNG) or data[12:16] != b"IHDR" or len(data) < 24:
        return None
    width, height = struct.unpack(">II", data[16:24])
    return Picture("image/png", width, height) if width and height else None


def _jpeg(data: bytes) -> Picture | None:
    """Walks the segments up to the frame header, which holds the size."""
    if not data.startswith(JPEG):
        return None
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker in FRAMES:
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return Picture("image/jpeg", width, height) if width and height else None
        if marker == 0xFF:
            place += 1
            continue
        place += 2 + int(struct.unpack(">H", data[place + 2 : place + 4])[0])
    return None
