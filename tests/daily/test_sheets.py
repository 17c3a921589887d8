import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest

from apps.core.dates import moment_on
from apps.daily.enums import ReportSource, ReportState
from apps.daily.models import DailyReport, ReportRevision, ReportValue
from apps.figures.enums import Measure
from tests.cast import client_for
from tests.factories import (
    CampaignFactory,
    CampaignIndicatorFactory,
    DeploymentDayFactory,
    DeploymentFactory,
    ExemptionFactory,
    IndicatorFactory,
)
from tests.office.exporting import ask, bytes_of
from tests.office.exporting import table as listed
from tests.office.importing import act, applied, checked, counts, exported, problems, workbook

from .report_day import DAY, EVE, expected, reported, values_of

pytestmark = pytest.mark.django_db

SHEET = "reports"
HEAD = ("单位", "日期", "值守卡口", "当日下沉", "下沉人员伤病", "清淤")


def table(*rows, head=HEAD):
    return workbook(head, rows)


def row(unit="示例甲", on=DAY, cells=(9, 40, 0, "12.5")):
    return [unit, on, *cells]


def test_the_office_enters_a_table_of_reports_for_its_units(report, staff):
    batch = applied(staff, SHEET, table(row(cells=("9个", "约40", "无", "860m³"))))

    report.refresh_from_db()
    revision = report.current
    assert counts(batch) == {"new": 0, "changed": 1, "same": 0, "wrong": 0}
    assert (report.state, revision.source) == (ReportState.FILED, ReportSource.TABLE)
    assert (revision.by, revision.source_name) == (staff, staff.name)
    assert values_of(report) == {"F06": 9, "F03": 40, "F14": 0, "F08": 860}
    about = ReportValue.objects.get(revision=revision, indicator__code="F03")
    assert about.qualifier == "about"


def test_a_unit_files_its_own_and_its_reviewer_lets_it_out(report, reporter):
    applied(reporter, SHEET, table(row()))

    report.refresh_from_db()
    assert report.state == ReportState.UNIT_REVIEW
    assert report.current.source == ReportSource.UNIT


def test_checking_files_nothing(report, staff):
    batch = checked(staff, SHEET, table(row()))

    report.refresh_from_db()
    assert counts(batch)["changed"] == 1
    assert (report.state, report.version) == (ReportState.MISSING, 0)
    assert ReportRevision.objects.count() == 0


def test_an_export_comes_back_without_a_change(flood, unit, staff):
    report = reported(flood, unit, DAY, F06=9, F03=40, F14=0, F08="12.5")
    ReportValue.objects.filter(revision=report.current, indicator__code="F03").update(
        qualifier="over"
    )

    head, rows = exported(SHEET, staff)
    batch = checked(staff, SHEET, workbook(head, rows))

    line = dict(zip(head, rows[0], strict=True))
    assert [line[name] for name in HEAD[2:]] == [9, "40余", 0, 12.5]
    assert counts(batch) == {"new": 0, "changed": 0, "same": 1, "wrong": 0}


@pytest.fixture
def past(flood, unit):
    """A report of a campaign that is over and had its own numbers."""
    over = CampaignFactory(code="over", name="已结束的任务", starts_on=EVE, ends_on=EVE)
    indicator = IndicatorFactory(code="X01", name="排查户数", measure=Measure.HOUSEHOLDS)
    CampaignIndicatorFactory(campaign=over, indicator=indicator, starts_on=EVE)
    return reported(over, unit, EVE, X01=7)


@pytest.mark.parametrize("shape", ["sheet", "list"])
@pytest.mark.parametrize("narrowed", ["", "?day=2021-08-05", "?campaign=over"])
def test_the_list_comes_back_without_a_change(
    flood, unit, foreign_unit, past, staff, shape, narrowed
):
    reported(flood, unit, DAY, F06=9, F03=40, F14=0, F08="12.5")
    expected(flood, foreign_unit)

    file = bytes_of(ask(staff, f"/daily/reports/{narrowed}", shape=shape))
    batch = checked(staff, SHEET, file)

    rows = {"": 3, "?day=2021-08-05": 2, "?campaign=over": 1}[narrowed]
    assert counts(batch) == {"new": 0, "changed": 0, "same": rows, "wrong": 0}


