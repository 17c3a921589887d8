"""What the worker does for an import: check, apply, undo. Each is safe to be done twice."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from apps.core.audit_context import acting
from apps.core.constraints import broken_rule
from apps.core.dates import business_day
from apps.core.errors import DomainError
from apps.jobs.models import Occurrence
from apps.jobs.services import note_progress
from apps.messaging.enums import MessageKind
from apps.messaging.services import Note, notify

from ..enums import ImportState, RowState
from ..models import ImportBatch
from ..sheets import Applying, Sheet, sheet_of
from ..sheets.applying import lock_tables, write_rows
from ..sheets.comparing import Comparer, Comparison
from ..sheets.completing import add_key
from ..sheets.places import keep_marked, opened_upload, problems_file, read_upload, rows_file
from ..sheets.quoting import quote_cells
from ..sheets.results import keep_results
from ..sheets.staging import stage
from ..sheets.undoing import put_back, read_trail, what_stands_on_it
from ..workbooks.book import Book
from ..workbooks.left_out import left_out
from ..workbooks.reading import read_book
from ..workbooks.tables import FoundTable, find_table

LONG = 8.0
"""Seconds after which somebody has probably left the page and is told in the inbox."""


@dataclass
class Work:
    """One batch in the worker's hands."""

    batch: ImportBatch
    sheet: Sheet
    occurrence: Occurrence
    began: float

    def note(self, done: int, total: int) -> None:
        note_progress(self.occurrence, done=done, total=total)

    def comparer(self) -> Comparer:
        on = business_day(self.occurrence.due_at)
        return Comparer(self.sheet, self.batch.columns, user=self.batch.by, on=on)

    def compare(self) -> Comparison:
        batch = self.batch
        return self.comparer().compare(rows=rows_file(batch), problems=problems_file(batch))


def work_on_import(occurrence: Occurrence) -> dict[str, Any]:
    """Do what the batch of this run waits for; nothing when it waits no more."""
    number = int(occurrence.scope.split("-")[1])
    batch = ImportBatch.objects.select_related("by", "undone_by").filter(pk=number).first()
    if batch is None or batch.scope != occurrence.scope:
        return {}
    sheet = sheet_of(batch.sheet)
    actor = batch.undone_by if batch.state == ImportState.UNDOING else batch.by
    if sheet is None or actor is None or not actor.has_perm(sheet.permission):
        _settle(batch, ImportState.REFUSED, message="办理人已无此项权限，没有办理。")
        return {}
    step = STEPS.get(ImportState(batch.state))
    if step is not None:
        # Undoing bears a number of its own, so that the trail of the import stays what it wrote.
        number_ = batch.trail if batch.state != ImportState.UNDOING else f"{batch.trail}-undo"
        with acting(actor.username, number_):
            step(Work(batch, sheet, occurrence, time.monotonic()))
    return {"rows": batch.news + batch.changes + batch.same + batch.wrongs}


# --- checking


def _check(work: Work) -> None:
    batch = work.batch
    try:
        book, table = _read(work)
        with transaction.atomic(), connection.cursor() as cursor:
            found = work.compare()
            quote_cells(cursor, work.sheet, table)
            keep_results(cursor, batch, work.sheet)
        if found.counts.get(RowState.WRONG):
            _mark(work, book, table)
        with transaction.atomic():
            _keep_comparison(work, found)
            _tell_when_long(work)
    except DomainError as error:
        with transaction.atomic():
            batch.rows.all().delete()
            _settle(batch, ImportState.REFUSED, message=error.message)
            _tell_when_long(work)


def _read(work: Work) -> tuple[Book, FoundTable]:
    """The file into rows for COPY, outside any transaction: how far it is can be seen."""
    batch, sheet = work.batch, work.sheet
    with opened_upload(batch) as path:
        book = read_book(path, name=batch.name)
    table = find_table(book, sheet.headings())
    add_key(sheet, table)
    if not sheet.keys(table.columns):
        raise DomainError(_without_key(sheet, table))
    total = max((len(one.rows) for one in book.sheets if one.name == table.sheet), default=0)
    work.note(0, 2 * total)
    staged = stage(
        sheet,
        table,
        rows=rows_file(batch),
        problems=problems_file(batch),
        progress=lambda done: work.note(done, 2 * total),
    )
    if not staged.rows:
        raise DomainError("表格里没有数据行，请核对后再上传。")
    work.note(total, 2 * total)
    batch.found, batch.columns, batch.unknown = table.sheet[:80], staged.present, table.unknown
    labels = {column.name: column.label for column in sheet.columns}
    batch.left_out = left_out(book, table, labels)
    return book, table


def _without_key(sheet: Sheet, table: FoundTable) -> str:
    own = [column.name for column in sheet.columns if column.is_key]
    ways = [
        "".join(f"“{sheet.by_name[name].label}”" for name in names if name not in table.columns)
        for names in (own, sheet.or_keys)
        if names
    ]
    return f"工作表“{table.sheet}”的表头不足以认出每一行，请补上{'，或补上'.join(ways)}列后再上传。"


