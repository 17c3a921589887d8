"""The daily report under a thumb: presses, doubts, and a draft that survives the network."""

import datetime as dt

import pytest

from apps.core.dates import business_day
from apps.daily.enums import ReportState
from apps.daily.models import DailyReport, FlashReport
from apps.figures.enums import IndicatorKind
from tests.factories import CampaignIndicatorFactory, IndicatorFactory, ReportValueFactory

from .chromium import DESK, PHONE

FORM = "/daily/report/"


@pytest.fixture
def owing(small_world):
    """A unit of the drill that has not begun today's report, with its reporter's name."""
    report = (
        DailyReport.objects.filter(on=business_day(), state=ReportState.MISSING)
        .select_related("unit")
        .order_by("unit__sort_order")
        .first()
    )
    return report, f"unit{report.unit.code}"


def value(page, code):
    return page.input_value(f"#id_v-{code}")


def test_zero_report_is_one_press_and_one_back(owing, visit):
    _, user = owing
    page = visit(user, FORM, PHONE).page

    page.click("text=今日无下沉")

    assert {value(page, code) for code in ("F03", "F07", "F14")} == {"0"}
    page.fill("#id_v-F07", "4")
    pressed = page.get_attribute("[data-press=zero]", "aria-pressed")
    assert (pressed, page.is_checked("[name=is_zero]")) == ("false", False)


def test_zero_report_against_the_ledger_is_asked_and_answered_by_a_tap(owing, visit):
    _, user = owing
    page = visit(user, FORM, PHONE).page
    doubt = page.locator("[data-zero-doubt]")
    before = doubt.is_visible()

    page.click("text=今日无下沉")
    doubt.get_by_text("任务结束").click()

    assert (before, page.input_value("[name=zero_reason]")) == (False, "ended")
    doubt.get_by_text("填错了").click()
    assert (page.is_checked("[name=is_zero]"), doubt.is_visible()) == (False, False)


def test_doubt_is_asked_as_one_types_and_answered_by_a_tap(owing, visit):
    _, user = owing
    page = visit(user, FORM, PHONE).page

    page.fill("#id_v-F03", "９9,999")
    cell = page.locator("[data-cell]", has=page.locator("#id_v-F03"))
    asked = cell.locator("[data-doubt]").is_visible()
    cell.get_by_text("新增任务").click()

    assert asked is True
    assert page.input_value("[name=r-F03]") == "new_task"
    cell.get_by_text("填错了").click()
    assert (value(page, "F03"), cell.locator("[data-doubt]").is_visible()) == ("", False)


def test_draft_survives_a_dead_network_on_the_device(owing, visit):
    report, user = owing
    page = visit(user, FORM, PHONE).page
    page.route("**/draft/", lambda route: route.abort())

    page.fill("#id_v-F07", "17")
    page.wait_for_selector("text=草稿 仅存在本机")
    page.reload()

    assert value(page, "F07") == "17"
    report.refresh_from_db()
    assert report.state == ReportState.MISSING


def test_draft_reaches_the_server_by_itself(owing, visit):
    report, user = owing
    page = visit(user, FORM, PHONE).page

    page.fill("#id_v-F07", "17")
    page.wait_for_selector("[data-draft-badge]:text-is('草稿 已保存')")

    report.refresh_from_db()
    assert (report.state, report.draft["fields"]["v-F07"]) == (ReportState.DRAFT, "17")


def test_two_drafts_are_explained_and_one_is_chosen(owing, visit):
    report, user = owing
    mine = visit(user, FORM, PHONE).page
    theirs = visit(f"unitleader{report.unit.code}", FORM, DESK).page
    theirs.fill("#id_v-F07", "21")
    theirs.wait_for_selector("[data-draft-badge]:text-is('草稿 已保存')")

    mine.fill("#id_v-F07", "17")
    mine.wait_for_selector("[data-clash]:not([hidden])")
    differing = mine.locator("[data-clash-table] tbody tr").all_inner_texts()
    assert [row.split("\t")[1:] for row in differing] == [["17", "21"]]
    mine.click("text=用服务器上的")

    assert value(mine, "F07") == "21"