def test_the_list_leaves_with_the_numbers_of_its_campaigns_and_takes_edits(
    flood, unit, foreign_unit, past, staff
):
    reported(flood, unit, DAY, F06=9, F03=40, F14=0, F08="12.5")
    owed = expected(flood, foreign_unit)

    head, *rows = listed(ask(staff, "/daily/reports/", shape="sheet"))
    by_unit = {(row[0], row[2]): dict(zip(head, row, strict=True)) for row in rows}
    by_unit["示例乙", flood.name] |= {"值守卡口": 3, "当日下沉": 5, "下沉人员伤病": 0, "清淤": 1}
    batch = applied(staff, SHEET, workbook(head, [one.values() for one in by_unit.values()]))

    assert by_unit["示例甲", past.campaign.name]["排查户数"] == 7
    assert by_unit["示例甲", past.campaign.name]["值守卡口"] is None
    assert counts(batch) == {"new": 0, "changed": 1, "same": 2, "wrong": 0}
    assert values_of(owed) == {"F06": 3, "F03": 5, "F14": 0, "F08": 1}


def test_the_template_holds_the_reports_of_the_day_and_is_as_long(
    flood, unit, past, staff, monkeypatch
):
    expected(flood, unit)
    monkeypatch.setattr("apps.office.sheets.template.MOST_ROWS", 1)

    page = client_for(staff).get("/office/imports/template/reports/")

    rows = openpyxl.load_workbook(io.BytesIO(page.content)).active.iter_rows(min_row=4)
    first, second = next(rows), next(rows)
    assert (first[0].value, first[1].value.date(), second[0].value) == ("示例甲", DAY, None)


def test_a_row_without_a_number_is_no_report(report, staff):
    batch = applied(staff, SHEET, table(row(cells=("", "—", None, "未报"))))

    report.refresh_from_db()
    assert counts(batch)["same"] == 1
    assert report.state == ReportState.MISSING


def test_words_without_a_number_are_no_report_either(report, staff):
    head = (*HEAD, "困难和需求")

    batch = checked(staff, SHEET, table([*row(cells=("", "", "", "")), "缺雨衣"], head=head))

    assert counts(batch) == {"new": 0, "changed": 0, "same": 1, "wrong": 0}


def test_a_blank_row_of_a_few_columns_leaves_a_returned_report_alone(flood, unit, staff):
    report = reported(flood, unit, DAY, F06=9, F03=40, F14=0, F08="12.5")
    DailyReport.objects.filter(pk=report.pk).update(state=ReportState.RETURNED)

    batch = applied(staff, SHEET, table(["示例甲", DAY, None], head=("单位", "日期", "清淤")))

    report.refresh_from_db()
    assert counts(batch) == {"new": 0, "changed": 0, "same": 1, "wrong": 0}
    assert (report.state, values_of(report)["F08"]) == (ReportState.RETURNED, Decimal("12.5"))


def test_numbers_end_an_earlier_nothing_today(report, staff):
    applied(staff, SHEET, table(["示例甲", DAY, "是"], head=("单位", "日期", "今日无下沉")))
    DailyReport.objects.filter(pk=report.pk).update(state=ReportState.RETURNED)

    batch = applied(staff, SHEET, table(row()))

    report.refresh_from_db()
    assert batch.state == "applied", problems(batch)
    assert (report.current.is_zero, values_of(report)["F03"]) == (False, 40)


def test_nothing_today_is_a_report_of_zeros(report, staff):
    head = (*HEAD, "今日无下沉")

    applied(staff, SHEET, table([*row(cells=("", "", "", "")), "是"], head=head))

    assert values_of(report) == {"F06": None, "F03": 0, "F14": 0, "F08": 0}


