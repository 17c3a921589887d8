"""Where the data stewards' site learns what happened to a row; the trail itself lies above."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Model

Teller = Callable[[Model], Sequence[Any]]

_tellers: list[Teller] = []


def register_history(teller: Teller) -> None:
    """`teller(row)` answers with the changes of the row, newest first; call it in `ready`."""
    _tellers[:] = [teller]


def history(row: Model) -> Sequence[Any]:
    """Changes with `at`, `actor_name`, `operation` and `fields` (label, before, after)."""
    return [change for teller in _tellers for change in teller(row)]
