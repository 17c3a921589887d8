"""Writes of mail and of the inbox."""

from .inbox import Note, mark_all_read, mark_read, notify
from .outbox import Mail, queue, release, release_chosen, resend, suppress
from .rendering import render
from .sending import Delivery, deliver

__all__ = [
    "Delivery",
    "Mail",
    "Note",
    "deliver",
    "mark_all_read",
    "mark_read",
    "notify",
    "queue",
    "release",
    "release_chosen",
    "render",
    "resend",
    "suppress",
]
