import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.core.dates import moment_on
from apps.daily.enums import FlashKind
from apps.daily.models import ContactNote
from apps.messaging.models import OutboxMessage
from tests.cast import client_for
from tests.factories import (
    ContactNoteFactory,
    FlashReportFactory,
    LadderStepFactory,
    UnitFactory,
)

from .report_day import AT_SIX, DAY, EVE, expected, reported

MISSING = "/daily/missing/"


def rows_of(user, **query):
    page = client_for(user).get(MISSING, {"day": "2021-08-05", **query})
    return page.context["rows"]


@pytest.fixture
def owing(flood, unit, foreign_unit):
    """The unit of the cast and a foreign one owe today's report; a third has filed."""
    filed = UnitFactory(short_name="示例丙", group=unit.group_memberships.get().group)
    reported(flood, filed, DAY, F03=4)
    return expected(flood, unit), expected(flood, foreign_unit)


def test_group_sees_its_own_units_alone(owing, liaison, staff):
    assert [str(row.report.unit) for row in rows_of(liaison)] == ["示例甲"]
    assert [str(row.report.unit) for row in rows_of(staff)] == ["示例甲", "示例乙"]


@pytest.mark.parametrize("who", ["reporter", "city", "outsider"])
def test_who_does_not_chase_does_not_see(owing, who, request):
    user = request.getfixturevalue(who)

    assert client_for(user).get(MISSING).status_code == 403


def test_heading_counts_what_the_person_sees(owing, liaison):
    page = client_for(liaison).get(MISSING)

    assert (page.context["asked"], page.context["filed"]) == (2, 1)


def test_row_shows_whom_to_ring_and_what_was_said(owing, liaison, unit, unit_leader):
    ContactNoteFactory(
        report=owing[0], note="称停电", at=moment_on(DAY, dt.time(15, 30)), by=liaison
    )

    html = client_for(liaison).get(MISSING).content.decode()

    for text in (unit.duty_phone, "15:30", "称停电", str(unit_leader), "第3组"):
        assert text in html


@pytest.mark.parametrize(
    ("at", "label"),
    [
        (dt.time(16, 0), "未报"),
        (dt.time(16, 31), "临近截报"),
        (dt.time(17, 20), "逾期20分钟"),
        (dt.time(18, 30), "逾期1小时30分钟"),
    ],
)
def test_tag_follows_the_clock(owing, liaison, clock, at, label):
    LadderStepFactory(campaign=owing[0].campaign)
    clock.move_to(moment_on(DAY, at))

    assert [row.tag.label for row in rows_of(liaison)] == [label]


def test_days_in_a_row_are_counted(flood, unit, owing, liaison):
    expected(flood, unit, EVE)
    reported(flood, unit, EVE - dt.timedelta(days=1), F03=3)

    assert [row.days_tag.label for row in rows_of(liaison)] == ["连续2日"]


def test_number_of_questions_does_not_grow_with_units(flood, owing, staff):
    client = client_for(staff)
    client.get(MISSING)

    def asked():
        with CaptureQueriesContext(connection) as captured:
            client.get(MISSING)
        return len(captured)

    few = asked()
    for _ in range(4):
        ContactNoteFactory(report=expected(flood, UnitFactory()))
    assert asked() == few


# --- 已联系 --------------------------------------------------------------------------------------


def test_contact_is_noted_and_the_row_comes_back(owing, liaison):
    answer = client_for(liaison).post(
        reverse("daily:report_contact", args=[owing[0].pk]),
        {"method": "phone", "note": "王处长，18时前报", "is_outage": "on"},
        headers={"HX-Request": "true"},
    )

    contact = ContactNote.objects.get()
    assert (contact.note, contact.by, contact.is_outage) == ("王处长，18时前报", liaison, True)
    html = answer.content.decode()
    assert html.strip().startswith(f'<tr id="m-{owing[0].pk}"')
    assert "王处长，18时前报" in html
    assert "停电断网" in html


@pytest.mark.parametrize("asked", ["foreign", "999999", "abc"])
def test_a_filter_of_nobody_is_named_and_hides_nobody(owing, liaison, foreign_unit, asked):
    if asked == "foreign":
        asked = foreign_unit.group_memberships.get().group_id

    page = client_for(liaison).get(MISSING, {"day": "2021-08-05", "group": asked, "category": "x"})

    assert [str(row.report.unit) for row in page.context["rows"]] == ["示例甲"]
    assert "筛选“联络组”没有起作用：所选的不在可选范围内，请重新选择。" in page.text
    assert "筛选“类别”没有起作用" in page.text
    assert "没有应报的日报" not in page.text


def test_an_unreadable_day_is_said_in_a_sentence(owing, staff):
    page = client_for(staff).get(MISSING, {"day": "abc"})

    assert page.status_code == 404
    assert "网址中的日期“abc”无法识别" in page.text


def test_contact_without_a_word_is_refused(owing, liaison):
    answer = client_for(liaison).post(
        reverse("daily:report_contact", args=[owing[0].pk]),
        {"method": "phone", "note": ""},
        headers={"HX-Request": "true"},
    )

    assert answer.status_code == 422
    assert ContactNote.objects.count() == 0


def test_foreign_unit_is_not_contacted(owing, liaison):
    answer = client_for(liaison).post(
        reverse("daily:report_contact", args=[owing[1].pk]), {"method": "phone", "note": "x"}
    )

    assert answer.status_code == 404


# --- 催报 ----------------------------------------------------------------------------------------


def test_confirm_list_names_who_is_told_and_who_is_left_out(flood, owing, staff, unit):
    led = UnitFactory(short_name="示例丁", is_leader_contact=True)
    dark = UnitFactory(short_name="示例戊")
    said = UnitFactory(short_name="示例己")
    for one in (led, dark, said):
        expected(flood, one)
    FlashReportFactory(
        campaign=flood, unit=dark, kind=FlashKind.OUTAGE, happened_at=moment_on(DAY, dt.time(9))
    )
    ContactNoteFactory(report=expected(flood, said), is_outage=True)

    page = client_for(staff).get("/daily/missing/chase/", {"day": "2021-08-05"})

    assert [str(row.report.unit) for row in page.context["told"]] == ["示例甲", "示例乙"]
    left_out = {str(row.report.unit) for row in page.context["left_out"]}
    assert left_out == {"示例丁", "示例戊", "示例己"}


def test_chase_writes_to_the_confirmed_units(owing, staff, unit, clock):
    LadderStepFactory(campaign=owing[0].campaign, rung="due", offset_minutes=0)
    clock.move_to(AT_SIX)

    client_for(staff).post("/daily/missing/chase/?day=2021-08-05", {"pk": [owing[0].pk]})

    mails = OutboxMessage.objects.values_list("address", "subject")
    assert list(mails) == [(unit.duty_email, "2021年防汛救灾日报已到截报时间")]


def test_group_cannot_chase_a_foreign_unit(owing, liaison):
    client_for(liaison).post("/daily/missing/chase/?day=2021-08-05", {"pk": [owing[1].pk]})

    assert OutboxMessage.objects.count() == 0


def test_copied_text_holds_totals_and_names_of_the_group_alone(owing, liaison, unit):
    page = client_for(liaison).get("/daily/missing/copy/", {"day": "2021-08-05"})

    ((label, text),) = page.context["texts"]
    assert label == "第3组"
    assert "第3组应报2家，已报1家，未报1家：示例甲。" in text
    assert unit.duty_phone not in text
