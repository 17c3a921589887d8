"""What the pages of upper desks answer with when a sheet in the office's shape is asked for."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.http import FileResponse, HttpRequest
from django.utils import timezone

from ..exports.paper import Paper
from ..exports.plain import signature
from ..services import exports as services
from .exports import name_of, send


def paper_answer(request: HttpRequest, paper: Paper) -> FileResponse:
    """The sheet as a file, with a note of who took it."""
    from ..exports.paper_writer import write_paper

    now = timezone.now()
    actor: Any = request.user
    book = write_paper(paper, by=signature(actor), at=now)
    services.note_paper(paper, address=request.get_full_path(), size=len(book), by=actor, now=now)
    return send(BytesIO(book), name_of(paper.title, now))