def test_nothing_today_against_the_ledger_is_answered_in_its_row(flood, report, unit, staff):
    there = DeploymentFactory(campaign=flood, unit=unit)
    DeploymentDayFactory(deployment=there, on=DAY, present=9)
    head = ("单位", "日期", "今日无下沉", "核对说明")

    batch = checked(staff, SHEET, table(["示例甲", DAY, "是", ""], head=head))
    applied(staff, SHEET, table(["示例甲", DAY, "是", "任务结束"], head=head))

    ((_, column, _, reason),) = problems(batch)
    assert (column, reason[:18]) == ("is_zero", "已选“今日无下沉”，台账却登记“在岗")
    report.refresh_from_db()
    assert report.current.zero_reason == "ended"


def test_as_yesterday_is_answered_with_yesterdays_value(flood, unit, staff):
    reported(flood, unit, EVE, F06=9, F03=40, F14=0, F08=1)
    expected(flood, unit)

    batch = checked(staff, SHEET, table(row(cells=("同昨日", 40, 0, 1))))

    assert [(column, reason) for _, column, _, reason in problems(batch)] == [
        (f"v_{indicator_of(flood, 'F06')}", "“同昨日”须经核对：昨日为 9，确认无误的请填 9。")
    ]


def test_every_wrong_cell_of_a_row_is_named(flood, unit, staff):
    reported(flood, unit, EVE, F06=9, F03=300, F14=0, F08=100)
    expected(flood, unit)
    sentry, sent, hurt, mud = (
        f"v_{indicator_of(flood, code)}" for code in ("F06", "F03", "F14", "F08")
    )

    batch = checked(staff, SHEET, table(row(cells=("同昨日", 40, "", "1000 加 2"))))
    doubts = checked(staff, SHEET, table(row(cells=(9, 40, 0, 1))))

    assert sorted(problems(batch)) == sorted(
        [
            (2, sentry, "同昨日", "“同昨日”须经核对：昨日为 9，确认无误的请填 9。"),
            (2, sent, "40", "“当日下沉”与昨日相差较大，请核对后在“核对说明”选择原因，或改正数值。"),
            (2, hurt, "", "“下沉人员伤病”必填，没有的填 0。"),
            (2, mud, "1000 加 2", next(one[3] for one in problems(batch) if one[1] == mud)),
        ]
    )
    assert [(one[1], one[2]) for one in problems(doubts)] == [(sent, "40"), (mud, "1")]


def test_a_number_that_has_to_be_said_and_has_no_column_is_asked_for_with_it(report, staff):
    batch = checked(staff, SHEET, table(row(cells=(9,)), head=HEAD[:3]))

    (told,) = [reason for *_, reason in problems(batch) if "伤病" in reason]
    assert told == "“下沉人员伤病”必填，没有的填 0。表中没有这一列，请补上。"


def test_a_table_of_another_kind_is_none_whatever_it_says_above(report, staff):
    people = [["填报单位：示例甲　填报日期：2021年8月5日"], ["姓名", "任务"], ["王示例", "清淤"]]

    batch = checked(staff, SHEET, workbook(people[0], people[1:]))

    assert batch.message.startswith("没有找到表头（要有单位、日期、应急任务")


def test_a_wrong_row_of_a_locked_day_lacks_its_reason_too(report, staff, clock):
    clock.move_to(moment_on(DAY, dt.time(20, 0)))
    report.frozen_at = moment_on(DAY, dt.time(19, 0))
    report.save(update_fields=["frozen_at"])

    batch = checked(staff, SHEET, table(row(cells=(9, 40, "", 1))))

    assert [one[3] for one in problems(batch)] == [
        "“下沉人员伤病”必填，没有的填 0。",
        "当日数据已锁定，补报须填写说明，列入更正。",
    ]


def indicator_of(campaign, code):
    return campaign.indicators.get(indicator__code=code).indicator_id


