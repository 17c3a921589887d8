"""Tables for imports: as bytes, through the page, through the worker."""

import io
import uuid

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.core.dates import business_day
from apps.jobs.services import run_requested
from apps.office.models import ImportBatch
from apps.office.sheets import sheet_of
from tests.cast import client_for


def labels(code):
    return [column.label for column in sheet_of(code).columns]


def workbook(head, rows):
    """An .xlsx with one sheet; each is a file of its own, as if saved anew.

    Else two of one moment would be the same bytes, and the second be taken for uploaded already.
    """
    book = openpyxl.Workbook()
    book.properties.identifier = str(uuid.uuid4())
    book.active.append(list(head))
    for row in rows:
        book.active.append(list(row))
        for cell in book.active[book.active.max_row]:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a text, whatever it begins with
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def exported(code, user):
    """Head and rows of a sheet as it goes out to `user`."""
    sheet = sheet_of(code)
    return labels(code), [list(row) for row in sheet.export_rows(user, on=business_day())]


def send(user, code, data, name="表.xlsx", **more):
    """The answer to an upload by `user`."""
    file = SimpleUploadedFile(name, data)
    return client_for(user).post(f"/office/imports/new/{code}/", {"file": file, **more})


def work():
    """Let the worker do what was asked for; how each run ended."""
    return [(one.state, one.error) for one in run_requested(now=timezone.now()).outcomes]


def checked(user, code, data, name="表.xlsx", **more):
    """The batch of an upload once the worker has looked at it."""
    answer = send(user, code, data, name, **more)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    assert work() == [("done", "")]
    return ImportBatch.objects.latest("pk")


def act(user, batch, verb):
    """Press a button of the page and let the worker follow; the batch afterwards."""
    answer = client_for(user).post(f"/office/imports/{batch.pk}/{verb}/")
    assert answer.status_code == 302, (answer.status_code, problems(batch), batch.message)
    work()
    batch.refresh_from_db()
    return batch


def applied(user, code, data, **more):
    """The batch of a table that was checked and imported."""
    return act(user, checked(user, code, data, **more), "apply")


def counts(batch):
    return {"new": batch.news, "changed": batch.changes, "same": batch.same, "wrong": batch.wrongs}


def problems(batch):
    """(row, column, value, reason) of everything wrong."""
    return [
        (row.row, one["column"], one["value"], one["reason"])
        for row in batch.rows.filter(state="wrong").order_by("row")
        for one in row.problems
    ]
