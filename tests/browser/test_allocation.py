"""A dispatch is proposed at a desk, sent for review, and signed on a phone."""

import datetime as dt

from apps.campaigns.models import Campaign
from apps.core.dates import business_day
from apps.deployments.allocating import SheetState
from apps.deployments.models import AllocationSheet, Need

from .chromium import PHONE


def test_a_dispatch_is_proposed_and_signed_on_a_phone(visit):
    campaign = Campaign.objects.get(is_drill=True)
    like = Need.objects.filter(campaign=campaign, heads__gt=0).first()
    Need.objects.create(
        campaign=campaign,
        community=like.community,
        task_type=like.task_type,
        heads=7,
        starts_on=business_day(),
        ends_on=business_day() + dt.timedelta(days=3),
        raised_at=like.raised_at,
    )
    staff = visit("staff", f"/deployments/allocations/new/?campaign={campaign.code}")
    page = staff.page
    page.click("button[type=submit]:has-text('生成建议')")
    page.wait_for_selector("text=已按建议生成草稿")
    staff.assert_well()
    sheet = AllocationSheet.objects.latest("pk")
    assert sheet.state == SheetState.DRAFT

    page.goto(f"{sheet.get_absolute_url()}edit/")
    page.locator(".allocation-heads input").first.fill("1")
    page.fill("#id_note", "自备雨具")
    staff.assert_well()
    page.click("button[type=submit]:has-text('保存')")
    page.wait_for_selector("text=已保存。")
    page.locator("main .btn").get_by_text("送审", exact=True).click()
    page.click("[data-confirm-yes]")
    page.wait_for_selector("text=已送审")

    leader = visit("leader", sheet.get_absolute_url(), PHONE)
    leader.assert_well()
    leader.page.locator("main .btn").get_by_text("签发", exact=True).click()
    leader.page.click("[data-confirm-yes]")
    leader.page.wait_for_selector("text=已签发，编为调配")

    sheet.refresh_from_db()
    assert (sheet.state, sheet.note, sheet.signed_by.username) == (
        SheetState.SIGNED,
        "自备雨具",
        "leader",
    )