def test_without_a_network_nothing_is_sent_and_nothing_lost(owing, visit):
    report, user = owing
    watch = visit(user, FORM, PHONE)
    page = watch.page
    page.click("text=今日无下沉")
    page.click("[data-zero-doubt] >> text=任务结束")
    page.click("text=无突发情况")
    watch.listens = False
    page.context.set_offline(True)

    page.click("button[type=submit]")

    page.wait_for_selector("[data-draft-badge]:text-is('尚未提交（网络不通）')")
    assert "联网后请再按提交" in page.inner_text("#toasts")
    report.refresh_from_db()
    assert report.current is None
    page.context.set_offline(False)
    page.click("button[type=submit]")
    page.wait_for_selector(".receipt")


def test_filed_report_ends_at_its_receipt(owing, visit):
    report, user = owing
    watch = visit(user, FORM, PHONE)
    page = watch.page

    page.click("text=今日无下沉")
    page.click("[data-zero-doubt] >> text=任务结束")
    page.click("text=无突发情况")
    page.click("button[type=submit]")
    page.wait_for_selector(".receipt")

    report.refresh_from_db()
    assert report.current.receipt in page.inner_text(".receipt")
    assert (report.current.is_zero, report.current.is_calm) == (True, True)
    watch.assert_well()


def test_an_unchanged_report_takes_three_presses_beside_its_flows(owing, visit):
    report, user = owing
    posts = IndicatorFactory(
        code="S01", name="值守卡口", kind=IndicatorKind.STOCK, campaign_kind=report.campaign.kind
    )
    CampaignIndicatorFactory(campaign=report.campaign, indicator=posts, position=99)
    before = DailyReport.objects.get(
        campaign=report.campaign, unit=report.unit, on=report.on - dt.timedelta(days=1)
    )
    ReportValueFactory(revision=before.current, indicator=posts, value=7)
    page = visit(user, FORM, PHONE).page
    for cell in page.locator("[data-cell][data-kind=flow]").all():
        cell.locator("[data-value]").fill(cell.get_attribute("data-before") or "0")

    presses = ["text=存量同昨日", "text=无突发情况", "button[type=submit]"]
    for press in presses:
        page.click(press)
    page.wait_for_selector(".receipt")

    report.refresh_from_db()
    carried = report.current.values.get(indicator=posts)
    assert (carried.value, carried.is_carried, len(presses)) == (7, True, 3)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_pages_of_the_report_are_well(owing, visit, size):
    report, user = owing
    flash = FlashReport.objects.filter(handled_at=None).first()
    visits = {
        user: [FORM, "/daily/flash/new/"],
        "staff": [
            "/daily/missing/",
            "/daily/missing/chase/",
            "/daily/reports/",
            f"/daily/reports/{report.pk}/",
            f"/daily/report/{report.pk}/",
            flash.get_absolute_url(),
        ],
    }

    for name, (first, *others) in visits.items():
        watch = visit(name, first, size)
        watch.assert_well()
        for address in others:
            # What axe itself trips over in the policy is heard a moment later.
            watch.page.wait_for_timeout(200)
            watch.complaints.clear()
            watch.page.goto(address)
            watch.assert_well()


def test_contact_is_noted_in_the_row(owing, visit):
    report, _ = owing
    page = visit("staff", "/daily/missing/", PHONE).page
    row = page.locator(f"#m-{report.pk}")

    row.get_by_text("已联系").click()
    page.fill(f"#m-{report.pk} [name=note]", "王处长，18时前报")
    page.click(f"#m-{report.pk} >> text=登记")
    page.wait_for_selector(f"#m-{report.pk} .missing-last >> text=王处长")

    assert report.contacts.get().note == "王处长，18时前报"
