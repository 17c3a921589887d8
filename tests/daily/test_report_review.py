import datetime as dt
from decimal import Decimal

from django.urls import reverse

from apps.core.dates import moment_on
from apps.daily.enums import ReportState
from apps.daily.models import DailyReport, Exemption
from apps.figures.models import Correction
from apps.messaging.models import InboxMessage, OutboxMessage
from apps.units.enums import Role
from tests.cast import client_for
from tests.factories import FigureFactory, PostingFactory, SnapshotFactory

from .report_day import AT_FOUR, AT_SIX, DAY, EVE, expected, reported, typed, values_of


def press(user, name, report, **data):
    return client_for(user).post(
        f"{reverse(f'daily:{name}', args=[report.pk])}?version={report.version}", data
    )


def file(user, report, **fields):
    client_for(user).post(reverse("daily:report_edit", args=[report.pk]), typed(report, **fields))
    report.refresh_from_db()


def test_unit_reviewer_lets_the_report_out(report, reporter, unit_leader):
    file(reporter, report)

    press(unit_leader, "report_approve", report)

    report.refresh_from_db()
    assert (report.state, report.reviewed_by, report.reviewed_at) == (
        ReportState.FILED,
        unit_leader,
        AT_FOUR,
    )


def test_reporter_does_not_approve(report, reporter):
    file(reporter, report)

    assert press(reporter, "report_approve", report).status_code == 403
    report.refresh_from_db()
    assert report.state == ReportState.UNIT_REVIEW


def test_approval_of_what_has_changed_is_refused(report, reporter, unit_leader):
    file(reporter, report)
    drawn = DailyReport.objects.get(pk=report.pk)
    file(reporter, report, F03="41")

    assert press(unit_leader, "report_approve", drawn).status_code == 409


def test_filed_before_review_gets_its_reviewer_later(report, reporter, unit_leader):
    file(reporter, report, before_review="on")

    press(unit_leader, "report_approve", report)

    report.refresh_from_db()
    assert (report.state, report.reviewed_by) == (ReportState.FILED, unit_leader)


def test_unit_reviewer_hands_back_to_the_reporter(report, reporter, unit_leader):
    file(reporter, report)

    press(unit_leader, "report_return_in_unit", report, reason="清淤数请核对")

    report.refresh_from_db()
    assert (report.state, report.return_reason) == (ReportState.RETURNED, "清淤数请核对")


def test_group_accepts(report, unit_leader, liaison):
    file(unit_leader, report)

    press(liaison, "report_accept", report)

    report.refresh_from_db()
    assert report.state == ReportState.ACCEPTED


def test_nobody_reviews_his_own_unit(report, unit_leader, liaison, unit):
    PostingFactory(user=liaison, role=Role.REPORTER, unit=unit)
    file(unit_leader, report)

    assert press(liaison, "report_accept", report).status_code == 403
    report.refresh_from_db()
    assert report.state == ReportState.FILED


def test_foreign_groups_report_is_404(flood, foreign_unit, liaison):
    theirs = reported(flood, foreign_unit, DAY, F03=4)

    assert press(liaison, "report_accept", theirs).status_code == 404


def test_returned_report_is_told_in_the_offices_words(report, reporter, unit_leader, liaison):
    file(unit_leader, report, F06="14")

    press(
        liaison,
        "report_return",
        report,
        indicator="值守卡口",
        reason="与昨日相差较大",
        due_at="2021-08-05T18:30",
    )

    report.refresh_from_db()
    note = InboxMessage.objects.get(user=reporter, subject__contains="退回")
    assert report.state == ReportState.RETURNED
    assert note.text == (
        "示例甲：8月5日日报中“值守卡口”14个，与昨日相差较大。"
        "请核实后于18:30前重新报送；情况属实的，请填写说明。"
    )
    addresses = set(OutboxMessage.objects.values_list("address", flat=True))
    assert addresses == {"u901@example.invalid", reporter.email, unit_leader.email}


def test_returned_until_yesterday_is_refused(report, unit_leader, liaison):
    file(unit_leader, report)

    page = press(liaison, "report_return", report, reason="请核对", due_at="2021-08-05T15:00")

    assert page.status_code == 422
    assert page.context["form"].errors == {"due_at": ["重报时限应晚于现在。"]}


def test_returned_report_is_filed_again(report, reporter, unit_leader, liaison):
    file(unit_leader, report)
    press(liaison, "report_return", report, reason="请核对", due_at="2021-08-05T18:30")
    report.refresh_from_db()

    file(unit_leader, report, F03="39")

    assert (report.state, report.return_reason) == (ReportState.FILED, "")
    assert values_of(report)["F03"] == Decimal(39)


