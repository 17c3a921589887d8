"""A board's table as a file."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from apps.core import formats
from apps.core.dates import business_day
from apps.core.permissions import allowed
from apps.core.scope import scope_of
from apps.core.views import PortalView
from apps.figures.enums import ScopeKind
from apps.figures.selectors.moves import Key
from apps.office.exports.cells import PLAIN, WHOLE
from apps.office.exports.listing import BLANK_NOTE, LIST, OutColumn, Outgoing
from apps.office.exports.plain import write_list
from apps.units.enums import OFFICE_ROLES

from ..compare import aligned, course
from ..frame import frame_of
from ..sheets import SHEETS, BoardSheet, chart_sheet
from .compare import CompareView

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class BoardSheetView(PortalView):
    """Small enough to be written while the person waits: a board's table has some hundred rows."""

    permission = "dashboard.view_board"

    def get(self, request: HttpRequest, part: str) -> HttpResponse:
        now = timezone.now()
        sheet, conditions = self.aligned(now) if part == "aligned" else self.framed(part, now)
        if sheet is None:
            raise Http404
        answer = HttpResponse(written(sheet, conditions, by=str(request.user), at=now), KIND)
        name = quote(f"{sheet.title}.xlsx")
        answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
        return answer

    def framed(self, part: str, now: dt.datetime) -> tuple[BoardSheet | None, str]:
        make = SHEETS.get(part)
        frame = frame_of(self.request, at=self.get_at(), now=now)
        if make is None or frame is None:
            raise Http404
        when = formats.day(frame.on, today=business_day(now))
        return make(frame, self.request.GET.get("figure", "")), f"{frame.campaign}，{when}"

    def get_at(self) -> tuple[ScopeKind, Key] | None:
        """A group of the reader's own, or any for the office."""
        asked = self.request.GET.get("group", "")
        if not asked:
            return None
        scope = scope_of(self.request.user)
        if not asked.isdecimal():
            raise Http404
        if not scope.roles & OFFICE_ROLES and int(asked) not in scope.groups:
            raise Http404
        return ScopeKind.GROUP, int(asked)

    def aligned(self, now: dt.datetime) -> tuple[BoardSheet | None, str]:
        if not allowed(self.request.user, CompareView.permission):
            raise PermissionDenied
        page = CompareView()
        page.setup(self.request)
        if page.pair is None:
            return None, ""
        today = business_day(now)
        sides = [course(one, user=self.request.user, today=today) for one in page.pair]
        return chart_sheet(aligned(sides)), "按任务天数对齐"


def written(sheet: BoardSheet, conditions: str, *, by: str, at: dt.datetime) -> bytes:
    """The workbook, laid out as every other export."""

    def pieces() -> Iterator[list[tuple[Any, ...]]]:
        yield [tuple(row) for row in (*sheet.rows, sheet.foot) if row]

    out = Outgoing(
        title=sheet.title,
        conditions=conditions,
        order="看板顺序",
        measure=sheet.measure,
        note=BLANK_NOTE,
        total=len(sheet.rows),
        shape=LIST,
        columns=[
            OutColumn(heading, WHOLE if "（" in heading else PLAIN) for heading in sheet.headings
        ],
        pieces=pieces,
    )
    with tempfile.TemporaryDirectory(prefix="board-") as folder:
        path = Path(folder) / "board.xlsx"
        write_list(out, path, by=by, at=at)
        return path.read_bytes()
