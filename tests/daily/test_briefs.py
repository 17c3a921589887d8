"""简报 of a day and 报告 of a campaign: from locked figures, proved, signed, pointed to by mail."""

import datetime as dt
from decimal import Decimal
from io import BytesIO

import docx
import pytest
from django.urls import reverse

from apps.campaigns.enums import CampaignState
from apps.core.dates import moment_on
from apps.daily.enums import FlashKind, Fulfilment, ReportState
from apps.daily.errors import BriefRefusedError
from apps.daily.models import CampaignDocument, DailyReport
from apps.daily.services import briefs, digests, locking
from apps.figures.enums import CorrectionState, IndicatorKind, Measure, ScopeKind
from apps.figures.models import Correction, Figure
from apps.jobs.models import Occurrence
from apps.jobs.services import run_due
from apps.messaging.models import OutboxMessage
from apps.office.documents import services
from apps.office.documents.content import from_json
from apps.office.models import Document
from tests.cast import client_for
from tests.factories import (
    CampaignFactory,
    CampaignIndicatorFactory,
    CityTalkFactory,
    CityTalkItemFactory,
    CorrectionFactory,
    DailyReportFactory,
    DailyRoundFactory,
    DispatchNoteFactory,
    FlashReportFactory,
    IndicatorFactory,
    JudgmentFactory,
    MilestoneFactory,
    ReportRevisionFactory,
    ReportValueFactory,
    UnitActivationFactory,
    UnitFactory,
)

EVE, DAY, NEXT = (dt.date(2021, 8, day) for day in (4, 5, 6))
NIGHT, MORNING = moment_on(DAY, dt.time(22)), moment_on(NEXT, dt.time(7))


@pytest.fixture
def campaign(db):
    campaign = CampaignFactory(
        code="flood-2021", name="2021年防汛救灾", starts_on=EVE, state=CampaignState.ACTIVE
    )
    for position, (code, name, measure, kind, restricted) in enumerate(
        (
            ("F01", "在岗下沉党员", Measure.PEOPLE, IndicatorKind.STOCK, False),
            ("F07", "道路清障", Measure.SPOTS, IndicatorKind.FLOW, False),
            ("F14", "下沉人员伤病", Measure.PEOPLE, IndicatorKind.FLOW, True),
        )
    ):
        indicator = IndicatorFactory(
            code=code,
            name=name,
            measure=measure,
            kind=kind,
            is_restricted=restricted,
            sort_order=position,
        )
        CampaignIndicatorFactory(campaign=campaign, indicator=indicator, position=position)
    return campaign


@pytest.fixture
def silent(group):
    return UnitFactory(short_name="示例丁", group=group)


def filed(campaign, unit, on, **values):
    """A report that stands, with values by indicator code."""
    report = DailyReportFactory(campaign=campaign, unit=unit, on=on, state=ReportState.FILED)
    revision = ReportRevisionFactory(report=report)
    for row in campaign.indicators.filter(indicator__code__in=values).select_related("indicator"):
        ReportValueFactory(
            revision=revision,
            indicator=row.indicator,
            value=Decimal(values[row.indicator.code]),
        )
    return report


def lock(campaign, on, hour=19):
    return locking.lock_day(campaign, on=on, now=moment_on(on, dt.time(hour)))


@pytest.fixture
def locked(campaign, unit, silent):
    """4 and 5 August: 示例甲 filed on both days, 示例丁 on neither; both days are locked."""
    for one in (unit, silent):
        UnitActivationFactory(campaign=campaign, unit=one, starts_on=EVE)
    filed(campaign, unit, EVE, F01=1200, F07=3, F14=0)
    DailyReportFactory(campaign=campaign, unit=silent, on=EVE)
    lock(campaign, EVE)
    filed(campaign, unit, DAY, F01=1250, F07=4, F14=0)
    DailyReportFactory(campaign=campaign, unit=silent, on=DAY)
    lock(campaign, DAY)
    return campaign