def test_the_forms_own_rules_speak(flood, unit, foreign_unit, staff):
    reported(flood, unit, EVE, F06=9, F03=300, F14=0, F08=1)
    expected(flood, unit)
    standing = reported(flood, foreign_unit, DAY, F06=9, F03=40, F14=0, F08=1)
    filer = standing.current.by.name
    injuries, sent = (f"v_{indicator_of(flood, code)}" for code in ("F14", "F03"))
    rows = [
        row(cells=(9, 40, 0, 1)),
        row("示例乙", cells=(8, 40, 0, 1)),
        row(on=EVE - dt.timedelta(days=400)),
        row(on=DAY + dt.timedelta(days=1)),
    ]

    batch = checked(staff, SHEET, table(*rows))
    missing = checked(staff, SHEET, table(row(cells=(9, 300, "", 1))))

    assert [value for _, _, value, _ in problems(batch)] == [
        "40",
        "示例乙",
        "2020-06-30",
        "2021-08-06",
    ]
    assert [(number, column, reason) for number, column, _, reason in problems(batch)] == [
        (2, sent, "“当日下沉”与昨日相差较大，请核对后在“核对说明”选择原因，或改正数值。"),
        (
            3,
            "unit",
            f"本日报已是“已报”（{filer} 16:00）。截报前可先撤回修改；截报后请联系联络服务小组退回核改，锁定后可补报。",
        ),
        (4, "on", f"“2021年防汛救灾”自{said(flood.starts_on)}起报送，没有2020年6月30日的日报。"),
        (5, "on", "8月6日尚未到，不能提前报送。"),
    ]
    assert problems(missing)[0][1:] == (injuries, "", "“下沉人员伤病”必填，没有的填 0。")


def said(day):
    return f"{day.month}月{day.day}日"


def test_a_doubt_is_answered_in_the_table(flood, unit, staff):
    reported(flood, unit, EVE, F06=9, F03=300, F14=0, F08=1)
    report = expected(flood, unit)

    applied(staff, SHEET, table([*row(cells=(9, 40, 0, 1)), "口径调整"], head=(*HEAD, "核对说明")))

    doubt = ReportValue.objects.get(revision__report=report, indicator__code="F03")
    assert doubt.doubt_reason == "definition"


def marked(user, batch):
    """The file that comes back: its page, and the page's cells under the headings."""
    data = client_for(user).get(f"/office/imports/{batch.pk}/marked/").content
    book = openpyxl.load_workbook(io.BytesIO(data))
    return book, {cell.value: cell.column for cell in book.active[1]}


def saved(book):
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_doubts_are_answered_in_the_file_that_comes_back(flood, unit, staff):
    reported(flood, unit, EVE, F06=9, F03=300, F14=0, F08=1)
    report = expected(flood, unit)
    batch = checked(staff, SHEET, table(row(cells=(9, 40, None, 1))))
    book, heads = marked(staff, batch)
    page = book.active
    assert page.data_validations.dataValidation[0].formula1 == '"新增任务,口径调整,任务结束"'
    red = "00F8C9C4"

    page.cell(2, heads["下沉人员伤病"], 0)
    again, heads = marked(staff, checked(staff, SHEET, saved(book)))
    assert [cell.value for cell in again.active[1]].count("错误原因") == 1
    assert again.active.cell(2, heads["错误原因"]).value.startswith("当日下沉：")
    assert again.active.cell(2, heads["当日下沉"]).fill.fgColor.rgb == red
    assert again.active.cell(2, heads["下沉人员伤病"]).fill.fgColor.rgb != red
    assert again.active.cell(2, heads["下沉人员伤病"]).comment is None
    again.active.cell(2, heads["核对说明"], "任务结束")
    batch = applied(staff, SHEET, saved(again))

    assert (batch.state, batch.unknown) == ("applied", [])
    doubt = ReportValue.objects.get(revision__report=report, indicator__code="F03")
    assert doubt.doubt_reason == "ended"


