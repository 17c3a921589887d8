import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.urls import reverse

from apps.campaigns.enums import CampaignState
from apps.core.dates import moment_on
from apps.daily.enums import ReportState
from apps.daily.models import DailyReport, ReportRevision
from apps.messaging.models import InboxMessage
from tests.cast import client_for
from tests.factories import DeploymentDayFactory, DeploymentFactory, ReportRevisionFactory

from .report_day import AT_FOUR, AT_SIX, DAY, EVE, expected, reported, typed, values_of


def post(user, report, data):
    return client_for(user).post(reverse("daily:report_edit", args=[report.pk]), data)


def test_form_shows_yesterday_and_leaves_flows_blank(flood, unit, reporter):
    reported(flood, unit, EVE, F06=9, F03=38, F14=0, F08="11.5")

    page = client_for(reporter).get(reverse("daily:report_form"))

    cells = {cell.line.code: cell for block in page.context["blocks"] for cell in block.cells}
    assert {code: (cell.text, cell.line.before) for code, cell in cells.items()} == {
        "F01": ("", None),
        "F06": ("", Decimal(9)),
        "F03": ("", Decimal(38)),
        "F14": ("", Decimal(0)),
        "F08": ("", Decimal("11.5")),
    }
    assert page.context["form"].stock_carried == 1
    html = page.content.decode()
    assert "沿用 1 项" in html
    assert "8月5日（截至17:00）" in html
    assert "值守卡口的口径" in html


def test_submission_goes_to_the_units_reviewer(report, reporter, unit_leader):
    page = post(reporter, report, typed(report, is_calm="on", needs="缺水泵2台"))

    report.refresh_from_db()
    revision = report.current
    assert page.status_code == 302
    assert page["Location"] == f"{reverse('daily:receipt', args=[revision.receipt])}?new=1"
    assert (report.state, report.version) == (ReportState.UNIT_REVIEW, 1)
    assert (revision.receipt, revision.is_late, revision.is_calm, revision.needs) == (
        "20210805-FLOOD-U901-1",
        False,
        True,
        "缺水泵2台",
    )
    assert values_of(report) == {
        "F06": Decimal(9),
        "F03": Decimal(40),
        "F14": Decimal(0),
        "F08": Decimal("12.5"),
    }


def test_reviewer_and_reporter_are_told(report, reporter, unit_leader):
    post(reporter, report, typed(report))

    notes = {note.user: note.subject for note in InboxMessage.objects.select_related("user")}
    assert notes == {reporter: "8月5日日报已收到", unit_leader: "8月5日日报待本单位审核"}


@pytest.mark.parametrize(
    ("text", "value", "qualifier"),
    [
        ("１２", "12", ""),
        ("1，200", "1200", ""),
        ("约40", "40", "about"),
        ("3200余", "3200", "over"),
        ("5.7万", "57000", ""),
        ("无", "0", ""),
        (" 40 人次", "40", ""),
    ],
)
def test_cell_takes_numbers_as_people_type_them(report, reporter, text, value, qualifier):
    post(reporter, report, typed(report, F03=text))

    report.refresh_from_db()
    cell = report.current.values.get(indicator__code="F03")
    assert (cell.value, cell.qualifier) == (Decimal(value), qualifier)


@pytest.mark.parametrize("text", ["", "—", "未报"])
def test_blank_cell_is_missing_not_zero(report, reporter, text):
    post(reporter, report, typed(report, F03=text))

    assert values_of(report)["F03"] is None


