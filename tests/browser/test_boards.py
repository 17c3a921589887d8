"""The boards in a real browser: at a desk, on a phone, and across the room."""

import pytest

from .chromium import DESK, PHONE

WALL = {"width": 1920, "height": 1080}
SMALLEST = 28
"""Pixels of the smallest text on the wall that is to be read from five metres."""


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_boards_are_well(visit, size):
    watch = visit("leader", "/boards/campaign/?campaign=flood-2021", size)
    watch.page.wait_for_selector(".chart-canvas canvas")
    watch.assert_well()
    for address in (
        "/boards/campaign/?campaign=epidemic-2021&places=tiles",
        "/boards/campaign/?campaign=drill-2026",
        "/boards/groups/?campaign=flood-2021",
        "/boards/compare/?by=unit",
        "/boards/calendar/?campaign=flood-2021",
    ):
        watch.page.goto(address)
        watch.assert_well()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_group_member_finds_the_board_well(visit, size):
    watch = visit("group03", "/boards/groups/?campaign=drill-2026", size)
    watch.page.wait_for_selector(".chart-canvas canvas")
    watch.assert_well()


def test_chart_turns_into_its_table_and_into_a_picture(visit):
    watch = visit("leader", "/boards/campaign/?campaign=flood-2021")
    page = watch.page
    trend = page.locator("#trend")
    trend.locator("canvas").wait_for()

    with page.expect_download() as picture:
        trend.get_by_role("button", name="存为图片").click()
    # By their first bytes: this browser drops names that are not ASCII.
    assert picture.value.path().read_bytes().startswith(b"\x89PNG")
    with page.expect_download() as sheet:
        trend.get_by_role("link", name="Excel").click()
    assert sheet.value.path().read_bytes().startswith(b"PK")

    trend.get_by_role("button", name="看数据").click()
    watch.assert_well()
    number = trend.locator(".chart-table a.rows").first
    number.click()
    page.wait_for_url("**/daily/figures/flood-2021/**")
    watch.assert_well()


def test_course_and_places_change_in_their_place(visit):
    watch = visit("leader", "/boards/campaign/?campaign=flood-2021")
    page = watch.page

    page.locator("#trend").get_by_role("link", name="道路清障", exact=True).click()
    page.wait_for_selector("#trend h2:has-text('道路清障')")
    page.wait_for_selector("#trend canvas")
    page.locator("#places").get_by_role("link", name="按区县").click()
    page.wait_for_selector(".tile-district")

    watch.assert_well()


def test_wall_is_read_across_the_room_and_renews_itself(visit):
    watch = visit("duty", "/wall/?campaign=drill-2026", WALL)
    page = watch.page
    page.wait_for_selector(".wall-kpi")
    watch.assert_well()
    tall = page.evaluate("document.documentElement.scrollHeight - window.innerHeight")
    assert tall <= 0
    sizes = page.evaluate(
        """[...document.querySelectorAll('.wall > :not(.wall-foot) *')]
           .filter((one) => [...one.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
           .filter((one) => one.offsetWidth > 1 && one.tagName !== 'PROGRESS')
           .map((one) => parseFloat(getComputedStyle(one).fontSize))"""
    )
    assert min(sizes) >= SMALLEST
    cut = page.evaluate(
        """[...document.querySelectorAll('.wall-card, .wall-groups, .wall-gaps')]
           .filter((one) => one.scrollHeight > one.clientHeight + 1).map((one) => one.className)"""
    )
    assert cut == []

    with page.expect_response("**/wall/**") as answer:
        page.evaluate("htmx.ajax('GET', '/wall/?campaign=drill-2026', {target: '#wall'})")
    assert answer.value.status == 200
    assert "<html" not in answer.value.text()
    page.wait_for_selector(".wall-kpi")
    watch.assert_well()
