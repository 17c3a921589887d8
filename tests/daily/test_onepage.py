"""The one page of 07:30 and 22:00: what it says, to whom, and that it stays as it was drawn."""

import datetime as dt
import re
from html import unescape

import pytest
from django.urls import reverse

from apps.campaigns.enums import CampaignState
from apps.core.dates import moment_on
from apps.core.linked import plain
from apps.daily.enums import Edition, FlashKind, Fulfilment, ReportState
from apps.daily.models import DailyReport, OnePage
from apps.daily.services import locking
from apps.daily.services.onepages import keep_page
from apps.daily.wording_onepage import TEXT_LIMIT
from apps.figures.enums import CorrectionState, IndicatorKind, Measure, Rollup, Section
from apps.figures.models import Figure
from apps.jobs.services import run_due
from tests.cast import client_for
from tests.factories import (
    CampaignFactory,
    CampaignIndicatorFactory,
    CityTalkFactory,
    CityTalkItemFactory,
    CorrectionFactory,
    DailyReportFactory,
    DailyRoundFactory,
    DeploymentDayFactory,
    DeploymentFactory,
    FlashReportFactory,
    IndicatorFactory,
    MilestoneFactory,
    NeedForecastFactory,
    UnitFactory,
)

EVE = dt.date(2021, 8, 4)
DAY = dt.date(2021, 8, 5)
NEXT = dt.date(2021, 8, 6)


@pytest.fixture
def campaign(db):
    campaign = CampaignFactory(name="2021年防汛救灾", starts_on=dt.date(2021, 7, 20))
    for code, name, measure, restricted in (
        ("F01", "在岗下沉党员", Measure.PEOPLE, False),
        ("F14", "下沉人员伤病", Measure.PEOPLE, True),
    ):
        indicator = IndicatorFactory(
            code=code,
            name=name,
            measure=measure,
            kind=IndicatorKind.STOCK,
            rollup=Rollup.SUM,
            section=Section.FORCE,
            is_restricted=restricted,
        )
        CampaignIndicatorFactory(campaign=campaign, indicator=indicator, is_typed=restricted)
    return campaign


@pytest.fixture
def silent(group):
    return UnitFactory(
        short_name="示例丁", group=group, is_leader_contact=True, duty_phone="0371-65900001"
    )


@pytest.fixture
def deployment(campaign, unit):
    found = DeploymentFactory(campaign=campaign, unit=unit, starts_on=DAY)
    DeploymentDayFactory(deployment=found, on=DAY, expected=12, present=12, night=5)
    return found


@pytest.fixture
def locked(campaign, unit, silent, deployment):
    """5 August, locked: one of two units filed, 12 on post, 5 of them by night."""
    DailyReportFactory(campaign=campaign, unit=unit, on=DAY, state=ReportState.FILED)
    DailyReportFactory(campaign=campaign, unit=silent, on=DAY)
    talk = CityTalkFactory(round=DailyRoundFactory(campaign=campaign, on=DAY))
    CityTalkItemFactory(talk=talk, content="甲社区值守", heads=6, fulfilment=Fulfilment.OPEN)
    locking.lock_day(campaign, on=DAY, now=moment_on(DAY, dt.time(19)))
    return campaign


def drawn(campaign, edition, on):
    at = dt.time(22) if edition == Edition.NIGHT else dt.time(7, 30)
    page = keep_page(campaign, on=on, edition=edition, now=moment_on(on, at))
    page.refresh_from_db()
    return page.content


def lines(content, title):
    found = next(s["lines"] for s in content["sections"] if s["title"].endswith(title))
    return [plain(line) for line in found]


def words(answer):
    """What is read on a page, without its markup."""
    return re.sub("<[^>]+>", "", answer.content.decode())


def test_the_night_page_answers_the_leaders_questions(locked, unit):
    content = drawn(locked, Edition.NIGHT, DAY)

    assert lines(content, "数据核定") == ["当日数据已于19:00锁定。", "今日尚无向上报送记录。"]
    assert "截至8月5日17时，在岗下沉党员12人" in lines(content, "今日情况")[0]
    assert lines(content, "未报单位") == ["第3组：示例丁"]
    assert lines(content, "请领导联系") == ["示例丁，值班电话0371-65900001。"]
    assert lines(content, "舆情") == ["无舆情报告。"]
    assert lines(content, "明日见报用数") == ["截至8月5日17时：在岗下沉党员12人。（核定数）"]


