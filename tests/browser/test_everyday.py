"""The tools of every day in a real browser: dossiers, lists behind boards, 临时报数, 报送台账."""

import pytest

from apps.campaigns.models import Campaign
from apps.units.models import Unit

from .chromium import DESK, PHONE

SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
DRILL = "?campaign=drill-2026"


def look_through(watch, addresses):
    for address in addresses:
        watch.page.goto(address)
        watch.assert_well()


@SIZES
def test_pages_behind_the_boards_are_well(visit, size):
    unit = Unit.objects.get(code="001")
    day = Campaign.objects.get(code="flood-2021").ends_on
    both = "served=flood-2021&served_too=epidemic-2021"
    watch = visit("staff", f"/units/{unit.pk}/{DRILL}", size)
    watch.assert_well()
    look_through(
        watch,
        [
            f"/units/{unit.pk}/?tab=figures",
            f"/units/members/?{both}",
            f"/communities/?{both}",
            "/units/groups/",
            f"/daily/figures/flood-2021/{day}/F13/",
            "/figures/corrections/?campaign=flood-2021",
            "/daily/returns/",
            "/daily/burden/",
            "/daily/subscriptions/",
            "/search/?q=社区",
        ],
    )


@SIZES
def test_numbers_are_asked_and_answered(visit, size):
    asking = visit("staff", f"/daily/calls/new/{DRILL}", size)
    page = asking.page
    asking.assert_well()
    page.fill("[name=title]", "今晚可增派人数")
    page.fill("[name=purpose]", "安排夜间力量")
    page.fill("[name=items-0-name]", "今晚可增派党员")
    page.select_option("[name=items-0-measure]", label="人")
    page.locator("main form").get_by_role("button", name="发起").click()
    page.wait_for_url("**/daily/calls/*/")
    asking.assert_well()
    address = page.url

    answering = visit("unit001", address, size)
    mine = answering.page
    answering.assert_well()
    mine.locator(".head-actions").get_by_role("link", name="填报").click()
    mine.wait_for_url("**/daily/calls/replies/*/")
    mine.locator("main form input[name^=v-]").fill("12")
    mine.locator("main form").get_by_role("button", name="报送").click()
    mine.wait_for_url(address)
    assert mine.locator("main").get_by_text("12", exact=True).count()
    look_through(asking, [address, f"{address}print/"])


@SIZES
def test_a_campaign_that_has_just_begun_is_well_everywhere(visit, size):
    name = "2026年低温雨雪冰冻灾害应对及省直机关力量下沉支援工作"
    drill = Campaign.objects.get(code="drill-2026")
    new = Campaign.objects.create(
        code="snow-2026", name=name, kind=drill.kind, starts_on=drill.starts_on, state=drill.state
    )
    asked = f"?campaign={new.code}"
    watch = visit("leader", f"/{asked}", size)
    watch.assert_well()
    boards = ("campaign", "groups", "calendar")
    look_through(
        watch,
        [*(f"/boards/{board}/{asked}" for board in boards), "/boards/compare/?b=snow-2026"],
    )
