"""Writes of exports: taken at once, made by the worker, removed when their time is over."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404

from apps.accounts.models import User
from apps.core.errors import DomainError
from apps.jobs.services import request
from apps.messaging.enums import MessageKind
from apps.messaging.services import Note, notify

from ..enums import ExportShape, ExportState
from ..exports.listing import Outgoing, outgoing
from ..exports.paper import Paper
from ..exports.plain import signature, write_list
from ..models import ExportFile

JOB = "export"
AT_ONCE = 5_000
"""Rows that are answered while one waits; more is made by the worker."""
KEPT_FOR = dt.timedelta(days=7)
STALE = dt.timedelta(days=1)
GONE = "列表已不存在，或您已无权查看。"

Progress = Callable[[int, int], object]


class Write(Protocol):
    """Puts the content of an export into a file; how many rows or files it has."""

    def __call__(
        self, export: ExportFile, path: Path, *, now: dt.datetime, progress: Progress
    ) -> int: ...


def folder() -> Path:
    """Where files wait for their owner; no web server looks in here."""
    place = Path(settings.MEDIA_ROOT) / "exports"
    place.mkdir(parents=True, exist_ok=True, mode=0o750)
    return place


def path_of(export: ExportFile) -> Path:
    """Where the file of `export` lies, or will lie once the worker has made it."""
    return folder() / export.file


def take_at_once(
    out: Outgoing, *, address: str, campaign: str, by: User, now: dt.datetime
) -> tuple[ExportFile, bytes]:
    """A small list as a workbook, never on the disk, and a note of who took it."""
    book = BytesIO()
    rows = write_list(out, book, by=signature(by), at=now)
    export = _line(out, address=address, campaign=campaign, by=by, now=now)
    export.state, export.rows, export.made_at = ExportState.SENT, rows, now
    export.size = len(book.getvalue())
    export.save(force_insert=True)
    return export, book.getvalue()


def note_paper(paper: Paper, *, address: str, size: int, by: User, now: dt.datetime) -> ExportFile:
    """Put on record that a sheet in the office's shape was taken."""
    return ExportFile.objects.create(
        title=paper.title[:100],
        address=address,
        shape=ExportShape.PAPER,
        conditions=paper.basis,
        measure="行",
        state=ExportState.SENT,
        rows=len(paper.rows),
        size=size,
        by=by,
        asked_at=now,
        made_at=now,
    )


def request_export(
    out: Outgoing, *, address: str, campaign: str, by: User, now: dt.datetime
) -> ExportFile:
    """Have the worker write a long list."""
    export = _line(out, address=address, campaign=campaign, by=by, now=now)
    export.rows = out.total
    return request_file(export, now=now)


@transaction.atomic
def request_file(export: ExportFile, *, now: dt.datetime) -> ExportFile:
    """Have the worker make `export`. The same asked for while it is being made is that one."""
    # Two clicks take turns.
    User.objects.select_for_update().get(pk=export.by_id)
    same = (
        ExportFile.objects.owned_by(export.by)
        .filter(
            state=ExportState.WAITING,
            address=export.address,
            campaign=export.campaign,
            shape=export.shape,
        )
        .first()
    )
    if same is not None:
        return same
    export.save(force_insert=True)
    request(JOB, scope=export.scope, now=now)
    return export


def write_rows(export: ExportFile, path: Path, *, now: dt.datetime, progress: Progress) -> int:
    """The rows of a list that its owner may see now."""
    out = outgoing(export.address, export.by, campaign=export.campaign, shape=export.shape)
    return write_list(
        out,
        path,
        by=signature(export.by),
        at=now,
        progress=lambda done: progress(done, max(out.total, done)),
    )


def make_export(
    export: ExportFile, *, now: dt.datetime, progress: Progress, write: Write = write_rows
) -> int:
    """Make the file of `export` with what its owner may see now; how many rows or files it has.

    Run again it finds its work done, and a run that was killed leaves nothing but a part that the
    night removes. Whatever the owner may no longer see is refused, with a sentence on its page.
    """
    if export.state != ExportState.WAITING:
        return export.rows or 0
    path = folder() / f"{secrets.token_hex(16)}.part"
    try:
        rows = write(export, path, now=now, progress=progress)
        _finish(export, path, rows=rows, now=now)
    except (Http404, PermissionDenied):
        _refuse(export, GONE, now=now)
        return 0
    except DomainError as error:
        _refuse(export, error.message, now=now)
        return 0
    finally:
        path.unlink(missing_ok=True)
    return rows


@transaction.atomic
def expire_exports(*, now: dt.datetime) -> int:
    """Remove files whose time is over, and parts that killed runs left; how many files went."""
    over = ExportFile.objects.filter(state=ExportState.READY, expires_at__lte=now)
    rows = list(over.select_for_update())
    for export in rows:
        path_of(export).unlink(missing_ok=True)
    over.filter(pk__in=[row.pk for row in rows]).update(state=ExportState.EXPIRED, file="")
    for part in folder().glob("*.part"):
        if part.stat().st_mtime < (now - STALE).timestamp():
            part.unlink(missing_ok=True)
    return len(rows)


def _line(out: Outgoing, *, address: str, campaign: str, by: User, now: dt.datetime) -> ExportFile:
    return ExportFile(
        title=out.title,
        address=address,
        campaign=campaign,
        shape=out.shape,
        conditions=out.conditions,
        measure=out.measure,
        by=by,
        asked_at=now,
    )


@transaction.atomic
def _finish(export: ExportFile, part: Path, *, rows: int, now: dt.datetime) -> None:
    """The file takes its place if nobody was faster."""
    name = f"{export.pk}-{secrets.token_hex(16)}{export.suffix}"
    waiting = ExportFile.objects.filter(pk=export.pk, state=ExportState.WAITING)
    taken = waiting.update(
        state=ExportState.READY,
        file=name,
        rows=rows,
        size=part.stat().st_size,
        made_at=now,
        expires_at=now + KEPT_FOR,
    )
    if not taken:
        return
    part.rename(folder() / name)
    done = "文件包已做好" if export.is_bundle else "导出已完成"
    _tell(export, f"{done}：{export.title}", f"共 {rows:,} {export.measure}，保留 7 天。")


@transaction.atomic
def _refuse(export: ExportFile, why: str, *, now: dt.datetime) -> None:
    waiting = ExportFile.objects.filter(pk=export.pk, state=ExportState.WAITING)
    if waiting.update(state=ExportState.REFUSED, message=why, made_at=now):
        failed = "未能制作" if export.is_bundle else "未能导出"
        _tell(export, f"{failed}：{export.title}", why)


def _tell(export: ExportFile, subject: str, text: str) -> None:
    note = Note(
        export.by_id,
        MessageKind.TRANSFER,
        export.scope,
        subject,
        text,
        export.get_absolute_url(),
    )
    notify([note])
