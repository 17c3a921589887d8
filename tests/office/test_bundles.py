"""文件包: chosen on a page, made by the worker, each file asked for in its owner's scope."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from django.utils import timezone

from apps.accounts.models import SecurityEvent
from apps.core.dates import business_day
from apps.deployments.allocating import SheetState
from apps.jobs.models import Occurrence
from apps.jobs.services import run_requested
from apps.messaging.models import InboxMessage
from apps.office.bundles import BundleAsk, BundleItem
from apps.office.bundles.writing import Heading, Names, fit, write_bundle
from apps.office.documents.enums import DocumentState
from apps.office.enums import ExportState
from apps.office.models import ExportFile
from apps.office.services import bundles as services
from apps.units.models import Posting
from tests.cast import client_for
from tests.factories import (
    AllocationLineFactory,
    AllocationSheetFactory,
    AttachmentFactory,
    CampaignDocumentFactory,
    CampaignFactory,
    CampaignIndicatorFactory,
    DailyReportFactory,
    OnePageFactory,
    SigningSheetFactory,
    UpwardReturnFactory,
    UserFactory,
    VisitFactory,
)

from .exporting import bytes_of

pytestmark = pytest.mark.django_db

DAY = dt.date(2021, 8, 5)
FORM = "/office/bundles/new/"
PARTS = ["documents", "one_pages", "upward"]


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def campaign(db):
    return CampaignFactory(code="flood-x", name="示例防汛", ends_on=dt.date(2021, 8, 20))


@pytest.fixture
def flood(db):
    """A campaign that runs today."""
    flood = CampaignFactory(starts_on=business_day() - dt.timedelta(days=9))
    CampaignIndicatorFactory(campaign=flood)
    return flood


def ask(user, campaign, *, first=DAY, last=DAY, parts=PARTS):
    data = {"campaign": campaign.code, "first": first, "last": last, "parts": parts}
    return client_for(user).post(FORM, data)


def asked(user, campaign, **chosen):
    answer = ask(user, campaign, **chosen)
    assert answer.status_code == 302, answer.content.decode()[:800]
    return ExportFile.objects.get(pk=answer.url.rstrip("/").rpartition("/")[2])


def made(user, campaign, **chosen):
    export = asked(user, campaign, **chosen)
    run_requested(now=timezone.now())
    export.refresh_from_db()
    return export


def fetch(user, export):
    return client_for(user).get(f"/office/exports/{export.pk}/file/")


def opened(user, export):
    assert export.state == ExportState.READY, export.message
    return zipfile.ZipFile(io.BytesIO(bytes_of(fetch(user, export))))


def index_of(bundle):
    """What the index says of each file: name, state, note."""
    sheet = openpyxl.load_workbook(io.BytesIO(bundle.read("目录.xlsx"))).active
    rows = list(sheet.iter_rows(min_row=5, values_only=True))
    return {row[2]: (row[4], row[5]) for row in rows}


def signed(campaign, on=DAY):
    document = CampaignDocumentFactory(campaign=campaign, document__about_on=on).document
    user = UserFactory()
    file = AttachmentFactory(name="签发稿.docx", content=f"signed {on}".encode())
    type(document).objects.filter(pk=document.pk).update(
        state=DocumentState.SIGNED,
        number=17,
        year=2021,
        signed_at=timezone.now(),
        signed_by=user,
        signature_by=user,
        signed_file=file,
    )
    return document


def test_files_of_the_days_come_as_one_bundle_with_an_index(leader, campaign):
    signed(campaign)
    CampaignDocumentFactory(
        campaign=campaign, document__title="次日工作情况", on=DAY + dt.timedelta(1)
    )
    OnePageFactory(campaign=campaign, on=DAY, version=1)
    OnePageFactory(campaign=campaign, on=DAY, version=2)
    UpwardReturnFactory(campaign=campaign, on=DAY)
    signed(campaign, on=DAY + dt.timedelta(days=9))
    signed(CampaignFactory())

    export = made(leader, campaign, last=DAY + dt.timedelta(days=1))

    bundle = opened(leader, export)
    names = bundle.namelist()
    assert names == [
        "简报公文/防汛救灾工作情况（第17期）.docx",
        "送审稿（未签发）/次日工作情况（送审稿）.docx",
        "一页情况/2021年8月5日22点情况.docx",
        "报送台账/2021年8月5日—6日报送台账.xlsx",
        "目录.xlsx",
    ]
    assert all(info.flag_bits & 0x800 for info in bundle.infolist())
    assert bundle.read(names[0]) == b"signed 2021-08-05"
    assert bundle.read(names[2])[:2] == b"PK"
    assert (export.rows, export.measure, export.shape) == (4, "份", "bundle")
    states = [state for state, _ in index_of(bundle).values()]
    assert states == ["已签发", "送审稿", "第2版", None]


def test_every_kind_of_sheet_can_be_put_in(staff, flood, unit):
    report = DailyReportFactory(campaign=flood, unit=unit)
    parts = ["summaries", "missing", "departures", "needs", "actions", "adoptions"]

    bundle = opened(staff, made(staff, flood, first=report.on, last=report.on, parts=parts))

    folders = {name.partition("/")[0] for name in bundle.namelist()}
    assert {"汇总表", "未报单位名单", "送审稿（未签发）"} < folders
    assert sum(name.startswith("汇总表/") for name in bundle.namelist()) == 3
    assert not [note for _, note in index_of(bundle).values() if note]


def test_a_unit_gets_its_own_lines_of_a_notice_alone(
    reporter, leader, unit, foreign_unit, campaign
):
    sheet = AllocationSheetFactory(
        campaign=campaign,
        on=DAY,
        state=SheetState.ISSUED,
        year=2021,
        number=3,
        signed_by=UserFactory(),
        signed_at=timezone.now(),
    )
    AllocationLineFactory(sheet=sheet, unit=unit, heads=5)
    AllocationLineFactory(sheet=sheet, unit=foreign_unit, heads=7)
    foreign = AllocationSheetFactory(campaign=campaign, on=DAY)
    AllocationLineFactory(sheet=foreign, unit=foreign_unit)

    own, whole = (
        lines_of(opened(user, made(user, campaign, parts=["allocations"])))
        for user in (reporter, leader)
    )

    assert own == {"示例甲": 5, "合计": 5}
    assert whole == {"示例甲": 5, "示例乙": 7, "合计": 12}


def lines_of(bundle):
    """Units and heads of the only notice in `bundle`."""
    place, _index = bundle.namelist()
    rows = openpyxl.load_workbook(io.BytesIO(bundle.read(place))).active
    found = rows.iter_rows(min_row=5, values_only=True)
    return {row[1]: row[6] for row in found if row[6] is not None}


def test_lists_of_a_day_hold_the_rows_of_ones_own_scope(
    reporter, leader, unit, foreign_unit, campaign
):
    for visited in (unit, foreign_unit):
        VisitFactory(campaign=campaign, unit=visited, on=DAY)
    SigningSheetFactory(campaign=campaign, on=DAY)
    parts = ["signings", "visits"]

    own, whole = (opened(user, made(user, campaign, parts=parts)) for user in (reporter, leader))

    place = "走访督导/2021年8月5日走访督导.xlsx"
    units = [
        {cell for row in rows_of(bundle.read(place)) for cell in row} & {"示例甲", "示例乙"}
        for bundle in (own, whole)
    ]
    assert units == [{"示例甲"}, {"示例甲", "示例乙"}]
    assert own.namelist() == [place, "目录.xlsx"]
    assert whole.namelist()[0] == "社区确认/2021年8月5日社区确认.xlsx"


def rows_of(data):
    return openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(min_row=5, values_only=True)


def test_nobody_can_choose_what_he_may_not_see(reporter, liaison, city, campaign):
    for user in (reporter, liaison):
        answer = ask(user, campaign, parts=["documents"])
        assert answer.status_code == 422
        assert "简报、报告" not in answer.content.decode()
    assert client_for(city).get(FORM).status_code == 403


def test_scope_counts_when_it_is_made_not_when_it_was_asked_for(leader, campaign):
    signed(campaign)
    export = asked(leader, campaign)
    Posting.objects.filter(user=leader).delete()

    run_requested(now=timezone.now())

    export.refresh_from_db()
    assert export.state == ExportState.REFUSED
    assert "无权" in export.message


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ({"last": DAY + dt.timedelta(days=31)}, "一次最多 31 天"),
        ({"last": DAY - dt.timedelta(days=1)}, "截止日期不得早于起始日期"),
        ({"parts": []}, "请至少选择一项内容"),
        ({"first": "昨天"}, "请填写有效的日期"),
    ],
)
def test_what_cannot_be_made_is_refused_with_a_sentence(leader, campaign, chosen, sentence):
    answer = ask(leader, campaign, **chosen)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not ExportFile.objects.exists()


def test_days_without_files_are_refused_on_the_page_of_the_bundle(leader, campaign):
    export = made(leader, campaign)

    page = client_for(leader).get(export.get_absolute_url()).content.decode()
    assert export.state == ExportState.REFUSED
    assert services.NOTHING in page
    assert "照此再做一个" in page
    assert InboxMessage.objects.get(user=leader).subject.startswith("未能制作：")


def test_lost_file_is_named_in_the_index_and_the_rest_is_there(leader, campaign):
    signed(campaign)
    lost = CampaignDocumentFactory(campaign=campaign, document__about_on=DAY).document
    lost.draft_file.file.delete(save=False)
    type(lost.draft_file).objects.filter(pk=lost.draft_file.pk).update(file="attachments/gone")

    bundle = opened(leader, made(leader, campaign))

    assert len(bundle.namelist()) == 2
    assert index_of(bundle)["防汛救灾工作情况（送审稿）.docx"] == ("送审稿", "文件缺失，未放入")


def test_same_bundle_is_made_once_and_anew_when_asked_again(leader, campaign):
    signed(campaign)
    first, second = asked(leader, campaign), asked(leader, campaign)

    assert first == second
    assert Occurrence.objects.filter(job="export").count() == 1
    run_requested(now=timezone.now())
    assert asked(leader, campaign) != first


class Killed(BaseException):
    """Ends a run as a killed process does."""


def test_run_that_was_killed_is_taken_up_again(leader, campaign, monkeypatch):
    signed(campaign)
    export = asked(leader, campaign)

    def dies(_items, target, **_more):
        target.write_bytes(b"half a bundle")
        raise Killed

    monkeypatch.setattr(services, "write_bundle", dies)
    with pytest.raises(Killed):
        run_requested(now=timezone.now())
    monkeypatch.setattr(services, "write_bundle", write_bundle)
    Occurrence.objects.update(claimed_until=timezone.now() - dt.timedelta(seconds=1))
    run_requested(now=timezone.now())

    export.refresh_from_db()
    assert len(opened(leader, export).namelist()) == 2


def test_fetching_people_s_names_goes_on_record(staff, leader, campaign, flood, unit):
    signed(campaign)
    report = DailyReportFactory(campaign=flood, unit=unit)
    plain = made(leader, campaign)
    named = made(staff, flood, first=report.on, last=report.on, parts=["missing"])

    for user, export in ((leader, plain), (staff, named)):
        opened(user, export)

    event = SecurityEvent.objects.get(kind="reveal")
    assert (event.username, event.detail["field"]) == (staff.username, "文件包")
    assert event.detail["reason"] == named.title


def test_page_shows_former_bundles_and_fills_in_what_was_chosen(leader, staff, campaign):
    signed(campaign)
    export = made(leader, campaign, parts=["documents"])

    again = client_for(leader).get(export.address).content.decode()
    others = client_for(staff).get(FORM).content.decode()

    assert 'value="2021-08-05"' in again
    assert again.count("checked") == 1
    assert export.title in again
    assert export.title not in others


def test_names_are_fit_for_any_system_and_given_once():
    names = Names()
    item = BundleItem("汇总表", "8月5日/汇总:表*?.xlsx", io.BytesIO)

    assert [names.take(item) for _ in range(2)] == [
        "汇总表/8月5日_汇总_表_.xlsx",
        "汇总表/8月5日_汇总_表_（2）.xlsx",
    ]
    assert fit("..") == "未命名"
    assert len(fit("长" * 200 + ".docx")) == 80
    assert fit("长" * 200 + ".docx").endswith(".docx")


def test_how_far_it_is_is_told_file_by_file(tmp_path):
    told = []
    items = [BundleItem("", f"{n}.txt", lambda: io.BytesIO(b"x")) for n in range(3)]
    heading = Heading("示例", "无", "张三", timezone.now())

    count = write_bundle(
        items, tmp_path / "a.zip", heading=heading, progress=lambda *at: told.append(at)
    )

    assert (count, told) == (3, [(1, 3), (2, 3), (3, 3)])


def test_days_of_a_range_are_counted_with_both_ends(leader):
    ask_ = BundleAsk("flood", DAY, DAY + dt.timedelta(days=2), leader, timezone.now())

    assert [day.day for day in ask_.days] == [5, 6, 7]
