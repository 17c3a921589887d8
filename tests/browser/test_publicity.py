"""An item from the first line to its placement, by the hands of four people."""

import pytest

from apps.publicity.enums import ItemState
from apps.publicity.models import AdoptionNotice, Placement, PublicityItem

from .chromium import DESK, PHONE

BODY = "强降雨发生后，党员突击队赶赴社区。\n队员们分成三组，清淤、排水、搬运。"


def drawn():
    from tests.publicity.desk import photo

    upload = photo(size=(2400, 1200))
    return {"name": "IMG_0805.jpg", "mimeType": "image/jpeg", "buffer": upload.read()}


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_item_goes_from_its_first_line_to_its_placement(visit, size):
    author = visit("unit001", "/publicity/new/", size)
    page = author.page
    author.assert_well()
    page.fill("#id_title", "党旗插在清淤一线")
    page.fill("#id_author", "示例作者")
    page.fill("#id_body", BODY)
    page.set_input_files("#id_photos", drawn())
    press(page, "存为草稿")
    page.wait_for_selector(".photo-rows")
    author.assert_well()
    page.get_by_label("图片说明").fill("党员突击队清理淤泥")
    press(page, "保存")
    page.wait_for_selector(".article")
    picture = page.locator(".article-photo img")
    picture.scroll_into_view_if_needed()
    assert (
        picture.evaluate("async (img) => { await img.decode(); return img.naturalWidth; }") == 1600
    )
    author.assert_well()
    press(page, "投稿")
    page.locator("#confirm [data-confirm-yes]").click()
    page.wait_for_selector("text=已投稿，请等候审签。")
    item = PublicityItem.objects.get(title="党旗插在清淤一线")

    for username, verb in (("editor", "初审通过"), ("staff", "复审通过"), ("leader", "签发")):
        reader = visit(username, item.get_absolute_url(), size)
        reader.assert_well()
        press(reader.page, verb)
        reader.page.wait_for_selector(".note-green")

    editor = visit("editor", f"{item.get_absolute_url()}?tab=placements", size)
    editor.page.get_by_role("link", name="登记刊发").click()
    editor.page.wait_for_selector("#id_channel")
    editor.assert_well()
    editor.page.select_option("#id_channel", label="“豫直党建”微信公众号")
    press(editor.page, "登记")
    editor.page.wait_for_selector("text=已登记 1 篇：“豫直党建”微信公众号推送。")
    editor.assert_well()

    item.refresh_from_db()
    assert (item.state, item.placements.count()) == (ItemState.PUBLISHED, 1)
    assert [step.by.username for step in item.steps.order_by("pk")] == [
        "unit001",
        "editor",
        "staff",
        "leader",
        "editor",
    ]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_pages_of_the_desk_are_well(visit, size):
    watch = visit("editor", "/publicity/", size)
    watch.assert_well()
    for address in (
        "/publicity/board/",
        "/publicity/placements/",
        "/publicity/adoption/",
        "/publicity/adoption/print/",
        "/",
    ):
        # What axe itself trips over in the policy is heard a moment later.
        watch.page.wait_for_timeout(200)
        watch.complaints.clear()
        watch.page.goto(address)
        watch.assert_well()


def test_returned_item_says_why_to_its_author(visit):
    item = PublicityItem.objects.filter(campaign__is_drill=True, state=ItemState.SUBMITTED).first()
    page = visit("editor", item.get_absolute_url(), PHONE).page

    press(page, "退回修改")
    page.wait_for_selector("text=退回修改须填写原因。")
    page.get_by_label("审稿意见").fill("照片中有门牌，请更换。")
    press(page, "退回修改")
    page.wait_for_selector(".note-green")

    author = visit(f"unit{item.unit.code}", item.get_absolute_url(), PHONE)
    assert "照片中有门牌，请更换。" in author.page.inner_text(".note-red")
    author.assert_well()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_leader_signs_the_notice_of_a_month(visit, size):
    row = Placement.objects.standing().filter(item__campaign__is_drill=True).latest("on", "pk")
    query = f"?campaign={row.item.campaign.code}&month={row.on:%Y-%m}"
    watch = visit("leader", f"/publicity/adoption/{query}", size)
    page = watch.page
    watch.assert_well()

    press(page, "签发")
    page.locator("#confirm [data-confirm-yes]").click()
    page.wait_for_selector(".note-green")
    watch.assert_well()

    notice = AdoptionNotice.objects.get(campaign=row.item.campaign)
    assert (notice.signed_by.username, notice.month) == ("leader", row.on.replace(day=1))
    page.goto(f"/publicity/adoption/print/{query}")
    assert str(notice.signed_by) in page.inner_text(".sheet-signed")
    assert page.locator(".draft-mark").count() == 0
    watch.assert_well()