def paragraphs(document):
    return [block.text for block in from_json(document.content).blocks]


def words(attachment):
    with attachment.file.open("rb") as file:
        return "\n".join(line.text for line in docx.Document(BytesIO(file.read())).paragraphs)


def leaf(unit, code, on=DAY):
    return Figure.objects.get(
        unit=unit, indicator__code=code, snapshot__on=on, snapshot__withdrawn_at=None
    )


def total(code, on=DAY):
    return Figure.objects.get(
        scope=ScopeKind.TOTAL,
        indicator__code=code,
        snapshot__on=on,
        snapshot__withdrawn_at=None,
    )


# --- the brief -----------------------------------------------------------------------------------


def test_the_brief_tells_the_day_in_prose_from_locked_figures(locked):
    brief = briefs.make_brief(locked, on=DAY, now=NIGHT)

    assert (brief.title, brief.state, brief.made_by) == (
        "2021年8月5日防汛救灾工作情况",
        "draft",
        None,
    )
    assert paragraphs(brief) == [
        "一、总体情况",
        "截至2021年8月5日17时，在岗下沉党员1250人，同口径（1家）较前日增加50人。以上为核定数，锁定后的更正另列。",
        "其中，省直机关1250人。",
        "当日主要工作量：道路清障4处。",
        "应报2家，已报1家，未报1家。锁定时未报的不计入以上数据。",
        "二、突发和人员安全",
        "无突发情况报告；下沉人员伤病0人。",
        "三、需求对接",
        "市直工委未提出新的需求。",
        "四、未报单位",
        "第3组：示例丁。",
        "其中连续两日以上未报1家。",
    ]


def test_each_number_remembers_its_figure(locked):
    brief = briefs.make_brief(locked, on=DAY, now=NIGHT)

    numbers = from_json(brief.content).references
    present = total("F01")
    assert (numbers[0].ids, numbers[0].value, numbers[0].indicator, numbers[0].on) == (
        (present.pk,),
        Decimal(1250),
        "F01",
        "2021-08-05",
    )
    assert numbers[0].url == reverse("daily:figure_rows", args=[locked.code, "2021-08-05", "F01"])
    assert all(number.url for number in numbers)
    owed = next(number.url for number in numbers if number.name == "未报单位")
    assert owed == f"/daily/missing/?campaign={locked.code}&day=2021-08-05"


def test_a_day_that_is_not_locked_has_no_brief(campaign, unit):
    filed(campaign, unit, DAY, F01=1250)
    locking.take_flash_figures(campaign, on=DAY, now=moment_on(DAY, dt.time(18)))

    with pytest.raises(BriefRefusedError, match="8月5日数据尚未锁定。简报只用核定数"):
        briefs.make_brief(campaign, on=DAY, now=NIGHT)


def test_what_people_said_and_signed_is_quoted(locked, leader, unit):
    round_ = DailyRoundFactory(campaign=locked, on=DAY)
    talk = CityTalkFactory(round=round_)
    CityTalkItemFactory(talk=talk, content="3号院值守", heads=6, fulfilment=Fulfilment.OPEN)
    CityTalkItemFactory(talk=talk, content="送水", fulfilment=Fulfilment.DONE)
    partly = {"heads": 5, "fulfilment": Fulfilment.PARTLY}
    CityTalkItemFactory(talk=talk, content="5号院 卡口值守 5 人", **partly)
    CityTalkItemFactory(
        talk=talk, content="搬运，原需18人", heads=8, fulfilment=Fulfilment.DECLINED
    )
    JudgmentFactory(round=round_, opinion="金水区缺50人。", signed_by=leader, signed_at=NIGHT)
    DispatchNoteFactory(round=round_, content="增派20人。\n轮换10人。")
    FlashReportFactory(
        campaign=locked,
        unit=unit,
        kind=FlashKind.INCIDENT,
        at=moment_on(DAY, dt.time(9)),
        injured=2,
    )

    text = paragraphs(briefs.make_brief(locked, on=DAY, now=NIGHT))

    assert "突发情况报告1起；下沉人员伤病0人，动态报告登记2人。" in text
    assert (
        "市直工委提出4项，已落实1项，未落实1项：3号院值守（6人）。"
        "部分落实1项：5号院卡口值守5人。不能落实1项：搬运，原需18人（8人）。"
    ) in text
    assert text[text.index("四、研判意见") + 1] == "金水区缺50人。"
    assert "增派20人。" not in text  # nobody has signed the dispatch


