"""Where the file of an import lies, sealed, and what was read from it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from apps.core.crypto import seal_bytes, unseal_bytes

from ..models import ImportBatch


def folder(batch: ImportBatch) -> Path:
    return Path(settings.MEDIA_ROOT) / "imports" / str(batch.pk)


def keep_upload(batch: ImportBatch, data: bytes) -> None:
    """Put the file away, encrypted: it holds phones as people wrote them."""
    _keep(batch, "upload", data)


def read_upload(batch: ImportBatch) -> bytes:
    return _read(batch, "upload")


def keep_marked(batch: ImportBatch, data: bytes) -> None:
    """Put the file with its marks beside it."""
    _keep(batch, "marked", data)


def read_marked(batch: ImportBatch) -> bytes:
    """Raises FileNotFoundError where nothing was wrong."""
    return _read(batch, "marked")


@contextmanager
def opened_upload(batch: ImportBatch) -> Iterator[Path]:
    """The plain file for as long as it is read, in memory only."""
    handle = os.memfd_create("import", 0)
    try:
        with open(handle, "wb", closefd=False) as file:
            file.write(read_upload(batch))
        yield Path(f"/proc/{os.getpid()}/fd/{handle}")
    finally:
        os.close(handle)


def rows_file(batch: ImportBatch) -> Path:
    return folder(batch) / "rows.copy"


def problems_file(batch: ImportBatch) -> Path:
    return folder(batch) / "problems.copy"


def remove_all(batch: ImportBatch) -> None:
    shutil.rmtree(folder(batch), ignore_errors=True)


def _keep(batch: ImportBatch, name: str, data: bytes) -> None:
    place = folder(batch)
    place.mkdir(parents=True, exist_ok=True, mode=0o750)
    (place / name).write_bytes(seal_bytes(data, place=_bound(batch, name)))


def _read(batch: ImportBatch, name: str) -> bytes:
    return unseal_bytes((folder(batch) / name).read_bytes(), place=_bound(batch, name))


def _bound(batch: ImportBatch, name: str) -> str:
    return f"office_importbatch|{batch.pk}|{name}"