def test_withdrawn_before_due_becomes_a_draft_with_its_values(report, unit_leader):
    file(unit_leader, report, F03="约40", needs="缺水泵")

    press(unit_leader, "report_withdraw", report)

    page = client_for(unit_leader).get(reverse("daily:report_form"))
    form = page.context["form"]
    report.refresh_from_db()
    assert (report.state, report.version) == (ReportState.DRAFT, 2)
    assert (form["v-F03"].value(), form["needs"].value()) == ("约40", "缺水泵")


def test_withdrawal_after_due_is_refused(report, unit_leader, clock):
    file(unit_leader, report)
    clock.move_to(AT_SIX)

    page = press(unit_leader, "report_withdraw", report)

    assert page.status_code == 409
    assert "已过截报时间（17:00），不能撤回修改" in page.content.decode()
    report.refresh_from_db()
    assert report.state == ReportState.FILED


# --- 代录 ----------------------------------------------------------------------------------------


def proxy(report, **fields):
    source = {"source": "phone", "source_name": "王处长", "source_at": "2021-08-05T15:50"}
    return typed(report, **{**source, **fields})


def test_liaison_enters_for_a_unit_without_power(report, reporter, liaison):
    client_for(liaison).post(reverse("daily:report_edit", args=[report.pk]), proxy(report))

    report.refresh_from_db()
    revision = report.current
    assert report.state == ReportState.FILED
    assert (revision.source, revision.source_name, revision.source_at, revision.by) == (
        "phone",
        "王处长",
        moment_on(DAY, dt.time(15, 50)),
        liaison,
    )
    note = InboxMessage.objects.get(user=reporter, subject__contains="已收到")
    assert note.text.endswith("联络服务小组据电话代录，请核对。")


def test_proxy_must_say_where_it_came_from(report, liaison):
    data = proxy(report, source_name="")

    page = client_for(liaison).post(reverse("daily:report_edit", args=[report.pk]), data)

    assert page.context["form"].errors == {"source_name": ["请填写。"]}


def test_proxy_call_in_the_future_is_refused(report, liaison):
    data = proxy(report, source_at="2021-08-05T23:00")

    page = client_for(liaison).post(reverse("daily:report_edit", args=[report.pk]), data)

    assert page.context["form"].errors == {"source_at": ["来电（来件）时间不能晚于现在。"]}


def test_restricted_value_is_hidden_from_the_group(report, unit_leader, liaison, staff):
    file(unit_leader, report, F14="2")

    def shown(user):
        page = client_for(user).get(reverse("daily:report_detail", args=[report.pk]))
        return {str(line.value) for line in page.context["values"] if line.name == "下沉人员伤病"}

    assert (shown(liaison), shown(staff), shown(unit_leader)) == ({"保密"}, {"2.00"}, {"2.00"})


def test_restricted_value_is_not_on_the_receipt_that_is_sent_on(report, unit_leader):
    file(unit_leader, report, F14="2")
    receipt = reverse("daily:receipt", args=[report.current.receipt])

    values = client_for(unit_leader).get(receipt).context["values"]

    assert ("下沉人员伤病", "保密", True) in values


# --- after the lock ------------------------------------------------------------------------------


def lock(report, **values):
    """The day locked at seven with the unit's leaves; N's service has its own tests."""
    snapshot = SnapshotFactory(campaign=report.campaign, on=report.on)
    for row in report.campaign.indicators.filter(is_typed=True).select_related("indicator"):
        FigureFactory(
            snapshot=snapshot,
            indicator=row.indicator,
            unit=report.unit,
            group=report.group,
            category=report.category,
            value=values.get(row.indicator.code),
        )
    DailyReport.objects.filter(pk=report.pk).update(frozen_at=snapshot.taken_at)
    report.refresh_from_db()


def test_filed_after_the_lock_is_supplementary_and_proposes_corrections(report, reporter, clock):
    lock(report)
    clock.move_to(moment_on(DAY, dt.time(20, 0)))

    file(reporter, report, explanation="停电，20时来电")

    proposed = {
        row.figure.indicator.code: (row.old, row.new, row.reason)
        for row in Correction.objects.select_related("figure__indicator")
    }
    assert report.state == ReportState.LATE
    assert report.current.is_after_lock is True
    assert proposed == {
        "F06": (None, Decimal(9), "停电，20时来电"),
        "F03": (None, Decimal(40), "停电，20时来电"),
        "F14": (None, Decimal(0), "停电，20时来电"),
        "F08": (None, Decimal("12.5"), "停电，20时来电"),
    }