def test_corrections_since_the_last_signed_brief_are_printed(locked, unit, silent, leader, staff):
    def accept(figure, old, new, at, reason="漏计夜班"):
        return CorrectionFactory(
            figure=figure,
            old=old,
            new=new,
            reason=reason,
            state=CorrectionState.ACCEPTED,
            reviewed_by=staff,
            reviewed_at=at,
        )

    accept(leaf(unit, "F01", EVE), 1200, 1210, moment_on(EVE, dt.time(20)))
    eve = briefs.make_brief(locked, on=EVE, now=moment_on(EVE, dt.time(22)))
    unsigned = paragraphs(briefs.make_brief(locked, on=DAY, now=NIGHT))
    services.sign_document(eve, by=leader, now=moment_on(DAY, dt.time(7)))
    accept(leaf(unit, "F01", EVE), 1210, 1215, moment_on(DAY, dt.time(9)), reason="重复登记5人")
    accept(leaf(silent, "F01"), None, 30, moment_on(DAY, dt.time(21)))
    draft = Document.objects.get(about__on=DAY)
    signed = paragraphs(briefs.make_anew(draft, by=staff, now=NIGHT))

    first = "2021年8月4日示例甲在岗下沉党员1200人更正为1210人，原因：漏计夜班。"
    assert first in paragraphs(eve)
    assert first in unsigned
    assert signed[signed.index("五、更正") + 1 :] == [
        "2021年8月4日示例甲在岗下沉党员1210人更正为1215人，原因：重复登记5人。",
        "2021年8月5日数据锁定后补报1家：示例丁，已列入更正。",
    ]
    assert "在岗下沉党员1250人" in signed[1]  # what was published does not move


def test_the_first_brief_prints_the_corrections_of_its_own_period(locked, unit, staff):
    def accept(new, at):
        CorrectionFactory(
            figure=leaf(unit, "F01", EVE),
            old=1200,
            new=new,
            state=CorrectionState.ACCEPTED,
            reviewed_by=staff,
            reviewed_at=at,
        )

    accept(1210, moment_on(EVE, dt.time(20)))
    accept(1215, moment_on(DAY, dt.time(9)))

    text = "".join(paragraphs(briefs.make_brief(locked, on=DAY, now=NIGHT)))

    assert "更正为1215人" in text
    assert "更正为1210人" not in text


def corrected_on_the_next_day(campaign, unit, *, by):
    filed(campaign, unit, NEXT, F01=1260, F07=1, F14=0)
    lock(campaign, NEXT)
    CorrectionFactory(
        figure=leaf(unit, "F01", NEXT),
        old=1260,
        new=1270,
        state=CorrectionState.ACCEPTED,
        reviewed_by=by,
        reviewed_at=moment_on(NEXT, dt.time(20)),
    )


def test_a_correction_of_the_next_day_waits_for_its_own_brief(locked, unit, leader, staff):
    """Known when the brief of the day before was made late, which could not print it."""
    corrected_on_the_next_day(locked, unit, by=staff)
    late = briefs.make_brief(locked, on=DAY, now=moment_on(NEXT, dt.time(21)))
    services.sign_document(late, by=leader, now=moment_on(NEXT, dt.time(21, 30)))

    brief = briefs.make_brief(locked, on=NEXT, now=moment_on(NEXT, dt.time(22)))

    assert "更正为1270人" in "".join(paragraphs(brief))
    assert "1270" not in "".join(paragraphs(late))


