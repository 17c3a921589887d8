"""Imports from upload to undoing: what people ask for, and what the worker does of it."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.accounts.models import User
from apps.core.errors import ConflictError, DomainError
from apps.core.formats import moment
from apps.core.permissions import allowed
from apps.jobs.services import request

from ..enums import AT_WORK, CHECKABLE, ImportState
from ..models import ImportBatch
from ..sheets import Sheet, sheet_of
from ..sheets.places import keep_upload, remove_all

JOB = "import"
KINDS = (".xlsx", ".xls", ".csv")
MOST_BYTES = 20 * 1024 * 1024


class UploadRefusedError(DomainError):
    """The file is none we take."""


class KnownFileError(ConflictError):
    """The very same file came before; `batch` is what became of it."""

    def __init__(self, message: str, batch: ImportBatch) -> None:
        super().__init__(message, field="file")
        self.batch = batch


class StandingOnError(DomainError):
    """Something was built on what is to be taken back."""


@transaction.atomic
def upload_table(
    sheet: Sheet,
    *,
    upload: UploadedFile,
    by: User,
    now: dt.datetime,
    again: bool = False,
    submission: uuid.UUID | None = None,
) -> ImportBatch:
    """Take a file in and have the worker check it; nothing is written to any table of the sheet.

    Raises UploadRefusedError for what is no table, KnownFileError for a file that is known, unless
    it is wanted `again`.
    """
    name = PurePath(upload.name or "").name[-200:]
    data = _content(upload, name)
    digest = hashlib.sha256(data).hexdigest()
    if not again:
        _refuse_known(sheet, digest, by)
    batch = ImportBatch.objects.create(
        sheet=sheet.code,
        name=name,
        sha256=digest,
        size=len(data),
        by=by,
        submission=submission,
    )
    keep_upload(batch, data)
    request(JOB, scope=batch.scope, now=now)
    return batch


def _content(upload: UploadedFile, name: str) -> bytes:
    if PurePath(name).suffix.lower() not in KINDS:
        raise UploadRefusedError(
            f"“{name}”不是表格文件，请上传 .xlsx、.xls 或 .csv 文件。", field="file"
        )
    if (upload.size or 0) > MOST_BYTES:
        limit = MOST_BYTES // 1024 // 1024
        raise UploadRefusedError(f"“{name}”超过 {limit} MB，请拆分后分次上传。", field="file")
    data = upload.read()
    if not data:
        raise UploadRefusedError(f"“{name}”是空文件，请重新选择。", field="file")
    return data


def _refuse_known(sheet: Sheet, digest: str, by: User) -> None:
    known = (
        ImportBatch.objects.visible_to(by)
        .filter(sheet=sheet.code, sha256=digest)
        .exclude(state=ImportState.DROPPED)
        .select_related("by")
        .first()
    )
    if known is not None:
        raise KnownFileError(
            f"同一份文件{moment(known.at)}已由{known.by.name}上传过（{known.get_state_display()}），"
            "请先看那一次的结果；确需再次核对的，勾选后上传。",
            known,
        )


@transaction.atomic
def recheck_import(batch: ImportBatch, *, now: dt.datetime) -> None:
    """Have the worker read and compare the file anew. Raises ConflictError when it is not at rest."""
    _step(batch, CHECKABLE, ImportState.CHECKING, now=now)


@transaction.atomic
def apply_import(batch: ImportBatch, *, now: dt.datetime) -> None:
    """Have the worker write what was checked. Raises ConflictError unless it is ready."""
    _step(batch, {ImportState.READY}, ImportState.APPLYING, now=now)


@transaction.atomic
def undo_import(batch: ImportBatch, *, by: User, now: dt.datetime) -> None:
    """Have the worker take an import back. Raises ConflictError unless it was applied, and
    StandingOnError when a later import of the same sheet stands on it."""
    later = (
        ImportBatch.objects.filter(
            sheet=batch.sheet, state=ImportState.APPLIED, applied_at__gt=batch.applied_at
        )
        .order_by("-applied_at")
        .first()
        if batch.applied_at
        else None
    )
    if later is not None:
        raise StandingOnError(f"此后又导入了《{later.name}》，请先撤销那一次。")
    _step(batch, {ImportState.APPLIED}, ImportState.UNDOING, now=now, undone_by=by)


def drop_import(batch: ImportBatch) -> None:
    """Give a checked file up. Raises ConflictError when it is at work or already applied."""
    dropped = ImportBatch.objects.filter(pk=batch.pk, state__in=CHECKABLE)
    if not dropped.update(state=ImportState.DROPPED):
        raise ConflictError("这次导入的状态已有变化，请刷新后再办理。")


def _step(
    batch: ImportBatch,
    states: Any,
    to: ImportState,
    *,
    now: dt.datetime,
    **more: Any,
) -> None:
    """A conditional step to a state of work, and the request to the worker that goes with it."""
    rows = ImportBatch.objects.filter(pk=batch.pk, state__in=states)
    if not rows.update(state=to, attempt=batch.attempt + 1, message="", **more):
        batch.refresh_from_db()
        if batch.state == to:
            return  # the second of two presses
        if batch.state in AT_WORK:
            raise ConflictError("这次导入正在办理，请稍候。")
        raise ConflictError(f"这次导入现为“{batch.get_state_display()}”，请刷新后再办理。")
    batch.refresh_from_db()
    request(JOB, scope=batch.scope, now=now)


def remove_uploads(*, now: dt.datetime) -> int:
    """Remove files of imports older than the policy keeps them; how many imports lost theirs.

    Record, counts and rows stay, and an import that was applied can still be undone. One that was
    never applied is given up: without its file nothing can come of it.
    """
    before = now - dt.timedelta(days=settings.IMPORT_FILES_KEPT_DAYS)
    over = ImportBatch.objects.filter(removed_at=None, at__lt=before).exclude(state__in=AT_WORK)
    batches = list(over.only("pk"))
    for batch in batches:
        remove_all(batch)
    rows = ImportBatch.objects.filter(pk__in=[batch.pk for batch in batches])
    rows.update(removed_at=now)
    rows.filter(state__in=CHECKABLE).update(state=ImportState.DROPPED)
    return len(batches)


def may_work_on(batch: ImportBatch, user: User) -> bool:
    """Whether `user` may import the batch's sheet at all."""
    sheet = sheet_of(batch.sheet)
    return sheet is not None and allowed(user, sheet.permission)
