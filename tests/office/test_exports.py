"""A list as Excel: what the page shows, in scope, in typed cells, and who took it."""

import datetime as dt
import io
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.utils.html import format_html
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from apps.accounts.models import AuditEntry
from apps.core import html
from apps.core.dates import BEIJING, business_day
from apps.core.formats import Blank
from apps.core.html import Note, Tag
from apps.core.tables import Column
from apps.office.enums import ExportState
from apps.office.exports import cells, plain
from apps.office.exports.listing import LIST, SHEET, OutColumn, Outgoing, outgoing
from apps.office.models import ExportFile
from apps.units.models import Unit
from tests.cast import client_for
from tests.counting import statements
from tests.factories import (
    CampaignFactory,
    CommunityFactory,
    DailyReportFactory,
    ExportFileFactory,
    MemberFactory,
    NeedFactory,
    UnitFactory,
)

from .exporting import ask, bytes_of, column, table, workbook

pytestmark = pytest.mark.django_db


# --- what the page shows ------------------------------------------------------------------------


def test_list_leaves_with_its_columns_filters_and_order(staff, unit, foreign_unit):
    MemberFactory.create_batch(2, unit=foreign_unit)
    MemberFactory(unit=unit)
    UnitFactory(category="university")

    rows = table(ask(staff, "/units/?category=provincial&sort=-members&page=7"))

    assert rows[0][:2] == ["单位", "类别"]
    assert column(rows, "单位") == ["示例乙", "示例甲"]
    assert column(rows, "党员数（人）") == [2, 1]


def test_sheet_says_what_was_asked_when_and_by_whom(staff, unit):
    sheet = workbook(ask(staff, "/units/?category=provincial&sort=-members")).active

    lines = [sheet.cell(row, 1).value for row in (1, 2, 3)]
    assert lines[0] == "单位"
    assert lines[1].startswith("筛选：类别：省直机关　排序：按“党员数”降序　共 1 家　数据截至 ")
    assert lines[1].endswith("导出：工委工作人员（staff）")
    assert lines[2] == "空白为未报或未登记，0 为零。"
    assert sheet.oddHeader.right.text.startswith("工委工作人员（staff） 20")
    assert sheet.oddFooter.right.text == "第 &P 页，共 &N 页"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == "$4:$4"
    assert sheet.freeze_panes == "B5"


def test_rows_are_those_of_the_persons_scope(staff, liaison, reporter, leader, unit, foreign_unit):
    mine, theirs = MemberFactory(unit=unit, name="王甲"), MemberFactory(unit=foreign_unit)
    seen = {
        user.username: set(column(table(ask(user, "/units/members/")), "姓名"))
        for user in (staff, leader, liaison, reporter)
    }

    assert seen["staff"] == seen["leader"] == {mine.name, theirs.name}
    assert seen["liaison"] == seen["reporter"] == {"王甲"}


@pytest.mark.parametrize("who", ["city", "editor", "security_admin", "outsider"])
def test_list_one_may_not_open_does_not_leave(request, who, unit):
    user = request.getfixturevalue(who)

    assert ask(user, "/units/members/").status_code == 403
    assert not ExportFile.objects.exists()


@pytest.mark.parametrize("address", ["/", "/nowhere/", "/units/1/", "//example.invalid/units/", ""])
def test_only_lists_leave(staff, address):
    assert ask(staff, address).status_code == 404


def test_strangers_are_led_to_the_door(client, unit):
    answer = client.post("/office/exports/new/", {"address": "/units/"})

    assert answer.status_code == 302
    assert answer.url.startswith("/login/")


def test_fetching_an_address_exports_nothing(staff):
    assert client_for(staff).get("/office/exports/new/").status_code == 405


def test_phone_stays_masked_in_either_shape(staff, unit):
    MemberFactory(unit=unit, phone="13800001234")

    for shape in (LIST, SHEET):
        body = bytes_of(ask(staff, "/units/members/", shape=shape))
        text = zipfile.ZipFile(io.BytesIO(body)).read("xl/worksheets/sheet1.xml").decode()
        assert "138****1234" in text
        assert "13800001234" not in text