def test_the_late_reports_of_the_parts_add_up(locked, unit, silent, staff, group):
    same = UnitFactory(short_name="示例戊", group=group)
    DailyReportFactory(campaign=locked, unit=same, on=DAY)
    DailyReport.objects.filter(on=DAY).update(state=ReportState.LATE)
    CorrectionFactory(figure=leaf(silent, "F01"), old=None, new=30)
    alone = paragraphs(briefs.make_brief(locked, on=DAY, now=NIGHT))
    CorrectionFactory(
        figure=leaf(unit, "F01"),
        state=CorrectionState.ACCEPTED,
        reviewed_by=staff,
        reviewed_at=moment_on(DAY, dt.time(21)),
    )
    draft = Document.objects.get()

    text = paragraphs(briefs.make_anew(draft, by=staff, now=NIGHT))

    first = "应报3家，已报3家（其中锁定后补报3家）。锁定时未报的不计入以上数据。"
    assert first in alone
    assert first in text
    assert alone[-1] == "2021年8月5日数据锁定后补报1家待审核；另2家未作更正。"
    assert text[-2:] == [
        "2021年8月5日示例甲在岗下沉党员1250人更正为1256人，原因：漏计夜班。",
        "2021年8月5日数据锁定后补报1家：示例甲，已列入更正；另1家待审核；另1家未作更正。",
    ]


def test_made_twice_it_is_one_and_made_anew_it_is_another(locked, staff):
    client = client_for(staff)
    address = reverse("daily:brief_make", args=[locked.code, DAY])

    first, second = client.post(address), client.post(address)
    brief = Document.objects.get()
    anew = [client.post(reverse("daily:document_anew", args=[brief.pk])) for _ in range(2)]

    assert first["Location"] == second["Location"] == brief.get_absolute_url()
    fresh = Document.objects.standing().get()
    assert [answer["Location"] for answer in anew] == [fresh.get_absolute_url()] * 2
    assert fresh.replaces == brief
    assert CampaignDocument.objects.filter(document=fresh, campaign=locked, on=DAY).exists()


def test_an_undone_lock_stops_the_signature_until_it_is_made_anew(locked, leader, staff, unit):
    brief = briefs.make_brief(locked, on=DAY, now=NIGHT, by=staff)
    snapshot = total("F01").snapshot
    locking.unlock_day(snapshot, by=staff, consented_by=leader, reason="核对", now=NIGHT)
    refused = client_for(leader).post(reverse("documents:document_sign", args=[brief.pk]))
    lock(locked, DAY, hour=23)

    fresh = briefs.make_anew(brief, by=staff, now=moment_on(DAY, dt.time(23, 30)))

    assert refused.status_code == 422
    assert "所依据的数据已解锁或未核定" in refused.content.decode()
    assert services.sign_document(fresh, by=leader, now=MORNING).number == 1


def test_a_frozen_figure_that_was_touched_stops_the_signature(locked, leader):
    brief = briefs.make_brief(locked, on=DAY, now=NIGHT)
    Figure.objects.filter(pk=total("F01").pk).update(value=1251)

    with pytest.raises(services.FaultyDocumentError, match="1250人与核定数1251不一致"):
        services.sign_document(brief, by=leader, now=MORNING)


# --- by night and in the morning -----------------------------------------------------------------


def run_night(on=DAY):
    run_due(now=moment_on(on, dt.time(22, 1)), on=on, jobs=["night_brief"])
    return Occurrence.objects.get(job="night_brief", on=on).result


def test_the_night_makes_the_draft_once(locked):
    first, second = run_night(), run_night()

    assert first == second == {"brief": "2021年8月5日防汛救灾工作情况"}
    assert Document.objects.get().made_by is None


def test_the_night_says_when_the_day_is_not_locked(campaign, unit):
    DailyReportFactory(campaign=campaign, unit=unit, on=DAY)

    assert run_night()["brief"].startswith("8月5日数据尚未锁定")
    assert Document.objects.count() == 0


