"""Imports: the history, the upload, the check of one file, and what is done with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django_htmx.http import HttpResponseClientRefresh

from apps.core.html import Tag, Tone
from apps.core.paging import CappedPaginator
from apps.core.tables import Column, Row
from apps.core.views import (
    Action,
    PortalView,
    ScopedDetailView,
    ScopedFormView,
    ScopedListView,
    Tab,
    portal_action,
)

from .. import services
from ..enums import CHECKABLE, ImportState, RowState
from ..filters import ImportFilters
from ..forms import UploadForm
from ..models import ImportBatch
from ..selectors import changes_of, progress_of, rows_of
from ..services.imports import KnownFileError, may_work_on
from ..sheets import Sheet, sheet_of, sheets_for
from ..sheets.places import read_marked, read_upload

IMPORT = "office.import_tables"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE_SIZE = 50

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


class ImportDetailView(ScopedDetailView):
    """One import: how far it is, what it would do, and what may be done with it."""

    permission = IMPORT
    model = ImportBatch
    queryset = ImportBatch.objects.select_related("by", "undone_by")
    template_name = "office/import_detail.html"
    facts = (
        Column("sheet", label="表格", value=title_of),
        Column("by__name", label="导入人"),
        Column("at", kind="moment"),
        Column("found", blank=""),
        Column("applied_at", kind="moment", blank="未导入"),
        Column("undone_at", kind="moment", blank=""),
    )
    labels: ClassVar = {RowState.WRONG: "有错误", RowState.NEW: "新增", RowState.CHANGED: "变更"}

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("导入", reverse("office:import_list"))]

    def get_state(self) -> Tag:
        return state_tag(self.object)

    def counts(self) -> dict[RowState, int]:
        batch = self.object
        return {
            RowState.WRONG: batch.wrongs,
            RowState.NEW: batch.news,
            RowState.CHANGED: batch.changes,
        }

    def get_tabs(self) -> Sequence[Tab]:
        return [
            Tab(state, f"{self.labels[state]} {count:,}", "office/_import_rows.html")
            for state, count in self.counts().items()
            if count and self.object.state != ImportState.CHECKING
        ]

    def tab_context(self, tab: Tab) -> dict[str, Any]:
        rows = rows_of(self.object, tab.key)
        page = CappedPaginator(rows, PAGE_SIZE).get_page(self.request.GET.get("page"))
        sheet = sheet_of(self.object.sheet)
        found = list(page.object_list)
        labels = {column.name: column.label for column in sheet.columns} if sheet else {}
        for row in found:
            row.told = changes_of(row, sheet) if sheet else []
            row.wrong = [
                {**one, "label": labels.get(one["column"], one["column"])} for one in row.problems
            ]
        whole = self.counts()[RowState(tab.key)]
        return {"page": page, "rows": found, "whole": whole, "kind": tab.key}

    def get_actions(self) -> Sequence[Action]:
        batch, actions = self.object, list[Action]()
        actor: Any = self.request.user
        if not may_work_on(batch, actor):
            return ()
        if batch.state == ImportState.READY and (batch.news or batch.changes):
            sure = f"将新增 {batch.news:,} 行、变更 {batch.changes:,} 行，全部导入？"
            actions.append(self._post("全部导入", "import_apply", confirm=sure, primary=True))
        if batch.state == ImportState.FAULTY and batch.by == self.request.user:
            url = reverse("office:import_marked", args=[batch.pk])
            actions.append(Action("下载标注错误的表格", url, icon="download", primary=True))
        if batch.state in CHECKABLE:
            actions.append(self._post("重新核对", "import_recheck", icon="refresh"))
            actions.append(self._post("放弃", "import_drop", confirm="放弃这次导入？"))
        if batch.state == ImportState.APPLIED:
            sure = "撤销后，新增的行去掉，变更的行恢复原值。撤销这次导入？"
            actions.append(self._post("撤销", "import_undo", confirm=sure, danger=True))
        return actions

    def _post(self, label: str, name: str, **more: Any) -> Action:
        url = reverse(f"office:{name}", args=[self.object.pk])
        return Action(label, url, method="post", **more)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        batch = self.object
        return super().get_context_data(
            progress=progress_of(batch) if batch.is_at_work else None,
            may_open=batch.by == self.request.user and batch.removed_at is None,
            kept_days=settings.IMPORT_FILES_KEPT_DAYS,
            is_refused=batch.state in {ImportState.REFUSED, ImportState.STALE},
            **kwargs,
        )


class ImportProgressView(PortalView):
    """The bar alone; it asks again until the worker is through, then the page is drawn anew."""

    permission = IMPORT

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = get_object_or_404(ImportBatch.objects.visible_to(request.user), pk=pk)
        if not batch.is_at_work:
            return HttpResponseClientRefresh()
        context = {"object": batch, "progress": progress_of(batch)}
        return render(request, "office/_progress.html", context)


class ImportFileView(PortalView):
    """The file as it came, for who sent it: it may hold whole phones."""

    permission = IMPORT

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = own_batch(request, pk)
        return attachment(_stored(read_upload, batch), batch.name)


class ImportMarkedView(PortalView):
    """The file with its wrong cells red, for who sent it."""

    permission = IMPORT

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = own_batch(request, pk)
        return attachment(
            _stored(read_marked, batch), f"{batch.name.rpartition('.')[0]}（标注错误）.xlsx"
        )


def own_batch(request: HttpRequest, pk: int) -> ImportBatch:
    return get_object_or_404(ImportBatch, pk=pk, by=request.user)


def _stored(read: Any, batch: ImportBatch) -> bytes:
    try:
        data: bytes = read(batch)
    except FileNotFoundError as error:
        raise Http404 from error
    return data


def _held(request: HttpRequest, pk: int) -> ImportBatch:
    batch = get_object_or_404(ImportBatch.objects.visible_to(request.user), pk=pk)
    if not may_work_on(batch, request.user):  # type: ignore[arg-type]
        raise PermissionDenied
    return batch


@portal_action(IMPORT)
def apply_import(request: HttpRequest, pk: int) -> HttpResponseBase:
    batch = _held(request, pk)
    services.apply_import(batch, now=timezone.now())
    return redirect(batch)


@portal_action(IMPORT)
def recheck_import(request: HttpRequest, pk: int) -> HttpResponseBase:
    batch = _held(request, pk)
    services.recheck_import(batch, now=timezone.now())
    return redirect(batch)


@portal_action(IMPORT)
def undo_import(request: HttpRequest, pk: int) -> HttpResponseBase:
    batch = _held(request, pk)
    services.undo_import(batch, by=request.user, now=timezone.now())  # type: ignore[arg-type]
    return redirect(batch)


@portal_action(IMPORT)
def drop_import(request: HttpRequest, pk: int) -> HttpResponseBase:
    batch = _held(request, pk)
    services.drop_import(batch)
    messages.success(request, format_html("已放弃《{}》，没有改动任何数据。", batch.name))
    return redirect("office:import_list")
