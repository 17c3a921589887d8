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
    place = folder(batch)
    place.mkdir(parents=True, exist_ok=True, mode=0o750)
    (place / "upload").write_bytes(seal_bytes(data, place=_bound(batch)))


def read_upload(batch: ImportBatch) -> bytes:
    return unseal_bytes((folder(batch) / "upload").read_bytes(), place=_bound(batch))


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


def _bound(batch: ImportBatch) -> str:
    return f"office_importbatch|{batch.sha256}"