def test_only_a_signed_brief_goes_out_with_the_digest(locked, leader, settings):
    leader.email = "leader@example.org"
    leader.save()
    brief = briefs.make_brief(locked, on=DAY, now=NIGHT)
    digests.send_leader_digest([locked], on=NEXT, now=moment_on(NEXT, dt.time(7, 30)))
    unsigned = OutboxMessage.objects.get()
    services.sign_document(brief, by=leader, now=moment_on(NEXT, dt.time(8)))
    digests.send_leader_digest(
        [locked], on=NEXT + dt.timedelta(days=1), now=moment_on(dt.date(2021, 8, 7), dt.time(7, 30))
    )
    signed = OutboxMessage.objects.latest("pk")

    link = f"{settings.SITE_URL}{brief.get_absolute_url()}"
    assert "已签发" not in unsigned.text
    assert f"已签发：省直机关防汛救灾工作简报第1期 {link}" in signed.text
    assert link in signed.html


def claimed(campaign, name, **more):
    return MilestoneFactory(
        campaign=campaign,
        name=name,
        started_at=moment_on(EVE, dt.time(0)),
        reached_at=moment_on(DAY, dt.time(18, 30)),
        recorded_at=moment_on(DAY, dt.time(20)),
        **more,
    )


def test_what_lacks_evidence_is_printed_neither_in_the_brief_nor_in_the_report(locked):
    claimed(locked, "恢复供电")
    claimed(locked, "恢复供水", source_at=None)

    brief, report = (
        "".join(paragraphs(made))
        for made in (
            briefs.make_brief(locked, on=DAY, now=NIGHT),
            briefs.make_report(locked, now=NIGHT),
        )
    )

    told = "恢复供电（72小时内）：据省电力公司通报，2021年8月5日18时30分如期实现。"
    assert told in brief
    assert told in report
    assert "恢复供水" not in brief + report


# --- the report ----------------------------------------------------------------------------------


def test_the_report_tells_the_state_of_the_campaign(locked, leader):
    MilestoneFactory(
        campaign=locked,
        name="恢复供电",
        started_at=moment_on(EVE, dt.time(0)),
        limit_hours=72,
        reached_at=moment_on(DAY, dt.time(18, 30)),
        source="据省电力公司通报",
    )

    report = briefs.make_report(locked, now=NIGHT)

    assert report.title == "关于2021年防汛救灾省直机关党员下沉服务工作情况的报告"
    text = paragraphs(report)
    assert text[0] == (
        "现将2021年防汛救灾省直机关党员下沉服务工作情况报告如下。"
        "数据截至2021年8月5日17时，均为核定数。"
    )
    assert text[2] == "自2021年8月4日起，历时2天，参与单位2家（按人、按社区去重）。"
    assert text[4] == "在岗下沉党员1250人。其中，省直机关1250人。"
    assert text[6] == "按2天核定数累计（人次、件次等不去重）：道路清障7处。"
    assert text[8] == ("1.恢复供电（72小时内）：据省电力公司通报，2021年8月5日18时30分如期实现。")
    assert text[-1] == "特此报告。"
    assert "伤病" not in "".join(text)
    work = next(n for n in from_json(report.content).references if n.indicator == "F07")
    assert set(work.ids) == {total("F07", EVE).pk, total("F07").pk}
    signed = services.sign_document(report, by=leader, now=MORNING)
    assert signed.number_text == "直工办〔2021〕1号"
    assert "签发人：工委领导" in words(signed.signed_file)


def test_the_report_of_a_later_day_takes_the_drafts_place(locked, staff, unit):
    report = briefs.make_report(locked, now=NIGHT)
    filed(locked, unit, NEXT, F01=1260, F07=1, F14=0)
    lock(locked, NEXT)

    fresh = briefs.make_anew(report, by=staff, now=moment_on(NEXT, dt.time(22)))

    report.refresh_from_db()
    assert (report.state, fresh.about_on) == ("void", NEXT)


