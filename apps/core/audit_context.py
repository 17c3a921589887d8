"""Who is writing, and on whose request: read by the database connection as a transaction opens."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_context: ContextVar[tuple[str, str] | None] = ContextVar("audit_context", default=None)


def current() -> tuple[str, str] | None:
    """The acting person or job and the request's id, or None outside any door."""
    return _context.get()


@contextmanager
def acting(actor: str, request: str = "") -> Iterator[None]:
    """Every write inside the block is recorded under `actor` (a username, `job:…` or `command:…`)."""
    token = _context.set((actor, request))
    try:
        yield
    finally:
        _context.reset(token)