@pytest.mark.parametrize(
    ("cells", "field", "sentence"),
    [
        (
            {"F03": "四十"},
            "v-F03",
            "“四十”不是数字。请填写数字，例如 12；没有的填 0，未掌握的留空。",
        ),
        ({"F03": "-5"}, "v-F03", "数值不能为负，没有的填 0。"),
        ({"F03": "1.5"}, "v-F03", "按“人次”计数，请填写整数，例如 12；没有的填 0。"),
        ({"F08": "1.234"}, "v-F08", "最多保留两位小数。"),
        ({"F03": "999999999"}, "v-F03", "数值过大，请核对计量单位。"),
        ({"F14": ""}, "v-F14", "“下沉人员伤病”必填，没有的填 0。"),
    ],
)
def test_bad_cell_names_itself_and_keeps_what_was_typed(report, reporter, cells, field, sentence):
    page = post(reporter, report, typed(report, F06="7", **cells))

    assert page.status_code == 422
    assert page.context["form"].errors == {field: [sentence]}
    assert 'value="7"' in page.content.decode()
    assert ReportRevision.objects.count() == 0
    assert DailyReport.objects.get().state == ReportState.MISSING


def test_doubt_needs_a_reason(flood, unit, reporter):
    reported(flood, unit, EVE, F06=14)
    report = expected(flood, unit)

    refused = post(reporter, report, typed(report, F06="140"))
    taken = post(reporter, report, typed(report, F06="140", **{"r-F06": "new_task"}))

    assert refused.context["form"].errors == {
        "v-F06": ["“值守卡口”与昨日相差较大，请核对后选择原因，或改正数值。"]
    }
    assert "比昨日多 126 个，请核对：" in refused.content.decode()
    assert taken.status_code == 302
    report.refresh_from_db()
    assert report.current.values.get(indicator__code="F06").doubt_reason == "new_task"


def test_carry_is_remembered_for_stock_equal_to_yesterday_alone(flood, unit, reporter):
    reported(flood, unit, EVE, F06=9, F03=40)
    report = expected(flood, unit)

    post(reporter, report, typed(report, **{"c-F06": "1", "c-F03": "1"}))

    report.refresh_from_db()
    carried = report.current.values.filter(is_carried=True)
    assert [value.indicator.code for value in carried] == ["F06"]


def test_zero_report_makes_explicit_zeros_of_flows(report, reporter):
    post(reporter, report, typed(report, F03="", F08="", F14="", F06="", is_zero="on"))

    assert values_of(report) == {
        "F06": None,
        "F03": Decimal(0),
        "F14": Decimal(0),
        "F08": Decimal(0),
    }


def test_zero_report_with_work_done_is_refused(report, reporter):
    page = post(reporter, report, typed(report, F03="", F08="12", F14="", is_zero="on"))

    assert page.context["form"].errors == {
        "v-F08": ["已选“今日无下沉”，“清淤”却不是 0。请核对，或取消“今日无下沉”。"]
    }


def test_zero_report_against_the_ledger_needs_a_reason(flood, report, unit, reporter):
    there = DeploymentFactory(campaign=flood, unit=unit)
    DeploymentDayFactory(deployment=there, on=DAY, present=9)
    zeros = {"F03": "", "F08": "", "F14": "0", "is_zero": "on"}

    refused = post(reporter, report, typed(report, **zeros))
    taken = post(reporter, report, typed(report, **zeros, zero_reason="ended"))

    assert refused.context["form"].errors == {
        "is_zero": [
            "已选“今日无下沉”，台账却登记“在岗下沉党员”9人。请核对后选择原因，或取消“今日无下沉”。"
        ]
    }
    assert "今日台账登记在岗下沉党员 9 人，与“今日无下沉”不符" in refused.content.decode()
    report.refresh_from_db()
    assert report.current.zero_reason == "ended"
    assert "今日无下沉（核对说明：任务结束）" in client_for(reporter).get(taken["Location"]).text


def test_filed_before_review_is_out_at_once(report, reporter, unit_leader):
    post(reporter, report, typed(report, before_review="on"))

    report.refresh_from_db()
    assert (report.state, report.reviewed_by) == (ReportState.FILED, None)


def test_reviewer_files_without_waiting(report, unit_leader):
    post(unit_leader, report, typed(report))

    report.refresh_from_db()
    assert (report.state, report.reviewed_by) == (ReportState.FILED, unit_leader)