def test_a_campaign_without_a_locked_day_has_no_report(campaign, staff):
    answer = client_for(staff).post(reverse("daily:report_of_campaign", args=[campaign.code]))

    assert answer.status_code == 422
    assert "还没有锁定的数据" in answer.content.decode()


def test_a_drill_has_numbers_and_marks_of_its_own(locked, leader):
    locked.is_drill = True
    locked.save()

    brief = briefs.make_brief(locked, on=DAY, now=NIGHT)
    report = briefs.make_report(locked, now=NIGHT)

    with brief.draft_file.file.open("rb") as file:
        header = docx.Document(BytesIO(file.read())).sections[0].header.paragraphs[0].text
    assert header == "【演练】送审稿"
    assert report.series.code == "flood-2021-file"


# --- pages ---------------------------------------------------------------------------------------


def test_the_round_makes_and_then_opens_the_brief(locked, staff, leader):
    address = reverse("daily:round_detail", args=[locked.code, DAY])
    before = client_for(staff).get(address).content.decode()
    brief = briefs.make_brief(locked, on=DAY, now=NIGHT)

    after = client_for(leader).get(address).content.decode()

    assert "生成简报" in before
    assert f'href="{brief.get_absolute_url()}"' in after
    assert "打开简报（送审稿）" in after


def test_before_the_lock_the_round_offers_no_brief(campaign, staff, unit):
    DailyReportFactory(campaign=campaign, unit=unit, on=DAY)

    page = client_for(staff).get(reverse("daily:round_detail", args=[campaign.code, DAY]))

    assert "生成简报" not in page.content.decode()


def test_the_page_of_a_brief_opens_the_rows_of_its_numbers(locked, staff):
    brief = briefs.make_brief(locked, on=DAY, now=NIGHT)
    client = client_for(staff)

    page = client.get(brief.get_absolute_url()).content.decode()

    rows = reverse("daily:figure_rows", args=[locked.code, "2021-08-05", "F01"])
    assert f'href="{rows}" title="在岗下沉党员（合计，2021-08-05）">1250人</a>' in page
    assert client.get(rows).status_code == 200
    assert reverse("daily:document_anew", args=[brief.pk]) in page


def test_the_campaign_lists_its_documents(locked, staff):
    brief = briefs.make_brief(locked, on=DAY, now=NIGHT)

    page = client_for(staff).get(locked.get_absolute_url()).content.decode()

    assert brief.title in page
    assert "生成报告" in page


@pytest.mark.parametrize("name", ["leader", "liaison", "reporter", "city"])
def test_only_the_office_makes_documents(locked, request, name):
    client = client_for(request.getfixturevalue(name))

    for address in (
        reverse("daily:brief_make", args=[locked.code, DAY]),
        reverse("daily:report_of_campaign", args=[locked.code]),
    ):
        assert client.post(address).status_code == 403
    assert Document.objects.count() == 0
    assert Correction.objects.count() == 0


def test_a_brief_made_late_tells_the_news_and_corrections_of_its_own_days(locked, unit, staff):
    for on, hour in ((DAY, 21), (DAY, 23), (NEXT, 9)):
        FlashReportFactory(
            campaign=locked,
            unit=unit,
            kind=FlashKind.INCIDENT,
            at=moment_on(on, dt.time(hour)),
        )
    corrected_on_the_next_day(locked, unit, by=staff)

    text = paragraphs(briefs.make_brief(locked, on=DAY, now=moment_on(NEXT, dt.time(23))))

    assert "突发情况报告1起；下沉人员伤病0人。" in text
    assert not any("1270" in line for line in text)


def test_the_page_carries_the_watermark_of_the_documents_own_campaign(locked, staff):
    brief = briefs.make_brief(locked, on=DAY, now=NIGHT)
    CampaignFactory(code="drill", is_drill=True, state=CampaignState.ACTIVE)
    client = client_for(staff)
    client.get("/", {"campaign": "drill"})

    printed = client.get(reverse("documents:document_print", args=[brief.pk])).content.decode()

    assert 'class="watermark"' not in printed
