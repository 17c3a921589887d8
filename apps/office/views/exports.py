"""导出: from the button of a list to the file, at once or by the worker; bundles stand among them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from io import BytesIO
from typing import Any, BinaryIO

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from apps.accounts.enums import SecurityEventKind
from apps.accounts.services import record_event
from apps.core import formats
from apps.core.dates import to_local
from apps.core.html import Tag, Tone
from apps.core.permissions import AUTHENTICATED
from apps.core.tables import Column, Row
from apps.core.views import PortalView, ScopedListView, portal_action
from apps.jobs.enums import OccurrenceState
from apps.jobs.models import Occurrence

from ..enums import ExportShape, ExportState
from ..exports.listing import outgoing
from ..filters import ExportFilters
from ..models import ExportFile
from ..services import exports as services
from ..services.bundles import names_people

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"
TONES: dict[str, Tone] = {
    ExportState.WAITING: "yellow",
    ExportState.READY: "green",
    ExportState.SENT: "grey",
    ExportState.REFUSED: "red",
    ExportState.EXPIRED: "grey",
}

AGAIN: dict[str, tuple[str, str] | None] = {
    ExportShape.PAPER: None,
    ExportShape.TEMPLATE: None,
    ExportShape.BUNDLE: ("文件包", "照此再做一个"),
}
"""Where what was asked for can be asked for again."""


@portal_action(AUTHENTICATED)
def create_export(request: HttpRequest) -> HttpResponseBase:
    """A small list is the answer itself; a long one is made while its page shows how far it is.

    The list asks for its own permission, and gives what the person's scope gives.
    """
    address, campaign = request.POST.get("address", ""), request.POST.get("campaign", "")
    actor: Any = request.user
    now = timezone.now()
    out = outgoing(address, actor, campaign=campaign, shape=request.POST.get("shape", ""))
    if out.total > services.AT_ONCE:
        asked = services.request_export(out, address=address, campaign=campaign, by=actor, now=now)
        return redirect(asked)
    export, book = services.take_at_once(out, address=address, campaign=campaign, by=actor, now=now)
    return send(BytesIO(book), name_of(export.title, now))


def name_of(title: str, at: dt.datetime, suffix: str = ".xlsx") -> str:
    """What the file is called: the list and the minute."""
    return f"{title.partition(' · ')[0]}_{to_local(at):%Y%m%d_%H%M}{suffix}"


def send(book: BinaryIO, name: str, *, content_type: str = XLSX) -> FileResponse:
    """A file to be saved; no cache keeps it."""
    answer = FileResponse(book, as_attachment=True, filename=name, content_type=content_type)
    answer["Cache-Control"] = "private, no-store"
    return answer


def size_of(row: Row) -> str | None:
    return megabytes(row["size"])


def megabytes(size: int | None) -> str | None:
    return f"{max(size / 1024 / 1024, 0.1):.1f} MB" if size else None


class ExportListView(ScopedListView):
    """我的导出: what one took, and the files that still wait."""

    permission = AUTHENTICATED
    model = ExportFile
    title = "我的导出"
    subtitle = "较大的表格和文件包在后台制作，完成后保留 7 天，只有本人可以下载。"
    filterset_class = ExportFilters
    columns = (
        Column("title", link="office:export_detail", phone="title"),
        Column("shape", blank="列表", css="nowrap"),
        Column("state", kind="tag", tones=TONES),
        Column("rows", kind="number", blank="—"),
        Column("size", label="大小", value=size_of, blank="", css="nowrap"),
        Column("conditions", css="wide", phone="hide"),
        Column("asked_at", kind="moment"),
        Column("expires_at", kind="moment", blank=""),
    )
    extra_fields = ("size",)
    measure = "次"
    empty = "还没有导出过。在任一列表右上方点“导出 Excel”。"

    def get_queryset(self) -> Any:
        return ExportFile.objects.owned_by(self.request.user)


class ExportDetailView(PortalView):
    """One export: how far it is, then the button to fetch it. The page asks again by itself."""

    permission = AUTHENTICATED

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.export = get_object_or_404(ExportFile.objects.owned_by(request.user), pk=pk)
        part = request.headers.get("HX-Target") == "export"
        context = {"export": self.export, **self.progress()}
        if part:
            answer = TemplateResponse(request, "office/_export_state.html", context)
        else:
            context = self.get_context_data(**context)
            answer = TemplateResponse(request, "office/export_detail.html", context)
        patch_vary_headers(answer, ["HX-Request", "HX-Target"])
        return answer

    def progress(self) -> dict[str, Any]:
        export = self.export
        run = None
        if export.state == ExportState.WAITING:
            run = Occurrence.objects.filter(job=services.JOB, scope=export.scope).first()
        found = run.result if run is not None and run.state == OccurrenceState.RUNNING else {}
        return {
            "done": found.get("done", 0),
            "total": found.get("total") or export.rows or 1,
            "is_troubled": run is not None and run.state == OccurrenceState.FAILED,
            "tag": Tag(export.get_state_display(), TONES[export.state]),
            "size": megabytes(export.size),
            "again": AGAIN.get(export.shape, ("列表", "打开该列表")),
        }

    def get_title(self) -> str:
        return self.export.title

    def get_subtitle(self) -> str:
        kind = self.export.get_shape_display() or "列表"
        return f"{kind} · {formats.moment(self.export.asked_at)} 提交"

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("我的导出", reverse("office:export_list"))]


class ExportFileView(PortalView):
    """The file, to whoever asked for it."""

    permission = AUTHENTICATED

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        ready = ExportFile.objects.owned_by(request.user).filter(state=ExportState.READY)
        export = get_object_or_404(ready, pk=pk)
        try:
            file = services.path_of(export).open("rb")
        except FileNotFoundError as error:
            raise Http404 from error
        if export.is_bundle and names_people(export):
            record_event(
                SecurityEventKind.REVEAL, request=request, field="文件包", reason=export.title
            )
        name = name_of(export.title, export.asked_at, export.suffix)
        return send(file, name, content_type=ZIP if export.is_bundle else XLSX)