def test_after_filing_hour_is_late(report, reporter, clock):
    clock.move_to(AT_SIX)

    post(reporter, report, typed(report))

    report.refresh_from_db()
    assert report.current.is_late is True


def test_same_form_pressed_twice_answers_with_one_receipt(report, reporter):
    data = typed(report)

    first, second = post(reporter, report, data), post(reporter, report, data)

    assert first["Location"] == second["Location"]
    assert ReportRevision.objects.count() == 1


def test_second_editor_gets_both_values_and_keeps_his_own(report, reporter, unit_leader):
    drawn = typed(report, F03="41")
    post(reporter, report, typed(report, F03="40"))

    page = post(unit_leader, report, drawn)

    assert page.status_code == 409
    shown = [(one.label, one.mine, one.theirs) for one in page.context["differences"]]
    assert shown == [("当日下沉", Decimal(41), Decimal(40))]
    assert 'value="41"' in page.content.decode()
    assert ReportRevision.objects.count() == 1


def test_second_editor_may_insist_from_the_409_page(report, reporter, unit_leader):
    drawn = typed(report, F03="41")
    post(reporter, report, typed(report, F03="40"))
    form = post(unit_leader, report, drawn).context["form"]

    again = {**drawn, "version": form["version"].value(), "submission": form["submission"].value()}
    post(unit_leader, report, again)

    assert values_of(report)["F03"] == Decimal(41)
    assert [revision.number for revision in report.revisions.all()] == [2, 1]


def test_filed_report_is_not_overwritten(report, unit_leader):
    post(unit_leader, report, typed(report))
    report.refresh_from_db()

    page = post(unit_leader, report, typed(report, F03="99"))

    assert page.status_code == 409
    (said,) = page.context["form"].non_field_errors()
    assert said.startswith("本日报已是“已报”（机关党委专职副书记（审核人） 16:00）。截报前")
    assert said.endswith("截报前可先撤回修改；截报后请联系联络服务小组退回核改，锁定后可补报。")
    assert values_of(report)["F03"] == Decimal(40)


def test_what_a_proxy_filed_first_stands_beside_what_was_typed(report, reporter, liaison):
    drawn = typed(report, F03="41")
    proxied = typed(report, F03="40", source="phone", source_name="办公室王处长")
    post(liaison, report, {**proxied, "source_at": "2021-08-05T15:50"})
    report.refresh_from_db()
    assert report.current.source == "phone"

    page = post(reporter, report, drawn)

    assert page.status_code == 409
    shown = [(one.label, one.mine, one.theirs) for one in page.context["differences"]]
    assert shown == [("当日下沉", Decimal(41), Decimal(40))]
    assert 'value="41"' in page.content.decode()
    assert "代录）。截报前" in page.context["form"].non_field_errors()[0]


def test_future_day_is_refused_in_one_sentence(report, reporter):
    page = client_for(reporter).get(reverse("daily:report_form"), {"on": "2021-08-06"})

    assert page.status_code == 422
    assert "8月6日尚未到，不能提前报送。" in page.content.decode()


def test_day_before_the_campaign_is_refused(report, reporter):
    page = client_for(reporter).get(reverse("daily:report_form"), {"on": "2021-07-01"})

    assert page.status_code == 422
    assert "自7月20日起报送，没有7月1日的日报。" in page.content.decode()


def test_unreadable_day_is_404_and_said(report, reporter):
    page = client_for(reporter).get(reverse("daily:report_form"), {"on": "2021-02-31"})

    assert page.status_code == 404
    assert "网址中的日期“2021-02-31”无法识别，请写成 2021-08-05 这样的形式" in page.text


def test_the_form_of_a_locked_day_counts_down_to_nothing(report, reporter):
    """Also before 截报: the hours may have been changed in the course of the day."""
    DailyReport.objects.update(frozen_at=AT_FOUR)

    head = client_for(reporter).get(reverse("daily:report_form")).text.partition("<main")[0]

    assert "已锁定" in head
    assert "距截报" not in head


