"""The papers of a day through a real browser: a sheet at the desk, all of them on a phone."""

import io
import zipfile

from django.utils import timezone

from apps.campaigns.models import Campaign
from apps.jobs.services import run_requested
from apps.office.models import ExportFile

from .chromium import PHONE


def test_papers_of_a_day_are_taken_one_by_one_and_all_at_once(visit):
    flood = Campaign.objects.get(code="flood-2021")
    desk = visit("staff", f"/daily/rounds/{flood.code}/{flood.ends_on}/")
    for label in ("按单位", "按联络组", "按类别"):
        with desk.page.expect_download() as sheet:
            desk.page.locator(".card-export").get_by_role("button", name=label).click()
        assert sheet.value.path().read_bytes().startswith(b"PK")
    desk.assert_well()

    watch = visit("staff", f"/office/bundles/new/?campaign={flood.code}", PHONE)
    page = watch.page
    watch.assert_well()
    page.locator(".bundle-parts label", has_text="派出清单").click()
    page.click("button[type=submit]:has-text('制作文件包')")
    page.wait_for_selector("text=已排队")
    run_requested(now=timezone.now())
    page.wait_for_selector("text=下载文件包", timeout=15_000)
    watch.assert_well()

    with page.expect_download() as got:
        page.click("text=下载文件包")
    names = zipfile.ZipFile(io.BytesIO(got.value.path().read_bytes())).namelist()
    folders = {name.partition("/")[0] for name in names}
    assert {"汇总表", "目录.xlsx"} <= folders
    assert "派出清单" not in folders
    assert ExportFile.objects.filter(shape="bundle").get().rows == len(names) - 1
