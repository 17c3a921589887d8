"""Tables for imports: as bytes, through the page, through the worker."""

import datetime as dt
import io
import itertools
import uuid

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from hypothesis import strategies as st

from apps.core.dates import business_day, to_local
from apps.jobs.services import run_requested
from apps.office.models import ImportBatch
from apps.office.sheets import sheet_of
from apps.units.models import Member
from tests.cast import client_for

NUMBERS = itertools.count(1)


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


def edits(kinds):
    """Column and new value, for up to three columns."""
    one = st.one_of(*(st.tuples(st.just(name), values) for name, values in kinds.items()))
    return st.lists(one, max_size=3, unique_by=lambda pair: pair[0]).map(dict)


def snapshot(sheet):
    """Every row of the tables a sheet writes."""
    return [list(model.objects.order_by("pk").values()) for model in sheet.tables]


def go_round(user, code, changed):
    """Edit what goes out, bring it back, undo it; what was found changed in between."""
    sheet = sheet_of(code)
    before = snapshot(sheet)
    head, rows = _as_excel_has_it(code, user)
    keys = [head.index(column.label) for column in sheet.columns if column.is_key]
    wanted = [list(row) for row in rows]
    differing = set()
    for number, values in changed.items():
        row = wanted[number % len(wanted)]
        for name, value in values.items():
            row[head.index(name)] = "" if value is None else value
        if row != rows[number % len(wanted)]:
            differing.add(number % len(wanted))
    name = f"{next(NUMBERS)}.xlsx"
    sent = workbook(head, [[None if v == "" else v for v in row] for row in wanted])
    batch = checked(user, code, sent, name=name, again="on")
    assert batch.wrongs == 0, problems(batch)
    assert counts(batch) == {
        "new": 0,
        "changed": len(differing),
        "same": len(rows) - len(differing),
        "wrong": 0,
    }
    if not differing:
        assert snapshot(sheet) == before
        return
    act(user, batch, "apply")
    assert batch.state == "applied", batch.message
    at = head.index("手机") if "手机" in head else None
    after = {_key(row, keys): row for row in _as_excel_has_it(code, user)[1]}
    for row in wanted:
        if at is not None and row[at] and "*" not in row[at]:
            assert Member.objects.get(member_no=row[keys[0]]).phone == row[at]
            row[at] = f"{row[at][:3]}****{row[at][-4:]}"
        assert after[_key(row, keys)] == row
    if not sheet.not_undone:
        act(user, batch, "undo")
        assert batch.state == "undone", batch.message
        assert snapshot(sheet) == before


def _key(row, keys):
    return tuple(row[at] for at in keys)


def _as_excel_has_it(code, user):
    """What goes out; a cell knows no zone."""
    head, rows = exported(code, user)
    return head, [
        [to_local(v).replace(tzinfo=None) if isinstance(v, dt.datetime) else v for v in row]
        for row in rows
    ]
