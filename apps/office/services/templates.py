"""The template of a long list: filled by the worker with all that stands, kept as an export."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import resolve, reverse

from apps.accounts.models import User
from apps.core.dates import business_day
from apps.core.permissions import allowed

from ..enums import ExportShape
from ..models import ExportFile
from ..sheets import Sheet, sheet_of
from .exports import Progress, request_file


def request_template(sheet: Sheet, *, rows: int, by: User, now: dt.datetime) -> ExportFile:
    """Have the worker fill the template of `sheet` with its `rows` rows."""
    export = ExportFile(
        title=f"{sheet.title}（导入模板）",
        address=reverse("office:import_template", args=[sheet.code]),
        shape=ExportShape.TEMPLATE,
        conditions="您能修改的全部现有记录",
        measure=sheet.measure,
        rows=rows,
        by=by,
        asked_at=now,
    )
    return request_file(export, now=now)


def write_template(export: ExportFile, path: Path, *, now: dt.datetime, progress: Progress) -> int:
    """The template with every row the owner may change now."""
    from ..sheets.template import fill_template

    sheet = sheet_of(resolve(export.address).kwargs["code"])
    if sheet is None:
        raise Http404
    if not allowed(export.by, sheet.permission):
        raise PermissionDenied
    total = export.rows or 0
    return fill_template(
        sheet.for_rows(),
        path,
        user=export.by,
        on=business_day(now),
        progress=lambda done: progress(done, max(total, done)),
    )