@pytest.mark.parametrize(("edition", "on"), [(Edition.NIGHT, DAY), (Edition.MORNING, NEXT)])
def test_each_number_of_a_sentence_opens_its_rows(locked, deployment, leader, edition, on):
    FlashReportFactory(campaign=locked, at=moment_on(DAY, dt.time(22, 30)), kind=FlashKind.OPINION)
    DeploymentFactory(campaign=locked, starts_on=NEXT)
    page = keep_page(locked, on=on, edition=edition, now=moment_on(on, dt.time(22)))
    client = client_for(leader)

    body = client.get(page.get_absolute_url()).content.decode()

    sections = body.partition('<section class="page-section">')[2]
    links = re.findall('<a class="rows" href="([^"]+)">([^<]+)</a>', sections)
    assert {"12人", "5人", "0人"} <= {text for _, text in links}
    assert {client.get(unescape(url)).status_code for url, _ in links} == {200}


def test_a_corrected_number_stands_as_it_was_locked(locked, unit, staff):
    CorrectionFactory(
        figure=Figure.objects.leaves().get(unit=unit, indicator__code="F01"),
        old=12,
        new=14,
        state=CorrectionState.ACCEPTED,
        reviewed_by=staff,
        reviewed_at=moment_on(DAY, dt.time(21)),
    )

    content = drawn(locked, Edition.NIGHT, DAY)

    assert "在岗下沉党员12人（更正后14人）" in lines(content, "今日情况")[0]
    assert lines(content, "明日见报用数")[0].endswith("12人（更正后14人）。（核定数）")
    (kpi,) = [one for one in content["kpis"] if one["label"] == "在岗下沉党员"]
    assert (kpi["value"], kpi["corrected"]["text"]) == ("12", "更正后 14 人")
    shown = (
        client_for(staff)
        .get(reverse("daily:one_page", args=[locked.code, DAY, "night"]))
        .content.decode()
    )
    assert "更正后 14 人</a>" in shown


def test_the_morning_page_is_about_the_day_before(locked, deployment):
    content = drawn(locked, Edition.MORNING, NEXT)

    assert content["about"] == "2021-08-05"
    assert content["stage"] == "核定数"
    assert lines(content, "昨夜今晨") == ["无突发情况报告；下沉人员伤病0人。"]
    assert any(line.startswith("夜班5人。带队：") for line in lines(content, "在岗情况"))
    assert lines(content, "需求对接") == [
        "市直工委提出1项，已落实0项，未落实1项：甲社区值守（6人）。"
    ]


def test_the_night_is_told_by_its_own_hours(locked, unit):
    FlashReportFactory(
        campaign=locked, unit=unit, kind=FlashKind.OPINION, at=moment_on(DAY, dt.time(21))
    )
    FlashReportFactory(
        campaign=locked, unit=unit, kind=FlashKind.INCIDENT, at=moment_on(DAY, dt.time(23))
    )

    night = drawn(locked, Edition.NIGHT, DAY)
    morning = drawn(locked, Edition.MORNING, NEXT)

    assert lines(night, "舆情") == ["舆情报告1起：示例甲。"]
    assert lines(morning, "昨夜今晨") == [
        "突发情况报告1起；下沉人员伤病0人。",
        "23:00 示例甲报告突发情况，正在处理。",
    ]


def test_the_text_is_short_and_names_nobody(locked, group):
    for number in range(40):
        late = UnitFactory(short_name=f"示例单位{number:02}", group=group)
        DailyReportFactory(campaign=locked, unit=late, on=DAY)

    text = drawn(locked, Edition.NIGHT, DAY)["text"]

    assert len(text) <= TEXT_LIMIT
    assert text.startswith("【2021年防汛救灾22点情况（8月5日）】应报42家，已报1家。")
    assert text.endswith("——省直机关工委办公室，22:00")
    assert "0371" not in text
    assert "伤病" not in text


def test_what_came_after_the_lock_is_told_apart_from_what_was_locked(locked, silent):
    DailyReport.objects.filter(unit=silent).update(state=ReportState.LATE)

    text = drawn(locked, Edition.MORNING, NEXT)["text"]

    assert "应报2家，已报1家，锁定后补报1家。" in text


