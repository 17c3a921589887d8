"""A few small drawn pictures: no photograph of anybody, and the same bytes at each load."""

import hashlib
import io
from dataclasses import dataclass
from functools import cache
from random import Random

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw

SIZE = (640, 420)
COUNT = 6
SKIES = ("#9fb8cc", "#c9d6df", "#8ba4b8", "#d9cfc0", "#b5c4d3", "#e0d8cb")
GROUNDS = ("#8a7a63", "#6f7f76", "#9a8f80", "#7d8a94", "#a08f72", "#748275")
VEST = "#b8242a"


@dataclass(frozen=True)
class Drawing:
    """A picture in the store."""

    path: str
    sha256: str
    size: int
    content_type: str = "image/jpeg"


def drawn_pictures() -> list[Drawing]:
    """Draw them and see that the store has them."""
    return [_stored(_drawn(number)) for number in range(COUNT)]


@cache
def _drawn(number: int) -> bytes:
    """Houses, a street, and people in red vests from far away."""
    rng = Random(number)  # noqa: S311
    width, height = SIZE
    picture = Image.new("RGB", SIZE, SKIES[number])
    pen = ImageDraw.Draw(picture)
    ground = height * 2 // 3
    left = 0
    while left < width:
        house, top = rng.randint(60, 110), rng.randint(60, 190)
        shade = rng.randint(150, 205)
        pen.rectangle((left, top, left + house - 8, ground), fill=(shade, shade - 8, shade - 18))
        for y in range(top + 14, ground - 20, 26):
            for x in range(left + 10, left + house - 24, 22):
                pen.rectangle((x, y, x + 9, y + 13), fill=(96, 108, 120))
        left += house
    pen.rectangle((0, ground, width, height), fill=GROUNDS[number])
    for _ in range(rng.randint(4, 8)):
        x, y = rng.randint(30, width - 40), rng.randint(ground + 10, height - 60)
        pen.ellipse((x + 3, y - 11, x + 13, y - 1), fill="#e6c9a8")
        pen.rectangle((x, y, x + 16, y + 24), fill=VEST)
        pen.rectangle((x + 2, y + 24, x + 14, y + 44), fill="#2f3a46")
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=80)
    return kept.getvalue()


def _stored(data: bytes) -> Drawing:
    digest = hashlib.sha256(data).hexdigest()
    path = f"attachments/{digest[:2]}/{digest}"
    if not default_storage.exists(path):
        default_storage.save(path, ContentFile(data))
    return Drawing(path, digest, len(data))
