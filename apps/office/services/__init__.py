"""Writes of the office: one module a subject."""

from .photos import read_photo, store_photo

__all__ = ["read_photo", "store_photo"]
