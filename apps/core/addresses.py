"""Addresses that a page holds many of: they never change, so each is put together once."""

from collections.abc import Callable
from functools import cache, lru_cache

from django.urls import reverse


@lru_cache(maxsize=4096)
def address(name: str, *args: object) -> str:
    """What `reverse` says, remembered."""
    return reverse(name, args=args)


@cache
def by_key(name: str) -> Callable[[object], str]:
    """Writes the address of a record by its key: only the key differs from one to the next."""
    before, _, after = reverse(name, args=[0]).rpartition("0")
    return lambda key: f"{before}{key}{after}"
