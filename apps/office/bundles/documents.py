"""Official documents in a bundle: the signed file, or the draft in a folder of its own."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from ..documents.enums import DocumentState
from ..models import Document
from .sources import BundleItem

UNSIGNED_FOLDER = "送审稿（未签发）"


def document_item(document: Document, *, folder: str) -> BundleItem:
    """`document` as it was kept. Its files must have been fetched with it."""
    is_signed = document.state == DocumentState.SIGNED

    def opened() -> BinaryIO:
        file: Any = document.file.file.open("rb")
        return cast("BinaryIO", file)

    return BundleItem(
        folder=folder if is_signed else UNSIGNED_FOLDER,
        name=document.file_name,
        open=opened,
        on=document.about_on,
        state=document.get_state_display(),
    )
