"""How often one may knock at a door that stands open to strangers.

Counted in Redis for all processes together; while Redis is away each process counts for itself, so
that the page stays and a limit holds.
"""

from __future__ import annotations

from functools import cache
from math import ceil
from time import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import FixedWindowRateLimiter
from redis.exceptions import RedisError

PATIENCE = 0.5
"""Seconds to wait for Redis; the person waits, too."""


def wait_for(door: str, *, who: str, rate: str) -> int:
    """Count this try; seconds until `who` may try `door` again, 0 when it was allowed.

    `rate` is written as "30/minute".
    """
    limit = _limit(rate)
    try:
        return _knock(_shared(), limit, door, who)
    except RedisError:
        return _knock(_own(), limit, door, who)


def visitor(request: HttpRequest) -> str:
    """The address a try is counted for. Behind our proxy it is the last that stands in
    X-Forwarded-For: the proxy wrote it, what comes before anybody may have made up."""
    if settings.SECURE_PROXY_SSL_HEADER:
        *_, last = request.headers.get("X-Forwarded-For", "").split(",")
        if last.strip():
            return last.strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def _knock(counter: FixedWindowRateLimiter, limit: RateLimitItem, door: str, who: str) -> int:
    if counter.hit(limit, door, who):
        return 0
    return max(1, ceil(counter.get_window_stats(limit, door, who).reset_time - time()))


@cache
def _limit(rate: str) -> RateLimitItem:
    return parse(rate)


@cache
def _shared() -> FixedWindowRateLimiter:
    """Celery's way of writing the address differs for a socket."""
    address = settings.CELERY_BROKER_URL.replace("redis+socket://", "redis+unix://")
    address = address.replace("virtual_host=", "db=")
    storage: Any = storage_from_string(
        address, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, key_prefix="doors"
    )
    return FixedWindowRateLimiter(storage)


@cache
def _own() -> FixedWindowRateLimiter:
    return FixedWindowRateLimiter(MemoryStorage())
