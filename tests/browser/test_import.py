"""A table comes in through a real browser: uploaded, watched, read, corrected, imported, undone."""

import io

import openpyxl
import pytest
from django.utils import timezone

from apps.jobs.services import run_requested
from apps.office.models import ImportBatch
from apps.office.sheets import sheet_of
from apps.units.models import Unit

from .chromium import DESK, PHONE

SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])


def table(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return {
        "name": "单位.xlsx",
        "mimeType": "application/octet-stream",
        "buffer": stream.getvalue(),
    }


def work():
    run_requested(now=timezone.now())


def upload(page, file):
    page.set_input_files("input[type=file]", file)
    page.click("button[type=submit]:has-text('上传并核对')")


def settle(watch):
    # What axe itself trips over in the policy is heard a moment later.
    watch.page.wait_for_timeout(200)
    watch.complaints.clear()


@SIZES
def test_a_table_is_brought_in_and_taken_back(visit, size):
    unit = Unit.objects.order_by("sort_order").first()
    head = ["单位代码", "单位名称", "单位简称", "类别", "值班电话", "排序"]
    changed = [unit.code, unit.name, unit.short_name, unit.get_category_display(), "0371-65500001"]
    new = ["U990", "示例新单位", "示例新", "高校", None, 990]
    watch = visit("staff", "/units/", size)
    page = watch.page
    page.click(".list-tools >> text=导入")
    page.wait_for_selector("text=先核对、后导入")
    watch.assert_well()

    settle(watch)
    upload(page, table(head, [*changed, unit.sort_order], new))
    page.wait_for_selector("#progress >> text=已排队")
    watch.assert_well()
    settle(watch)
    work()
    # the bar asks by itself and draws the page anew
    page.wait_for_selector("text=核对结果", timeout=15_000)
    page.click("a:has-text('变更 1')")
    page.wait_for_selector("ins:has-text('0371-65500001')")
    watch.assert_well()

    settle(watch)
    page.click("button:has-text('全部导入')")
    page.click("[data-confirm-yes]")
    page.wait_for_selector("#progress")
    work()
    page.wait_for_selector("text=已导入", timeout=15_000)
    assert Unit.objects.get(code="U990").short_name == "示例新"
    watch.assert_well()

    settle(watch)
    page.click("button:has-text('撤销')")
    page.click("[data-confirm-yes]")
    page.wait_for_selector("#progress")
    work()
    page.wait_for_selector("text=已撤销", timeout=15_000)
    assert not Unit.objects.filter(code="U990").exists()
    watch.assert_well()


@SIZES
def test_a_wrong_table_is_read_in_the_page_and_comes_back_marked(visit, size):
    head = ["单位代码", "单位名称", "单位简称", "类别", "排序"]
    watch = visit("staff", "/office/imports/new/units/", size)
    page = watch.page
    rows = (["U991", "示例", "示例短", "协会", 1], ["U992", "", "短", "高校", "x"])
    wrong = table(head, *rows)
    upload(page, wrong)
    page.wait_for_selector("#progress")
    work()
    page.wait_for_selector("text=有错误的行改好以前", timeout=15_000)
    page.wait_for_selector("q:has-text('协会')")
    watch.assert_well()

    with page.expect_download() as got:
        page.click("text=下载标注错误的表格")
    marked = openpyxl.load_workbook(io.BytesIO(got.value.path().read_bytes())).active
    assert marked["D2"].comment is not None

    settle(watch)
    page.goto("/office/imports/")
    page.wait_for_selector("text=可以导入的表格")
    page.wait_for_selector("a:has-text('单位.xlsx')")
    watch.assert_well()
    page.goto("/office/imports/new/units/")
    upload(page, wrong)
    page.wait_for_selector("text=同一份文件")
    # The browser itself tells of a refusal's status.
    settle(watch)
    watch.assert_well()


def test_the_page_of_an_import_can_be_left_and_found_again(visit):
    watch = visit("staff", "/office/imports/new/communities/")
    page = watch.page
    sheet = sheet_of("communities")
    upload(
        page, table([column.label for column in sheet.columns[:4]], ["X1", "某区", "某街道", "社"])
    )
    page.wait_for_selector("#progress")
    page.goto("/")
    work()

    page.goto("/office/imports/")
    page.click("text=单位.xlsx")

    page.wait_for_selector("q:has-text('某区')")
    assert ImportBatch.objects.get().state == "faulty"
    watch.assert_well()
