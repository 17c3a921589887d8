"""What the office keeps: stored files, imports, exports, documents."""

# The first migration names `_place` by this address.
from .attachments import Attachment, _place
from .documents import Document, DocumentSeries
from .exports import ExportFile
from .imports import ImportBatch, ImportRow

__all__ = [
    "Attachment",
    "Document",
    "DocumentSeries",
    "ExportFile",
    "ImportBatch",
    "ImportRow",
    "_place",
]
