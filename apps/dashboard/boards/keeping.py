"""A board's markup is kept as long as nothing was written since, for readers of the same scope."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from .frame import Frame

SECONDS = 60
"""Words that follow the clock (逾期20分钟) are never older than this."""

# Every write of the portal's tables leaves an entry in the trail, so its last number says whether
# anything changed. Numbers are given before they are seen: what was still being written when the
# markup was made is named too, and makes another version once it is there.
VERSION = """
SELECT (SELECT MAX(id) FROM accounts_auditentry),
       ARRAY(SELECT pg_snapshot_xip(pg_current_snapshot())::text)
"""


def data_version() -> str:
    """Another text whenever a row of the portal may read differently; one cheap statement."""
    with connection.cursor() as cursor:
        cursor.execute(VERSION)
        return repr(cursor.fetchone())


def kept(
    template: str, frame: Frame, build: Callable[[], dict[str, Any]], *asked: object
) -> SafeString:
    """`template` drawn with what `build` finds, or as it was drawn for somebody of the same scope.

    The version is read first: what is written meanwhile can only make the markup newer than its
    key says.
    """
    key = _key(template, frame, data_version(), *asked)
    markup: SafeString | None = cache.get(key)
    if markup is None:
        markup = render_to_string(template, build())
        cache.set(key, markup, SECONDS)
    return markup


def _key(template: str, frame: Frame, version: str, *asked: object) -> str:
    scope = frame.scope
    reader = (
        scope.everything,
        sorted(scope.roles),
        sorted(scope.groups),
        sorted(scope.own_units),
        sorted(scope.units),
    )
    subject = (template, frame.campaign.pk, frame.on, frame.at, asked, frame.is_running)
    text = repr((subject, reader, version))
    return f"board-{hashlib.sha256(text.encode()).hexdigest()}"
