"""The round's sheets in the office's own shape."""

import datetime as dt
import io

import openpyxl
import pytest

from apps.daily.enums import ReportState
from apps.office.models import ExportFile
from tests.cast import client_for
from tests.factories import DailyReportFactory, DeploymentFactory, UnitFactory

pytestmark = pytest.mark.django_db


def sheet_of(user, url):
    answer = client_for(user).post(url)
    assert answer.status_code == 200, answer.content.decode()[:500]
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active


def rows_of(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]


@pytest.fixture
def report(flood, unit):
    return DailyReportFactory(campaign=flood, unit=unit, state=ReportState.ACCEPTED)


@pytest.fixture
def url(flood, report):
    return f"/daily/rounds/{flood.code}/{report.on.isoformat()}"


def test_summary_by_unit_lists_every_unit_in_official_order(staff, flood, unit, report, url):
    type(unit).objects.filter(pk=unit.pk).update(sort_order=9000)
    late = UnitFactory(short_name="示例乙", sort_order=8000)
    DailyReportFactory(campaign=flood, unit=late, on=report.on, state=ReportState.MISSING)

    sheet = sheet_of(staff, f"{url}/sheet/unit/")

    rows = rows_of(sheet)
    named = [row[:2] for row in rows if isinstance(row[0], int)]
    states = {row[1]: row[4] for row in rows if isinstance(row[0], int)}
    assert named == [[1, "示例乙"], [2, "示例甲"]]
    assert states == {"示例乙": "未报", "示例甲": "已审核"}
    assert "情况汇总表（按单位）" in sheet["A1"].value
    assert sheet["A2"].value.startswith("填报单位（盖章）：")


def test_what_a_unit_has_not_reported_is_said_and_not_added(staff, flood, report, url):
    sheet = sheet_of(staff, f"{url}/sheet/unit/")

    rows = rows_of(sheet)
    own = next(row for row in rows if row[1] == "示例甲")
    assert 0 not in own[5:]
    assert "未核定" in str([cell.value for cell in sheet[2]])
    assert any("未报" in str(row[0]) and "不作零计" in str(row[0]) for row in rows)


@pytest.mark.parametrize(("by", "label"), [("group", "第3组"), ("category", "省直机关")])
def test_summary_by_place_says_how_many_reported(staff, flood, group, unit, url, by, label):
    report = flood.reports.get()
    report.group = group
    report.save()

    sheet = sheet_of(staff, f"{url}/sheet/{by}/")

    row = next(row for row in rows_of(sheet) if row[1] == label)
    assert row[2:4] == [1, 1]
    assert [sheet.cell(3, 3).value, sheet.cell(4, 3).value] == ["报送（家）", "应报"]


def test_summary_is_on_record(staff, url):
    sheet_of(staff, f"{url}/sheet/unit/")

    taken = ExportFile.objects.get()
    assert (taken.by, taken.shape, taken.rows) == (staff, "paper", 1)


def test_other_shapes_and_other_people_find_nothing(staff, reporter, liaison, url):
    assert client_for(staff).post(f"{url}/sheet/district/").status_code == 404
    for user in (reporter, liaison):
        assert client_for(user).post(f"{url}/sheet/unit/").status_code == 403
    assert client_for(staff).get(f"{url}/sheet/unit/").status_code == 405


def test_round_offers_the_three_sheets(staff, url):
    page = client_for(staff).get(f"{url}/").content.decode()

    for by in ("unit", "group", "category"):
        assert f"{url}/sheet/{by}/" in page


def test_departures_sheet_adds_the_people(staff, flood, unit, report, url):
    DeploymentFactory(campaign=flood, unit=unit, starts_on=report.on + dt.timedelta(days=1))

    sheet = sheet_of(staff, f"{url}/departures-sheet/")

    rows = rows_of(sheet)
    assert rows[0][1] == "示例甲"
    assert rows[1][1] == "合计"
    assert "派出清单" in sheet["A1"].value


def test_missing_sheet_holds_the_scope(liaison, flood, unit, foreign_unit, group):
    mine = DailyReportFactory(campaign=flood, unit=unit, group=group)
    DailyReportFactory(campaign=flood, unit=foreign_unit, on=mine.on)

    sheet = sheet_of(liaison, f"/daily/missing/sheet/?day={mine.on}&campaign={flood.code}")

    named = [row[1] for row in rows_of(sheet) if isinstance(row[0], int)]
    assert named == ["示例甲"]
    assert sheet["A2"].value.endswith("第3组")


def test_missing_sheet_follows_the_filters(staff, flood, unit):
    mine = DailyReportFactory(campaign=flood, unit=unit)
    address = f"?day={mine.on}&campaign={flood.code}&category=university"

    page = client_for(staff).get(f"/daily/missing/{address}").content.decode()
    sheet = sheet_of(staff, f"/daily/missing/sheet/{address}")

    assert (
        f"/daily/missing/sheet/?day={mine.on}&amp;campaign={flood.code}&amp;category=university"
        in page
    )
    assert rows_of(sheet)[0][0] == "应报单位均已报送"