def test_missing_stays_empty_and_zero_is_zero(staff):
    needed = CommunityFactory(name="甲社区", households=0)
    CommunityFactory(name="乙社区", households=None)

    rows = table(ask(staff, "/communities/"))

    by_name = dict(zip(column(rows, "社区（村）"), column(rows, "户数"), strict=True))
    assert by_name == {needed.name: 0, "乙社区": None}


def test_days_moments_and_labels_are_what_they_are(staff, unit):
    report = DailyReportFactory(unit=unit)

    sheet = workbook(ask(staff, "/daily/reports/")).active
    heads = [cell.value for cell in sheet[4]]
    day, state = sheet.cell(5, heads.index("日期") + 1), sheet.cell(5, heads.index("状态") + 1)

    assert (day.value.date(), day.number_format) == (report.on, "yyyy-mm-dd")
    assert (state.value, state.number_format) == (report.get_state_display(), "@")


def test_list_of_the_campaign_in_hand_keeps_it(staff):
    flood, other = CampaignFactory(), CampaignFactory()
    NeedFactory(campaign=flood, community=CommunityFactory(name="防汛社区"))
    NeedFactory(campaign=other, community=CommunityFactory(name="另一社区"))

    for campaign, expected in ((flood, "防汛社区"), (other, "另一社区")):
        rows = table(ask(staff, "/deployments/needs/", campaign=campaign.code))
        assert column(rows, "社区") == [expected]


def test_empty_list_leaves_its_headings(staff):
    rows = table(ask(staff, "/units/?q=没有这个单位"))

    assert rows[0][0] == "单位"
    assert [row for row in rows[1:] if any(row)] == []
    assert ExportFile.objects.get().rows == 0


def test_many_pages_leave_whole_and_in_order(staff, monkeypatch):
    monkeypatch.setattr("apps.office.exports.listing.PIECE", 3)
    units = UnitFactory.create_batch(8)
    units.sort(key=lambda row: row.sort_order)

    rows = table(ask(staff, "/units/"))

    assert column(rows, "单位") == [row.short_name for row in units]


def test_statements_depend_on_pieces_not_on_rows(staff, django_assert_num_queries):
    def count(address):
        out = outgoing(address, staff, shape=LIST)
        return sum(len(piece) for piece in out.pieces())

    UnitFactory()
    count("/units/")
    with django_assert_num_queries(5) as one:
        assert count("/units/") == 1
    UnitFactory.create_batch(6)
    with django_assert_num_queries(len(one.captured_queries)):
        assert count("/units/") == 7


# --- the button and the record ------------------------------------------------------------------


def test_button_names_the_list_as_it_stands(staff, unit):
    page = client_for(staff).get("/units/?category=provincial&page=1").content.decode()

    assert 'name="address" value="/units/?category=provincial"' in page
    assert "导出 Excel</button>" in page


def test_button_comes_with_the_part_of_the_page_too(staff, unit):
    headers = {"HX-Request": "true", "HX-Target": "list"}

    part = client_for(staff).get("/units/?q=甲", headers=headers).content.decode()

    assert 'name="address" value="/units/?q=%E7%94%B2"' in part


def test_button_costs_the_page_no_statement(staff, unit, monkeypatch):
    browser = client_for(staff)
    with_button = statements(browser, "/units/")
    from apps.core import tools

    monkeypatch.delitem(tools._tools, "export")

    assert statements(browser, "/units/") == with_button


def test_each_export_is_on_record_with_its_filters(staff, unit):
    ask(staff, "/units/?category=provincial")

    row = ExportFile.objects.get()
    assert (row.by, row.state, row.rows) == (staff, ExportState.SENT, 1)
    assert (row.title, row.conditions) == ("单位", "类别：省直机关")
    assert AuditEntry.objects.filter(table="office_exportfile", key=row.pk).exists()