def test_after_the_lock_only_what_differs_is_proposed(report, unit_leader, clock):
    file(unit_leader, report)
    lock(report, F06=9, F03=40, F14=0, F08=Decimal("12.5"))
    clock.move_to(moment_on(DAY, dt.time(20, 0)))

    file(unit_leader, report, F03="46", explanation="漏计夜班")
    file(unit_leader, report, F03="46", explanation="漏计夜班")

    rows = Correction.objects.values_list("figure__indicator__code", "old", "new")
    assert list(rows) == [("F03", Decimal(40), Decimal(46))]


def test_after_the_lock_a_reason_is_asked(report, reporter):
    lock(report)

    page = client_for(reporter).post(reverse("daily:report_edit", args=[report.pk]), typed(report))

    assert page.status_code == 422
    assert "explanation" in page.context["form"].errors
    assert Correction.objects.count() == 0


def test_reviewed_only_after_the_lock_becomes_supplementary(report, reporter, unit_leader):
    file(reporter, report)
    lock(report)

    press(unit_leader, "report_approve", report)

    report.refresh_from_db()
    assert report.state == ReportState.LATE
    assert Correction.objects.count() == 4


# --- 免报, and the list ----------------------------------------------------------------------------


def test_exempt_unit_leaves_the_denominator(flood, report, staff, reporter):
    press(
        staff,
        "report_exempt",
        report,
        starts_on="2021-08-05",
        ends_on="2021-08-06",
        reason="办公区受淹",
    )

    tomorrow = expected(flood, report.unit, DAY + dt.timedelta(days=1))
    page = client_for(reporter).get(reverse("daily:report_form"))
    assert Exemption.objects.get().approved_by == staff
    assert tomorrow.state == ReportState.EXEMPT
    assert DailyReport.objects.asked().count() == 0
    assert page.status_code == 422
    assert "当日已批准免报" in page.content.decode()


def test_liaison_does_not_exempt(report, liaison):
    assert press(liaison, "report_exempt", report).status_code == 403


def test_expected_rows_take_group_and_category_of_the_day(flood, unit, group, foreign_group):
    membership = unit.group_memberships.get()
    membership.ends_on = EVE
    membership.save()
    foreign_group.memberships.create(unit=unit, starts_on=DAY)

    before, today = expected(flood, unit, EVE), expected(flood, unit, DAY)

    assert (before.group, today.group) == (group, foreign_group)
    assert today.due_at == moment_on(DAY, dt.time(17, 0))


def test_list_is_scoped_filtered_and_asks_a_fixed_number_of_questions(
    flood, unit, foreign_unit, liaison, staff, django_assert_num_queries
):
    from tests.factories import UnitFactory

    reported(flood, unit, DAY, F03=4)
    expected(flood, foreign_unit)
    address = reverse("daily:report_list")
    client = client_for(staff)
    client.get(address)
    queries = _count(client, address)
    for _ in range(3):
        expected(flood, UnitFactory())

    mine = client_for(liaison).get(address).context["table"].lines
    filed = client.get(address, {"state": "filed", "day": "2021-08-05"}).context["table"].lines
    with django_assert_num_queries(queries):
        client.get(address)

    assert [line.name for line in mine] == ["示例甲"]
    assert [line.name for line in filed] == ["示例甲"]


def _count(client, address):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as captured:
        client.get(address)
    return len(captured)


def test_ticked_rows_are_accepted_together_and_the_rest_is_named(flood, unit, foreign_unit, staff):
    filed, missing = reported(flood, unit, DAY, F03=4), expected(flood, foreign_unit)

    client = client_for(staff)
    client.post(reverse("daily:report_accept_many"), {"pk": [filed.pk, missing.pk]})
    page = client.get(reverse("daily:report_list"))

    filed.refresh_from_db()
    assert filed.state == ReportState.ACCEPTED
    assert [str(message) for message in page.context["messages"]] == [
        "已审核通过 1 份。",
        "未办理：示例乙（未报、已审核或须他人审核）。",
    ]


def test_detail_shows_what_each_revision_changed(report, reporter, unit_leader):
    file(reporter, report, F03="40")
    file(unit_leader, report, F03="约46")

    page = client_for(unit_leader).get(reverse("daily:report_detail", args=[report.pk]))

    assert [(event.title, event.text) for event in page.context["timeline"]] == [
        ("第2次报送（本单位填报）", "当日下沉：40人次 → 约46人次"),
        ("第1次报送（本单位填报）", ""),
    ]
