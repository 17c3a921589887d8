"""What tests ask of exported workbooks."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl

from tests.cast import client_for

HEADER = 4
"""The row of the headings, as Excel counts."""


def bytes_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def workbook(answer: Any) -> Any:
    assert answer.status_code == 200, answer.content[:400]
    return openpyxl.load_workbook(io.BytesIO(bytes_of(answer)))


def table(answer: Any) -> list[list[Any]]:
    """Headings and rows of an exported list."""
    sheet = workbook(answer).active
    return [list(row) for row in sheet.iter_rows(min_row=HEADER, values_only=True)]


def ask(user: Any, address: str, *, shape: str = "list", **more: Any) -> Any:
    """Press the button of the list at `address`."""
    data = {"address": address, "shape": shape, **more}
    return client_for(user).post("/office/exports/new/", data)


def column(rows: list[list[Any]], heading: str) -> list[Any]:
    place = rows[0].index(heading)
    return [row[place] for row in rows[1:]]


def day(value: Any) -> dt.date:
    return value.date()