def _mark(work: Work, book: Book, table: FoundTable) -> None:
    """Keep the file with its wrong cells marked, for whoever sent it."""
    # Loads openpyxl, which no other step of the work needs.
    from ..sheets.marking import mark

    wrong = work.batch.rows.filter(state=RowState.WRONG)
    problems = dict(wrong.values_list("row", "problems"))
    sheet, batch = work.sheet, work.batch
    labels = {column.name: column.label for column in sheet.columns}
    answers = {
        name: sheet.by_name[name].labels_for(batch.by)
        for name in sheet.answered_in
        if name not in table.columns
    }
    keep_marked(batch, mark(read_upload(batch), book, table, problems, labels, answers))


def _keep_comparison(work: Work, found: Comparison) -> None:
    batch, counts = work.batch, found.counts
    wrongs = counts.get(RowState.WRONG, 0)
    _settle(
        batch,
        ImportState.FAULTY if wrongs else ImportState.READY,
        found=batch.found,
        columns=batch.columns,
        unknown=batch.unknown,
        left_out=batch.left_out,
        news=counts.get(RowState.NEW, 0),
        changes=counts.get(RowState.CHANGED, 0),
        same=counts.get(RowState.UNCHANGED, 0),
        wrongs=wrongs,
        fingerprint=found.fingerprint,
        checked_at=Now(),
    )


# --- applying


class _ChangedMeanwhileError(DomainError):
    """What was checked is no longer what would be done."""


def _apply(work: Work) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if not _is_held(work.batch, ImportState.APPLYING):
                return
            _apply_held(work, cursor)
    except _ChangedMeanwhileError as error:
        _settle(work.batch, ImportState.STALE, message=error.message)
    except IntegrityError as error:
        _settle(work.batch, ImportState.STALE, message=_broken_rule(error))


def _apply_held(work: Work, cursor: Any) -> None:
    batch = work.batch
    _settle(batch, ImportState.APPLYING, applying_at=Now())
    lock_tables(cursor, work.sheet)
    found = work.compare()
    if found.fingerprint != batch.fingerprint:
        raise _ChangedMeanwhileError(_what_happened(batch))
    on = business_day(work.occurrence.due_at)
    write_rows(batch, work.sheet, Applying(cursor, batch.by, on, batch.pk))
    _settle(batch, ImportState.APPLIED, applied_at=Now())
    _tell_when_long(work)


def _what_happened(batch: ImportBatch) -> str:
    """Why the comparison came out differently, as far as imports are the reason."""
    since = batch.checked_at
    other = (
        ImportBatch.objects.filter(sheet=batch.sheet, applied_at__gt=since)
        .exclude(pk=batch.pk)
        .select_related("by")
        .order_by("-applied_at")
        .first()
    )
    why = f"：其间{other.by.name}导入了《{other.name}》" if other else ""
    return f"核对之后数据有变动{why}。没有导入任何一行，请重新核对。"


def _broken_rule(error: IntegrityError) -> str:
    why = broken_rule(error) or "有数据与现有记录冲突，请重新核对。"
    return f"没有导入任何一行：{why}"


# --- undoing


def _undo(work: Work) -> None:
    batch, sheet = work.batch, work.sheet
    with transaction.atomic(), connection.cursor() as cursor:
        if not _is_held(batch, ImportState.UNDOING):
            return
        lock_tables(cursor, sheet)
        read_trail(cursor, batch, sheet)
        if found := what_stands_on_it(cursor, sheet):
            message = f"不能撤销：{'；'.join(found)}。请先处理这些记录。"
            _settle(batch, ImportState.APPLIED, message=message)
            return
        put_back(cursor, batch, sheet)
        _settle(batch, ImportState.UNDONE, undone_at=Now())


# --- what they share


def _is_held(batch: ImportBatch, state: ImportState) -> bool:
    """Whether the batch still waits for this; its row is then locked."""
    rows = ImportBatch.objects.select_for_update().filter(pk=batch.pk, state=state)
    return rows.values_list("attempt", flat=True).first() == batch.attempt


def _settle(batch: ImportBatch, state: ImportState, **values: Any) -> None:
    ImportBatch.objects.filter(pk=batch.pk).update(state=state, **values)
    batch.refresh_from_db(fields=["state", *values])


def _tell_when_long(work: Work) -> None:
    batch = work.batch
    if time.monotonic() - work.began < LONG:
        return
    state = batch.get_state_display()
    notify(
        [
            Note(
                batch.by_id,
                MessageKind.TRANSFER,
                f"{batch.scope}",
                f"{work.sheet.title}导入：{state}",
                f"《{batch.name}》{state}。{batch.message}",
                batch.get_absolute_url(),
            )
        ]
    )


STEPS = {
    ImportState.CHECKING: _check,
    ImportState.APPLYING: _apply,
    ImportState.UNDOING: _undo,
}