def test_what_stands_in_for_a_day_not_entered_is_of_deployments(campaign, deployment, silent):
    absent = DeploymentFactory(campaign=campaign, unit=silent, starts_on=EVE)
    DeploymentDayFactory(deployment=absent, on=EVE, expected=7, present=7, night=0)
    for unit in (deployment.unit, silent):
        DailyReportFactory(campaign=campaign, unit=unit, on=DAY, state=ReportState.FILED)
    for on in (EVE, DAY):
        locking.lock_day(campaign, on=on, now=moment_on(on, dt.time(19)))

    text = drawn(campaign, Edition.MORNING, NEXT)["text"]

    assert "未登记任务暂按前日数计，约19人。" in text
    assert "未报单位" not in text


def test_a_page_stays_as_it_was_drawn(locked, deployment, staff):
    drawn(locked, Edition.NIGHT, DAY)
    FlashReportFactory(
        campaign=locked,
        unit=deployment.unit,
        kind=FlashKind.OPINION,
        at=moment_on(DAY, dt.time(20)),
    )
    again = drawn(locked, Edition.NIGHT, DAY)
    client = client_for(staff)
    url = reverse("daily:one_page_draw", args=[locked.code, DAY, "night"])

    client.post(url)

    assert lines(again, "舆情") == ["无舆情报告。"]
    versions = OnePage.objects.order_by("version")
    assert [(page.version, page.made_by) for page in versions] == [(1, None), (2, staff)]
    page = client.get(reverse("daily:one_page", args=[locked.code, DAY, "night"]))
    assert "舆情报告1起" in words(page)
    assert "第2版" in page.content.decode()


def test_before_the_lock_nothing_may_be_quoted(campaign, unit, deployment):
    DailyReportFactory(campaign=campaign, unit=unit, on=DAY)

    content = drawn(campaign, Edition.NIGHT, DAY)

    assert lines(content, "数据核定")[0] == "当日数据尚未锁定，以下为快报数，未核定。"
    assert lines(content, "明日见报用数") == ["数据尚未锁定，暂不可对外使用。"]


def test_both_editions_are_jobs_of_their_hours(locked):
    locked.state = CampaignState.ACTIVE
    locked.save()

    run_due(now=moment_on(DAY, dt.time(22, 1)), on=DAY, jobs=["night_page"])
    run_due(now=moment_on(NEXT, dt.time(7, 31)), on=NEXT, jobs=["morning_page"])
    run_due(now=moment_on(NEXT, dt.time(7, 32)), on=NEXT, jobs=["morning_page"])

    kept = OnePage.objects.order_by("made_at").values_list("on", "edition", "version")
    assert list(kept) == [(DAY, "night", 1), (NEXT, "morning", 1)]


@pytest.mark.parametrize("name", ["liaison", "reporter", "unit_leader", "city", "editor"])
def test_the_page_is_the_offices_own(locked, request, name):
    client = client_for(request.getfixturevalue(name))

    for address in (
        reverse("daily:one_page_today"),
        reverse("daily:one_page", args=[locked.code, DAY, "night"]),
    ):
        assert client.get(address).status_code == 403


def test_an_unknown_edition_or_day_is_not_found(locked, staff):
    client = client_for(staff)

    for edition, on in (("noon", "2021-08-05"), ("night", "2021-13-05"), ("night", "2020-01-01")):
        address = reverse("daily:one_page", args=[locked.code, on, edition])
        assert client.get(address).status_code == 404
    assert (
        client.post(reverse("daily:one_page_draw", args=[locked.code, "2021-08-05", "noon"]))
    ).status_code == 404


def test_limits_near_and_what_was_proven_stand_on_the_page(locked, leader):
    for name, reached, more in (
        ("恢复供电", dt.time(20), {}),
        ("恢复供水", dt.time(20), {"source_at": None}),
        ("道路通行", None, {}),
    ):
        MilestoneFactory(
            campaign=locked,
            name=name,
            started_at=moment_on(dt.date(2021, 8, 3), dt.time(1)),
            reached_at=reached and moment_on(DAY, reached),
            recorded_at=reached and moment_on(DAY, dt.time(21)),
            **more,
        )
    NeedForecastFactory(campaign=locked, on=NEXT, heads=34, low=0, high=40)

    page = keep_page(
        locked, on=DAY, edition=Edition.NIGHT, now=moment_on(DAY, dt.time(22)), by=None
    )
    body = words(client_for(leader).get(page.get_absolute_url()))

    assert "恢复供电（72小时内）：据省电力公司通报，20:00如期实现。" in body
    assert "道路通行（72小时内）临近时限：应于8月6日 01:00前实现。" in body
    assert "恢复供水" not in body
    assert "按已登记需求和近七日情况推算，明日需求约34人，以登记为准。" in body
