"""What the desk of documents puts on the menu and among what waits."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest

from apps.core import formats
from apps.core.boards import Todo
from apps.core.menu import MenuItem, register
from apps.core.search import SearchSource, register_search
from apps.core.todos import register_todos

from ..models import Document
from .enums import DocumentState
from .filters import DocumentFilter
from .views import SIGN, VIEW, drafts_badge

MOST = 5
"""Drafts named one by one on the home page."""


def drafts(request: HttpRequest) -> Iterator[Todo]:
    """Documents that wait for a leader's signature, the newest first."""
    rows = Document.objects.visible_to(request.user).filter(state=DocumentState.DRAFT)
    for row in rows.order_by("-made_at")[:MOST]:
        yield Todo(
            label="待签",
            tone="yellow",
            text=f"{row.get_kind_display()}《{row}》待签发",
            url=row.get_absolute_url(),
            when=formats.moment(row.made_at),
        )


def register_documents() -> None:
    register(
        MenuItem(
            "简报公文",
            "documents:document_list",
            VIEW,
            "round",
            order=65,
            badge=drafts_badge,
        )
    )
    register_todos(SIGN, drafts)
    register_search(
        SearchSource(
            "简报公文",
            VIEW,
            DocumentFilter,
            "documents:document_list",
            note=lambda document: document.get_kind_display(),
            order=60,
        )
    )
