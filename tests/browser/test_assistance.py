"""Helping a household from first to last: registered, assigned, done, verified, and revealed."""

import pytest

from apps.accounts.enums import SecurityEventKind
from apps.accounts.models import SecurityEvent
from apps.assistance.enums import CaseState
from apps.assistance.models import AssistanceAction, AssistanceCase, Beneficiary

from .chromium import DESK, PHONE

SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])


def choose(page, field, asked):
    """Type into a lookup and take its first answer."""
    box = page.locator(f"#id_{field}").locator("xpath=ancestor::*[contains(@class,'lookup')]")
    box.locator("input:not([type=hidden])").first.fill(asked)
    box.locator(".lookup-options li:not(.none)").first.click()


def press(page, label):
    """A button of the page's head, a link or a form of its own."""
    page.locator("main .btn").get_by_text(label, exact=True).first.click()


def settle(watch):
    """Forget what was heard so far. Axe trips over the policy itself, and that is heard late: the
    browser tells things in their order, so what comes before the mark is over with the mark."""
    watch.page.wait_for_timeout(200)
    with watch.page.expect_console_message(lambda message: message.text == "mark"):
        watch.page.evaluate("console.info('mark')")
    watch.complaints.clear()


@SIZES
def test_a_household_is_helped_from_first_to_last(visit, size):
    community = Beneficiary.objects.first().community
    unit = visit("unit001", "/assistance/beneficiaries/new/", size)
    page = unit.page
    choose(page, "community", community.name)
    page.select_option("#id_circumstance", "hardship")
    page.fill("#id_name", "测试甲")
    page.fill("#id_phone", "13800000001")
    unit.assert_well()
    page.click("button[type=submit]:has-text('登记')")
    page.wait_for_selector("text=基本情况")
    household = Beneficiary.objects.order_by("-pk").first()
    assert "测试甲" not in page.content()
    settle(unit)
    unit.assert_well()

    press(page, "登记事项")
    page.fill("#id_title", "需要棉被")
    page.select_option("#id_service_type", "goods")
    page.select_option("#id_source", "visit")
    page.click("button[type=submit]:has-text('登记')")
    page.wait_for_selector("text=办理经过")
    case = AssistanceCase.objects.order_by("-pk").first()
    assert (case.title, case.beneficiary) == ("需要棉被", household)

    office = visit("caseworker", f"/assistance/{case.pk}/", size)
    press(office.page, "交办")
    office.page.select_option("#id_owner", str(case.events.get().by_id))
    office.assert_well()
    office.page.click("button[type=submit]:has-text('交办')")
    office.page.wait_for_selector("text=已交办。")

    page.goto(f"/assistance/{case.pk}/")
    press(page, "开始办理")
    page.wait_for_selector("text=已开始办理。")
    page.fill("textarea[name=text]", "已联系社区")
    page.click("text=记下")
    page.wait_for_selector(".timeline >> text=已联系社区")
    press(page, "填报结果")
    page.fill("#id_result", "已送达")
    page.click("button[type=submit]:has-text('填报')")
    page.wait_for_selector("text=已填报，待核验。")

    settle(office)
    office.page.goto(f"/assistance/{case.pk}/")
    press(office.page, "核验办结")
    office.page.click("[data-confirm-yes]")
    office.page.wait_for_selector("text=已核验办结。")
    case.refresh_from_db()
    assert case.state == CaseState.CLOSED
    office.assert_well()


def test_a_sealed_field_opens_in_its_place_with_a_reason(visit):
    household = Beneficiary.objects.filter(kind="household").first()
    watch = visit("caseworker", household.get_absolute_url())
    page = watch.page

    # The browser itself writes the refused request to the console, later than the page shows it.
    with page.expect_console_message(lambda message: "422" in message.text):
        page.click("#sealed-name button")
    page.wait_for_selector("#toasts >> text=请填写查看事由")
    watch.complaints.clear()
    assert SecurityEvent.objects.filter(kind=SecurityEventKind.REVEAL).count() == 0

    page.fill("#reveal-reason", "上门前联系")
    page.click("#sealed-name button")
    page.wait_for_selector("#sealed-name >> text=完整")

    assert household.name in page.inner_text("#sealed-name")
    assert household.phone not in page.content()
    assert page.url.endswith(household.get_absolute_url())
    assert SecurityEvent.objects.filter(kind=SecurityEventKind.REVEAL).count() == 1
    watch.assert_well()


@SIZES
def test_the_ticked_are_helped_in_one_go_and_it_is_taken_back(visit, size):
    before = AssistanceAction.objects.count()
    watch = visit("caseworker", "/assistance/beneficiaries/", size)
    page = watch.page

    for box in page.locator("[data-tick]").all()[:3]:
        box.check()
    page.click("text=登记同一帮扶")
    page.wait_for_selector("text=为以下 3 个对象各登记一次")
    watch.assert_well()
    choose(page, "unit", "省")
    page.select_option("#id_service_type", "goods")
    page.click("button[type=submit]:has-text('登记')")
    page.wait_for_selector("text=已登记 3 次")
    assert AssistanceAction.objects.count() == before + 3

    page.click("text=撤回本次登记")
    page.click("[data-confirm-yes]")
    page.wait_for_selector("text=已撤回 3 次")
    assert AssistanceAction.objects.count() == before


@SIZES
def test_pages_of_the_desk_are_well(visit, size):
    case = AssistanceCase.objects.filter(campaign__is_drill=True, state=CaseState.UNDERWAY).first()
    pages = [
        "/assistance/",
        "/assistance/board/",
        f"/assistance/{case.pk}/?tab=photos",
        f"/assistance/{case.pk}/photos/",
        f"/assistance/{case.pk}/due/",
        f"/assistance/{case.pk}/edit/",
        "/assistance/actions/",
        "/assistance/actions/new/",
        "/assistance/beneficiaries/?twice=maybe",
        f"{case.beneficiary.get_absolute_url()}?tab=twice",
        f"{case.beneficiary.get_absolute_url()}edit/",
        "/assistance/beneficiaries/find/",
        "/",
    ]

    watch = visit("caseworker", pages[0], size)
    for address in pages:
        settle(watch)
        watch.page.goto(address)
        watch.assert_well()
