"""One import: how far it is, what it would do, and the files that belong to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRefresh

from apps.core.html import Tag
from apps.core.paging import CappedPaginator
from apps.core.tables import Column
from apps.core.views import (
    Action,
    PortalView,
    ScopedDetailView,
    Tab,
)

from ..enums import CHECKABLE, ImportState, RowState
from ..models import ImportBatch
from ..selectors import changes_of, problems_of, progress_of, rows_of
from ..services.imports import may_work_on
from ..sheets import sheet_of
from ..sheets.places import read_marked, read_upload
from .imports import IMPORT, attachment, state_tag, title_of

PAGE_SIZE = 50


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
        for row in found:
            row.told = changes_of(row, sheet) if sheet else []
            row.wrong = problems_of(row, sheet)
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
        sheet = sheet_of(batch.sheet)
        if batch.state == ImportState.APPLIED and sheet and not sheet.not_undone:
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