def test_a_locked_day_takes_a_late_report_with_its_reason(report, staff, clock):
    clock.move_to(moment_on(DAY, dt.time(20, 0)))
    report.frozen_at = moment_on(DAY, dt.time(19, 0))
    report.save(update_fields=["frozen_at"])

    silent = checked(staff, SHEET, table(row()))
    told = applied(staff, SHEET, table([*row(), "停电"], head=(*HEAD, "补报说明")))

    report.refresh_from_db()
    assert [(one[1], one[3]) for one in problems(silent)] == [
        ("explanation", "当日数据已锁定，补报须填写说明，列入更正。")
    ]
    assert told.state == "applied"
    assert report.state == ReportState.LATE
    assert report.current.is_after_lock


def test_what_a_campaign_does_not_ask_is_left_out(report, staff):
    batch = checked(staff, SHEET, table([*row(), 312], head=(*HEAD, "在岗党员")))

    assert batch.unknown == ["在岗党员"]


def test_an_exempt_unit_files_nothing(flood, unit, staff):
    ExemptionFactory(campaign=flood, unit=unit, starts_on=DAY, ends_on=DAY)
    expected(flood, unit)

    assert [one[3] for one in problems(checked(staff, SHEET, table(row())))] == [
        "该单位当日已批准免报，无需报送。"
    ]


def test_a_group_types_restricted_values_and_does_not_read_them(flood, unit, liaison):
    report = reported(flood, unit, DAY, F06=9, F03=40, F14=3, F08=1)
    report.state = ReportState.RETURNED
    report.save(update_fields=["state"])

    head, rows = exported(SHEET, liaison)
    rows[0][head.index("值守卡口")] = 10
    applied(liaison, SHEET, workbook(head, rows))

    assert rows[0][head.index("下沉人员伤病")] == ""
    assert values_of(report) == {"F06": 10, "F03": 40, "F14": 3, "F08": 1}


def test_a_unit_files_for_nobody_else(flood, unit, foreign_unit, reporter):
    expected(flood, foreign_unit)

    batch = checked(reporter, SHEET, table(row("示例乙")))

    assert problems(batch)[0][3] == "没有这个单位，或不在您的范围内，请核对名称。"


def test_a_table_of_reports_is_not_undone(report, staff):
    batch = applied(staff, SHEET, table(row()))
    assert "撤销这次导入" not in client_for(staff).get(batch.get_absolute_url()).content.decode()

    batch = act(staff, batch, "undo")

    assert batch.state == "applied"
    assert batch.message.startswith("不能撤销：日报一经报送即留有版本")
    assert values_of(report)["F06"] == 9


def test_a_row_of_a_campaign_that_is_over_is_refused(report, staff):
    over = CampaignFactory(code="over", name="已结束的任务", ends_on=EVE)

    batch = checked(staff, SHEET, table([*row(), over.name], head=(*HEAD, "应急任务")))

    assert [one[3] for one in problems(batch)] == [
        "“已结束的任务”已于8月4日结束，没有8月5日的日报。"
    ]


def test_a_summary_as_an_office_keeps_it(flood, unit, foreign_unit, staff):
    """The day in the title, measures in the headings, a unit that is not there, a sum at the foot."""
    for one in (unit, foreign_unit):
        expected(flood, one)
    book = openpyxl.Workbook()
    page = book.active
    page.append(["单位下沉社区防汛救灾工作情况日报表"])
    page.append(["2021年8月5日 17时"])
    page.append(["序号", "单　位", "卡口数", "当日下沉（人次）", "伤病", "清淤（立方米）", "备注"])
    page.append([1, "示例单位甲", "９", "1.2万", "无", 1200, "较昨日多6人"])
    page.append([2, "示例 乙", "—", "96（含退役党员12人）", 0, None, None])
    page.append([None, "合　计", None, "=SUM(D4:D5)", None, None, None])
    stream = io.BytesIO()
    book.save(stream)

    batch = checked(staff, SHEET, stream.getvalue())

    assert counts(batch) == {"new": 0, "changed": 1, "same": 0, "wrong": 1}
    assert problems(batch) == [
        (
            5,
            f"v_{indicator_of(flood, 'F03')}",
            "96（含退役党员12人）",
            "“96（含退役党员12人）”里有不止一个数，请只填一个数字，例如 96；其余写在备注。",
        )
    ]
