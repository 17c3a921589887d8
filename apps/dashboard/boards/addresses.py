"""Addresses of many records on one board: only the key differs from one to the next."""

from collections.abc import Callable

from django.urls import reverse


def by_key(name: str) -> Callable[[object], str]:
    """Writes the address of a record by its key; found once for a whole column."""
    before, _, after = reverse(name, args=[0]).rpartition("0")
    return lambda key: f"{before}{key}{after}"