def test_a_campaign_the_address_invents_opens_no_other_form(report, reporter):
    page = client_for(reporter).get(reverse("daily:report_form"), {"campaign": "flood-2020"})

    assert page.status_code == 422
    assert "网址中的应急任务“flood-2020”不存在，或不在您的工作范围内" in page.content.decode()


def test_closed_campaign_is_refused_and_nothing_saved(report, flood, reporter):
    flood.state = CampaignState.CLOSED
    flood.save()

    page = post(reporter, report, typed(report))

    assert page.status_code == 422
    assert page.context["form"].non_field_errors() == ["“2021年防汛救灾”已结束，不能报送日报。"]
    assert ReportRevision.objects.count() == 0


def test_other_units_report_is_404(flood, report, foreign_unit, reporter):
    theirs = expected(flood, foreign_unit)

    pages = [
        client_for(reporter).get(reverse(name, args=[theirs.pk]))
        for name in ("daily:report_edit", "daily:report_detail")
    ]

    assert [page.status_code for page in pages] == [404, 404]
    assert post(reporter, theirs, typed(theirs)).status_code == 404


def test_leader_sees_but_does_not_file(report, leader):
    client = client_for(leader)

    assert client.get(reverse("daily:report_detail", args=[report.pk])).status_code == 200
    assert client.get(reverse("daily:report_edit", args=[report.pk])).status_code == 403


def test_past_day_is_filed_as_late(flood, unit, reporter):
    expected(flood, unit)

    page = client_for(reporter).get(reverse("daily:report_form"), {"on": EVE.isoformat()})
    report = DailyReport.objects.get(on=EVE)
    post(reporter, report, typed(report))

    assert page.context["title"] == "补报日报"
    report.refresh_from_db()
    assert (report.current.receipt, report.current.is_late) == ("20210804-FLOOD-U901-1", True)


def test_receipt_is_for_the_screenshot(report, reporter):
    page = client_for(reporter).get(post(reporter, report, typed(report))["Location"])

    assert page.context["sentence"] == (
        "示例甲：8月5日日报已收到，编号20210805-FLOOD-U901-1，16:00。截报前可撤回修改。"
    )
    assert page.context["may_withdraw"] is True


def test_form_leads_to_the_receipt_once_filed(report, reporter):
    receipt = post(reporter, report, typed(report))["Location"].partition("?")[0]

    page = client_for(reporter).get(reverse("daily:report_form"))

    assert (page.status_code, page["Location"]) == (302, receipt)


def test_form_page_asks_a_fixed_number_of_questions(
    flood, unit, reporter, django_assert_max_num_queries
):
    reported(flood, unit, EVE, F06=9, F03=38, F14=0, F08="11.5")
    client = client_for(reporter)
    client.get(reverse("daily:report_form"))

    with django_assert_max_num_queries(34):
        client.get(reverse("daily:report_form"))


# --- the draft ---------------------------------------------------------------------------------


def save(user, report, fields, *, seen="", version=0):
    return client_for(user).post(
        reverse("daily:report_draft", args=[report.pk]),
        {"version": version, "seen": seen, "fields": fields},
        content_type="application/json",
    )


def test_draft_comes_back_in_the_form(report, reporter):
    answer = save(reporter, report, {"v-F03": "4十", "needs": "缺水泵", "evil": "x"})

    page = client_for(reporter).get(reverse("daily:report_form"))
    form = page.context["form"]
    report.refresh_from_db()
    assert report.state == ReportState.DRAFT
    assert (form["v-F03"].value(), form["needs"].value()) == ("4十", "缺水泵")
    assert "evil" not in report.draft["fields"]
    assert page.context["draft"]["mark"] == answer.json()["mark"]


def test_draft_of_another_device_is_not_overwritten(report, reporter, unit_leader, clock):
    save(reporter, report, {"v-F03": "40"})
    clock.move_to(moment_on(DAY, dt.time(16, 10)))

    answer = save(unit_leader, report, {"v-F03": "41"})

    assert answer.status_code == 409
    assert answer.json()["message"] == ("单位联络员 16:00 在另一处保存了草稿，请选择保留哪一份。")
    assert answer.json()["draft"]["fields"]["v-F03"] == "40"


