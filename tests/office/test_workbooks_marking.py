"""What is opened once more, to be given back marked, was looked at in the child first."""

import io

import openpyxl
import pytest

from apps.office.sheets import marking
from apps.office.workbooks.book import Book
from apps.office.workbooks.reading import read_book
from apps.office.workbooks.tables import Heading, find_table

from .workbooks import rebuilt, saved

PROBLEMS = {2: [{"column": "count", "value": "很多", "reason": "不是数字。"}]}
LABELS = {"unit": "单位", "count": "人数"}


def plain():
    book = openpyxl.Workbook()
    book.active.append(["单位", "人数"])
    book.active.append(["省甲厅", "很多"])
    return saved(book)


@pytest.fixture
def marked(tmp_path):
    def mark(data, said=()):
        path = tmp_path / "a.xlsx"
        path.write_bytes(data)
        book: Book = read_book(path, name="a.xlsx")
        headings = [Heading(name, label) for name, label in LABELS.items()]
        table = find_table(book, [*headings, *said])
        answer = marking.mark(data, book, table, PROBLEMS, LABELS)
        return openpyxl.load_workbook(io.BytesIO(answer)).active

    return mark


def test_a_file_with_heavy_parts_is_written_anew_and_not_opened(marked, monkeypatch):
    heavy = rebuilt(plain(), **{"xl/heavy.xml": b"<x>" + b" " * (17 << 20) + b"</x>"})
    monkeypatch.setattr(marking, "load_workbook", lambda _file: pytest.fail("opened"))

    page = marked(heavy)

    assert page["B2"].comment.text == "不是数字。"
    assert page["C2"].value == "人数：不是数字"


def test_what_was_said_above_the_header_has_no_cell_to_mark(marked):
    page = marked(plain(), [Heading("campaign", "应急任务", default="当前任务")])

    assert [cell.value for cell in page[2]] == ["省甲厅", "很多", "人数：不是数字"]
