"""Photos as they are kept: checked by what they hold, upright, small, with nothing but the picture."""

import io
import struct
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from PIL import ExifTags, Image, UnidentifiedImageError

from apps.core.errors import DomainError

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_SIDE = 20_000
LONGEST = 1600
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP")
# What a decoder may raise over bytes that only begin like a picture.
BROKEN = (OSError, SyntaxError, ValueError, TypeError, EOFError, LookupError, struct.error)
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
# By the number an EXIF orientation has.
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# A picture takes up to 160 MB while it is drawn, and warnings are filtered for a whole process.
ONE_AT_A_TIME = threading.Lock()


class PictureRefusedError(DomainError):
    """The file is no picture we take."""


class Photo(NamedTuple):
    data: bytes
    content_type: str
    width: int
    height: int


def prepare_photo(data: bytes, *, name: str) -> Photo:
    """The picture in `data` drawn anew: at most LONGEST pixels a side, without EXIF, place or
    comment. JPEG, or PNG where parts are transparent.

    Raises PictureRefusedError, naming the file, before unpacking what is too large.
    """
    if len(data) > MAX_BYTES:
        limit = MAX_BYTES // 1024 // 1024
        raise PictureRefusedError(
            f"图片过大：“{name}”超过 {limit} MB，请压缩后再传。", field="photos"
        )
    try:
        with _quiet(), Image.open(io.BytesIO(data), formats=FORMATS) as source:
            _refuse_large(source.size, name)
            return _drawn_anew(source)
    except BOMBS as error:
        raise _too_large(name) from error
    except (UnidentifiedImageError, *BROKEN) as error:
        raise PictureRefusedError(
            f"“{name}”不是 JPEG、PNG 或 WebP 图片，或已损坏，请换一张。", field="photos"
        ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Broken EXIF makes Pillow warn; none of it is kept, so the picture is taken all the same."""
    with ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


def _refuse_large(size: tuple[int, int], name: str) -> None:
    width, height = size
    if width * height > MAX_PIXELS or max(size) > MAX_SIDE:
        raise _too_large(name, f"（{width}×{height} 像素）")


def _too_large(name: str, how: str = "") -> PictureRefusedError:
    return PictureRefusedError(f"图片过大：“{name}”{how}，请缩小后再传。", field="photos")


def _drawn_anew(source: Image.Image) -> Photo:
    turn = _turn(source)
    source.thumbnail((LONGEST, LONGEST))
    upright = source if turn is None else source.transpose(turn)
    has_alpha = upright.has_transparency_data
    mode = "RGBA" if has_alpha else "RGB"
    # A fresh canvas: whatever the file said beside its pixels stays behind.
    canvas = Image.new(mode, upright.size)
    canvas.paste(upright.convert(mode))
    kept = io.BytesIO()
    if has_alpha:
        canvas.save(kept, "PNG", optimize=True)
    else:
        canvas.save(kept, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    content_type = "image/png" if has_alpha else "image/jpeg"
    return Photo(kept.getvalue(), content_type, *canvas.size)


def _turn(source: Image.Image) -> Image.Transpose | None:
    """What sets the picture upright, as far as its EXIF can be read."""
    try:
        return UPRIGHT.get(source.getexif().get(ExifTags.Base.Orientation, 1))
    except BROKEN:
        return None