def test_filing_does_not_take_away_a_draft_the_form_has_never_shown(
    report, reporter, unit_leader, clock
):
    drawn = {**typed(report, F03="41"), "draft_mark": ""}
    save(reporter, report, {"v-F03": "40", "v-F06": "9", "v-F14": "0", "v-F08": "12.5"})

    page = post(unit_leader, report, drawn)

    report.refresh_from_db()
    assert (page.status_code, report.version) == (409, 0)
    assert report.draft["fields"]["v-F03"] == "40"
    shown = [(one.label, one.mine, one.theirs) for one in page.context["differences"]]
    assert shown == [("当日下沉", Decimal(41), Decimal(40))]
    assert "单位联络员 16:00 在另一处保存了草稿" in page.context["form"].non_field_errors()[0]

    again = page.context["form"]
    kept = {name: again[name].value() for name in ("version", "submission", "draft_mark")}
    post(unit_leader, report, {**drawn, **kept})
    assert values_of(report)["F03"] == Decimal(41)


def test_draft_follows_its_own_mark(report, reporter, clock):
    mark = save(reporter, report, {"v-F03": "40"}).json()["mark"]
    clock.move_to(moment_on(DAY, dt.time(16, 10)))

    answer = save(reporter, report, {"v-F03": "41"}, seen=mark)

    assert answer.status_code == 200
    report.refresh_from_db()
    assert report.draft["fields"]["v-F03"] == "41"


def test_draft_of_a_filed_report_is_refused(report, unit_leader):
    post(unit_leader, report, typed(report))

    answer = save(unit_leader, report, {"v-F03": "41"}, version=1)

    assert (answer.status_code, answer.json()["message"]) == (
        409,
        "本日报现为“已报”，草稿未保存到服务器，您填写的内容仍在本机。",
    )
    assert answer.json()["draft"]["fields"]["v-F03"] == "40"


def test_broken_draft_is_refused(report, reporter):
    answer = client_for(reporter).post(
        reverse("daily:report_draft", args=[report.pk]), "[1", content_type="application/json"
    )

    assert answer.status_code == 400


def test_receipt_numbers_differ_between_two_floods_of_one_day(flood, report, unit, reporter):
    from tests.factories import CampaignFactory, CampaignIndicatorFactory

    other = CampaignFactory(code="flood-north", name="北部防汛")
    CampaignIndicatorFactory(campaign=other)
    second = expected(other, unit)
    post(reporter, report, typed(report))
    post(reporter, second, {"version": 0, "submission": str(uuid.uuid4())})

    receipts = set(ReportRevision.objects.values_list("receipt", flat=True))
    assert receipts == {
        f"20210805-FLOOD{flood.pk}-U901-1",
        f"20210805-FLOOD{other.pk}-U901-1",
    }


def test_history_lists_own_unit_only(flood, unit, foreign_unit, reporter):
    expected(flood, foreign_unit)
    reported(flood, unit, EVE, F06=9)
    expected(flood, unit)

    page = client_for(reporter).get(reverse("daily:report_mine"))

    assert [line.name for line in page.context["table"].lines] == ["示例甲", "示例甲"]


def test_revision_factory_agrees_with_the_services(report):
    revision = ReportRevisionFactory(report=report)

    assert revision.report.state == ReportState.FILED


def test_receipt_promises_to_withdraw_only_while_it_is_possible(report, reporter, clock):
    address = post(reporter, report, typed(report))["Location"]
    clock.move_to(AT_SIX)

    page = client_for(reporter).get(address)

    assert page.context["sentence"] == (
        "示例甲：8月5日日报已收到，编号20210805-FLOOD-U901-1，16:00。"
    )
    assert "撤回" not in page.content.decode()