def test_answer_is_a_file_no_cache_keeps_and_no_disk(staff, unit, settings):
    answer = ask(staff, "/units/")

    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert list((Path(settings.MEDIA_ROOT) / "exports").glob("*")) == []


def test_own_exports_are_listed_and_nobody_elses(staff, reporter, unit):
    ask(staff, "/units/")
    ExportFileFactory(by=reporter, title="别人的表")

    page = client_for(staff).get("/office/exports/").content.decode()

    assert "已下载" in page
    assert "别人的表" not in page


def test_anothers_export_is_not_found_even_by_the_auditor(staff, auditor):
    row = ExportFileFactory(by=staff, state=ExportState.READY, file="x.xlsx")

    for user in (auditor,):
        browser = client_for(user)
        assert browser.get(f"/office/exports/{row.pk}/").status_code == 404
        assert browser.get(f"/office/exports/{row.pk}/file/").status_code == 404
    assert list(ExportFile.objects.visible_to(auditor)) == [row]


def test_list_too_long_for_excel_is_refused_with_the_way_out(staff, unit, monkeypatch):
    monkeypatch.setattr("apps.office.exports.listing.MOST", 0)

    answer = ask(staff, "/units/")

    assert answer.status_code == 422
    assert "请用筛选缩小范围后再导出" in answer.content.decode()


# --- the sheet's own shape ----------------------------------------------------------------------


def test_list_whose_rows_come_back_leaves_in_the_shape_of_its_sheet(staff, unit):
    MemberFactory(unit=unit, name="王芳", phone="13800001234")

    rows = table(ask(staff, "/units/members/", shape=SHEET))

    assert {"编号", "姓名", "手机"} <= set(rows[0])
    assert column(rows, "姓名") == ["王芳"]
    assert ExportFile.objects.get().shape == SHEET


def test_who_may_not_import_gets_the_columns_of_the_page(leader, unit):
    MemberFactory(unit=unit)

    rows = table(ask(leader, "/units/members/", shape=SHEET))

    assert rows[0][:3] == ["姓名", "编号", "身份"]
    assert ExportFile.objects.get().shape == LIST


def test_sheet_keeps_filter_and_order_of_the_list(staff):
    few, many, other = (
        UnitFactory(category="provincial"),
        UnitFactory(category="provincial"),
        (UnitFactory(category="university")),
    )
    MemberFactory.create_batch(2, unit=many)

    rows = table(ask(staff, "/units/?category=provincial&sort=-members", shape=SHEET))

    assert column(rows, "单位简称") == [many.short_name, few.short_name]
    assert other.short_name not in column(rows, "单位简称")


# --- cells --------------------------------------------------------------------------------------


