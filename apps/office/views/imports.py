"""Imports: the history, and the upload."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from apps.core.html import Tag, Tone
from apps.core.tables import Column, Row
from apps.core.views import (
    ScopedFormView,
    ScopedListView,
)

from .. import services
from ..enums import ImportState
from ..filters import ImportFilters
from ..forms import UploadForm
from ..models import ImportBatch
from ..services.imports import KnownFileError
from ..sheets import Sheet, sheet_of, sheets_for

IMPORT = "office.import_tables"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

TONES: dict[str, Tone] = {
    ImportState.CHECKING: "blue",
    ImportState.REFUSED: "red",
    ImportState.FAULTY: "red",
    ImportState.READY: "yellow",
    ImportState.APPLYING: "blue",
    ImportState.STALE: "yellow",
    ImportState.APPLIED: "green",
    ImportState.UNDOING: "blue",
    ImportState.UNDONE: "grey",
    ImportState.DROPPED: "grey",
}


def allowed_sheet(request: HttpRequest, code: str) -> Sheet:
    """The sheet, if the person may import it. 404 for one there is not, 403 for others'."""
    sheet = sheet_of(code)
    if sheet is None:
        raise Http404
    if not request.user.has_perm(sheet.permission):
        raise PermissionDenied
    return sheet


def state_tag(row: Row) -> Tag:
    state = ImportState(row["state"] if isinstance(row, dict) else row.state)
    return Tag(str(state.label), TONES[state])


def counts_of(row: Row) -> str:
    """What became of the rows: 新增 12 · 变更 3 · 有错误 1."""
    shown = [("新增", row["news"]), ("变更", row["changes"]), ("无变化", row["same"])]
    shown.append(("有错误", row["wrongs"]))
    return " · ".join(f"{word} {count:,}" for word, count in shown if count)


def title_of(row: Row) -> str:
    sheet = sheet_of(row["sheet"] if isinstance(row, dict) else row.sheet)
    return sheet.title if sheet else ""


class ImportListView(ScopedListView):
    """Every import, the latest first; above it the tables one may import."""

    permission = IMPORT
    model = ImportBatch
    title = "导入"
    template_name = "office/import_list.html"
    filterset_class = ImportFilters
    columns = (
        Column("name", link="office:import_detail", phone="title"),
        Column("sheet", value=title_of),
        Column("state", value=state_tag),
        Column("counts", label="结果", value=counts_of, blank=""),
        Column("by__name", label="导入人"),
        Column("at", kind="moment"),
        Column("applied_at", kind="moment", blank=""),
    )
    extra_fields = ("sheet", "state", "news", "changes", "same", "wrongs")
    ordering = ("-id",)
    measure = "次"
    empty = "还没有导入过表格。"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sheets=sheets_for(self.request.user), **kwargs)


class ImportCreateView(ScopedFormView):
    """Upload: the template on one side, the file on the other."""

    permission = IMPORT
    form_class = UploadForm
    makes = ImportBatch
    template_name = "office/import_form.html"
    submit_label = "上传并核对"
    done = ""

    @cached_property
    def sheet(self) -> Sheet:
        return allowed_sheet(self.request, self.kwargs["code"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            allowed_sheet(request, kwargs["code"])
        return super().dispatch(request, *args, **kwargs)

    def get_title(self) -> str:
        return f"导入{self.sheet.title}"

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("导入", reverse("office:import_list"))]

    def get_cancel_url(self) -> str:
        return reverse(self.sheet.list_url) if self.sheet.list_url else ""

    def perform(self, form: Any) -> ImportBatch:
        actor: Any = self.request.user
        try:
            return services.upload_table(
                self.sheet,
                upload=form.cleaned_data["file"],
                by=actor,
                now=timezone.now(),
                again=form.cleaned_data["again"],
                submission=form.cleaned_data["submission"],
            )
        except KnownFileError as error:
            self.known = error.batch
            form.offer_again()
            raise

    def get_success_url(self) -> str:
        return self.object.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            sheet=self.sheet, known=getattr(self, "known", None), **kwargs
        )


def attachment(data: bytes, name: str) -> HttpResponse:
    """`data` as a download under a Chinese name, kept by no cache on the way."""
    answer = HttpResponse(data, content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["Cache-Control"] = "private, no-store"
    return answer
