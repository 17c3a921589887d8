"""Sheets in the office's own shape."""

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest

from apps.core.dates import BEIJING
from apps.core.formats import Blank
from apps.office.exports.paper import Paper, PaperColumn, numbered, total_of
from apps.office.exports.paper_writer import write_paper

AT = dt.datetime(2021, 8, 5, 18, 30, tzinfo=BEIJING)
COLUMNS = (
    PaperColumn("序号", width=5),
    PaperColumn("单位", "text", width=20),
    PaperColumn("在岗（人）", over="时点"),
    PaperColumn("社区（个）", over="时点"),
    PaperColumn("清障（处）", over="当日"),
)


def sheet_of(**more):
    rows = numbered([["省甲厅", 12, Blank.MISSING, Decimal("3.5")], ["省乙厅", 0, 4, "约40"]])
    given = {
        "title": "情况汇总表",
        "organ": "省直机关工委办公室",
        "basis": "8月5日17时　　核定数",
        "on": dt.date(2021, 8, 6),
        "columns": COLUMNS,
        "rows": rows,
        "total": total_of(rows),
        "notes": ("未报不作零计。", "含更正"),
    }
    paper = Paper(**{**given, **more})
    return openpyxl.load_workbook(io.BytesIO(write_paper(paper, by="张三", at=AT))).active


def values(sheet, row):
    return [cell.value for cell in sheet[row]]


def test_title_organ_and_basis_stand_over_the_table():
    sheet = sheet_of()

    assert values(sheet, 1)[0] == "情况汇总表"
    assert values(sheet, 2) == [
        "填报单位（盖章）：省直机关工委办公室",
        None,
        "8月5日17时　　核定数",
        None,
        None,
    ]


def test_header_has_two_storeys():
    sheet = sheet_of()

    assert values(sheet, 3) == ["序号", "单位", "时点", None, "当日"]
    assert values(sheet, 4) == [None, None, "在岗（人）", "社区（个）", "清障（处）"]
    assert {"A1:E1", "A3:A4", "B3:B4", "C3:D3"} <= {str(r) for r in sheet.merged_cells.ranges}


def test_missing_reads_so_and_zero_is_zero():
    sheet = sheet_of()

    assert values(sheet, 5) == [1, "省甲厅", 12, "未报", 3.5]
    assert values(sheet, 6) == [2, "省乙厅", 0, 4, "约40"]


def test_total_adds_numbers_alone_and_nothing_is_no_zero():
    rows = numbered([["甲", 1, Blank.MISSING], ["乙", Decimal(2), None]])

    assert total_of(rows) == [None, "合计", Decimal(3), None]


def test_notes_and_signatures_stand_at_the_foot():
    sheet = sheet_of()

    assert values(sheet, 7)[:3] == [None, "合计", 12]
    assert values(sheet, 8)[0] == "注：1.未报不作零计；2.含更正。"
    assert [one for one in values(sheet, 9) if one] == [
        "填表人：",
        "审核人：",
        "填表日期：2021年8月6日",
    ]


def test_one_note_has_no_number():
    assert values(sheet_of(notes=("只有一条。",)), 8)[0] == "注：只有一条。"


def test_page_is_a4_landscape_with_the_heading_on_each():
    sheet = sheet_of()

    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$1:$4"
    assert sheet.oddHeader.right.text == "张三 2021-08-05 18:30 导出"
    assert sheet.oddFooter.center.text == "第 &P 页，共 &N 页"
    assert [sheet.column_dimensions[letter].width for letter in "AB"] == [5, 20]


def test_empty_table_says_so_and_has_no_total():
    sheet = sheet_of(rows=[], total=[None] * 5, empty="没有未落实的需求")

    assert values(sheet, 5)[0] == "没有未落实的需求"
    assert values(sheet, 6)[0].startswith("注：")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\x01=1"])
def test_text_that_could_be_a_formula_is_inert(text):
    sheet = sheet_of(rows=numbered([[text, 1, 1, 1]]), title=text, organ=text)

    for cell in (sheet["B5"], sheet["A1"]):
        assert cell.value == text.replace("\x01", "")
        assert (cell.data_type, cell.number_format) == ("s", "@")


def test_ampersand_of_a_name_is_no_code_of_the_header():
    paper = Paper("表", "", "", AT.date(), COLUMNS, [])

    book = openpyxl.load_workbook(io.BytesIO(write_paper(paper, by="甲&P乙", at=AT)))

    assert "甲&&P乙" in book.active.oddHeader.right.text
