"""What the portal is told of exports as it gets ready: the tool of every list, the two jobs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from apps.accounts.links import AccountLink, register_account_link
from apps.core.context import portal_of
from apps.core.dates import moment_on
from apps.core.tools import ListTool, register_list_tool
from apps.core.views.lists import ScopedListView
from apps.jobs.models import Occurrence
from apps.jobs.registry import Job, Planned, name_results, register

from ..sheets import sheet_for
from .listing import LIST, SHEET

SWEEP_AT = dt.time(3, 40)


def tool_of(view: ScopedListView) -> dict[str, Any]:
    """What the button needs to name the list as it now stands; no query of its own."""
    request = view.request
    campaign = portal_of(request).campaign
    left = request.GET.copy()
    left.pop("page", None)
    query = left.urlencode()
    return {
        "address": f"{request.path}?{query}" if query else request.path,
        "campaign": campaign.code if campaign else "",
        "has_sheet": sheet_for(view, request.user) is not None,
        "list": LIST,
        "sheet": SHEET,
    }


def export(occurrence: Occurrence) -> dict[str, Any]:
    from apps.jobs.services import note_progress

    from ..enums import ExportShape
    from ..models import ExportFile
    from ..services import bundles, templates
    from ..services import exports as services

    writers: dict[str, services.Write] = {
        ExportShape.BUNDLE: bundles.write_files,
        ExportShape.TEMPLATE: templates.write_template,
    }
    pk = int(occurrence.scope.rpartition("-")[2])
    row = ExportFile.objects.select_related("by").get(pk=pk)
    rows = services.make_export(
        row,
        now=timezone.now(),
        write=writers.get(row.shape, services.write_rows),
        progress=lambda done, total: note_progress(occurrence, done=done, total=total),
    )
    return {"rows": rows}


def sweep(_occurrence: Occurrence) -> dict[str, Any]:
    from ..services import exports as services

    return {"removed": services.expire_exports(now=timezone.now())}


def nights(on: dt.date) -> Iterator[Planned]:
    yield Planned("exports", moment_on(on, SWEEP_AT))


def register_exports() -> None:
    """Called in `AppConfig.ready`."""
    register_list_tool(ListTool("export", "office/_export_tool.html", tool_of, order=20))
    register(
        Job("export", "导出表格和文件包", None, export),
        Job("expire_exports", "清除过期导出", nights, sweep),
    )
    name_results({"removed": "清除文件（个）"})
    register_account_link(AccountLink("我的导出", "office:export_list", "file-download"))