DANGEROUS = ["=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("x")']


@pytest.mark.parametrize("shape", [LIST, SHEET])
@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_could_be_a_formula_is_inert(staff, shape, text):
    UnitFactory(short_name="甲")
    Unit.objects.update(short_name=text, duty_phone=text)

    answer = ask(staff, "/units/", shape=shape)
    sheet = workbook(answer).active

    found = [
        cell
        for cell in sheet[5]
        if isinstance(cell.value, str) and cell.value.strip() == text.strip()
    ]
    assert found
    assert {cell.data_type for cell in found} == {"s"}
    assert {cell.number_format for cell in found} == {"@"}


def written(value, tmp_path, format="@"):  # noqa: A002
    """A value through the writer and back."""
    out = Outgoing(
        "表", "无", "无", "条", "", 1, LIST, [OutColumn("列", format)], lambda: iter([[(value,)]])
    )
    path = tmp_path / "cell.xlsx"
    plain.write_list(out, path, by="甲", at=dt.datetime(2021, 8, 5, 12, tzinfo=BEIJING))
    return path


def read_back(path):
    """By the reader of imports, and by another one that knows formulas."""
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    other = openpyxl.load_workbook(path).active.cell(5, 1)
    return rows[4][0] if len(rows) > 4 else "", other.data_type


# What no XML can hold, and how Excel writes it down, is the writer's own matter.
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=60)


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(TEXTS)
@example("=1+1")
@example("_x0041_")
@example("  两边有空格 ")
@example("第一行\n第二行")
@example("<b>&amp;\"'</b>")
def test_any_text_comes_back_as_it_left_and_is_never_a_formula(tmp_path, text):
    value = cells.value_of(text)

    found, kind = read_back(written(value, tmp_path))

    assert found == text
    assert kind == "s"


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.integers(-(10**14), 10**14) | st.decimals(-(10**9), 10**9, places=2))
def test_any_number_comes_back_as_a_number(tmp_path, number):
    found, kind = read_back(written(cells.value_of(number), tmp_path, "General"))

    assert Decimal(repr(found)) == Decimal(number)
    assert kind == "n"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", None),
        (0, 0),
        (True, "是"),
        (False, "否"),
        (10**15, "1000000000000000"),
        (float("nan"), None),
        (Decimal("12.50"), 12.5),
        (dt.date(2021, 8, 5), dt.date(2021, 8, 5)),
        (dt.datetime(2021, 8, 5, 9, 5, tzinfo=dt.UTC), dt.datetime(2021, 8, 5, 17, 5)),  # noqa: DTZ001
        (Tag("逾期", "red"), "逾期"),
        (Blank.MISSING, None),
        (Blank.NOT_DUE, "未到期"),
        (format_html("<b>{}</b> {}", "甲&乙", "丙"), "甲&乙 丙"),
        (["甲", "乙"], "甲、乙"),
        ("甲\r\n乙", "甲\n乙"),
        ("长" * 40_000, "长" * 32_766 + "…"),
    ],
)
def test_value_becomes_what_a_workbook_keeps(value, expected):
    assert cells.value_of(value) == expected


@pytest.mark.parametrize(
    ("column", "row", "expected"),
    [
        (Column("n", kind="number"), {"n": None}, None),
        (Column("n", kind="number", unit="人"), {"n": 0}, 0),
        (Column("n", kind="number", value=lambda _: html.figure(1234)), {}, 1234),
        (Column("n", kind="number", value=lambda _: html.figure(None)), {}, None),
        (Column("n", kind="number", value=lambda _: html.figure(5, qualifier="约")), {}, "约5"),
        (Column("s", kind="tag", choices={"a": "已报"}), {"s": "a"}, "已报"),
        (Column("s", choices={"a": "已报"}), {"s": "z"}, "z"),
        (Column("b", kind="bool"), {"b": False}, "否"),
        (Column("t", unit="户"), {"t": 3}, "3户"),
        (Column("t", unit="户"), {"t": None}, None),
        (Column("t", note="why"), {"t": "甲", "why": "地址不存在"}, "甲（地址不存在）"),
        (Column("t", note="why"), {"t": "甲", "why": ""}, "甲"),
        (
            Column("n", kind="number", note=lambda _: Note("更正后 3 人", "/")),
            {"n": 0},
            "0（更正后 3 人）",
        ),
    ],
)
def test_column_reads_its_value_from_a_row(column, row, expected):
    assert cells.reader_of(column)(row) == expected


def test_columns_of_one_name_stay_two(tmp_path):
    from apps.office.exports.listing import _told_apart

    labels = [c.label for c in _told_apart([OutColumn("说明", "@"), OutColumn("说明", "@")])]

    assert labels == ["说明", "说明（2）"]


@pytest.mark.parametrize(
    ("title", "name"),
    [("单位 · 甲", "单位"), ("a/b:c", "a b c"), ("'", "Sheet1"), ("长" * 40, "长" * 31)],
)
def test_tab_is_called_after_the_list(title, name):
    assert plain.sheet_name(title) == name


def test_file_is_called_after_list_and_minute():
    from apps.office.views.exports import name_of

    assert business_day()
    assert name_of("党员名册 · 甲", dt.datetime(2021, 8, 5, 9, 5, tzinfo=dt.UTC)) == (
        "党员名册_20210805_1705.xlsx"
    )
