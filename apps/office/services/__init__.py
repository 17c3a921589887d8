"""Writes of the office: one module a subject."""

from .imports import (
    KnownFileError,
    StandingOnError,
    UploadRefusedError,
    apply_import,
    drop_import,
    recheck_import,
    undo_import,
    upload_table,
)
from .photos import read_photo, store_photo

__all__ = [
    "KnownFileError",
    "StandingOnError",
    "UploadRefusedError",
    "apply_import",
    "drop_import",
    "read_photo",
    "recheck_import",
    "store_photo",
    "undo_import",
    "upload_table",
]
