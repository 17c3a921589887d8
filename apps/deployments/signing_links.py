"""The link of a sheet: `number.edition.signature`, derived anew whenever it is printed.

Nothing of it is stored, so a copy of the database opens no sheet; a new edition ends the old link.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.safestring import SafeString

from .models import SigningSheet

SALT = "deployments.signing"
SIGNATURE = 16
"""Bytes of the signature that are kept: 128 bits, and a code that a phone reads from paper."""
SHAPE = re.compile(r"([1-9][0-9]{0,17})\.([1-9][0-9]{0,4})\.([A-Za-z0-9_-]{22})")
# Any of the eight masks reads as well on so small a code; choosing the best takes four times as long.
MASK = 0


def token_of(sheet: SigningSheet) -> str:
    """What stands after /q/ in the link of the sheet's present edition."""
    said = f"{sheet.pk}.{sheet.edition}"
    return f"{said}.{next(_signatures(said))}"


def read_token(token: str) -> tuple[int, int] | None:
    """Number and edition of a link that the portal made; None for any other. Asks no database."""
    found = SHAPE.fullmatch(token)
    if found is None:
        return None
    number, edition, signature = found.groups()
    known = _signatures(f"{number}.{edition}")
    if not any(constant_time_compare(signature, one) for one in known):
        return None
    return int(number), int(edition)


def link_of(sheet: SigningSheet) -> str:
    """The whole address, as it is printed and sent."""
    path = reverse("signing", args=[token_of(sheet)])
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def code_of(link: str) -> SafeString:
    """The link as a QR code: an SVG of one path, without size or style of its own."""
    code = segno.make(link, error="m", micro=False, boost_error=False, mask=MASK)
    # Written by the library from black and white squares alone.
    return SafeString(code.svg_inline(omitsize=True, border=3))


def _signatures(said: str) -> Iterator[str]:
    """Under the newest key first; older keys still open what was printed with them."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        whole = salted_hmac(SALT, said, secret=key, algorithm="sha256").digest()
        yield base64.urlsafe_b64encode(whole[:SIGNATURE]).decode().rstrip("=")
