"""Around an import: what of a file was not taken in, how long it is kept, templates of long lists."""

import datetime as dt
import io

import openpyxl
import pytest
from django.utils import timezone

from apps.core.dates import business_day, moment_on
from apps.jobs.models import Occurrence
from apps.jobs.services import run_due, run_requested
from apps.office.enums import ExportState, ImportState
from apps.office.models import ExportFile
from apps.office.services.imports import remove_uploads
from apps.office.sheets import places, template
from apps.units.models import Unit
from tests.cast import client_for
from tests.factories import ImportBatchFactory, UnitFactory

from .exporting import bytes_of
from .importing import act, checked, labels, workbook

pytestmark = pytest.mark.django_db

NEW_UNIT = ("U950", "示例单位戊", "示例戊", "省直机关", 50)
HEAD = ("单位代码", "单位名称", "单位简称", "类别", "排序")


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def with_leftovers():
    """A table with a blank row, a sum, a note, a hidden column and row and two further sheets."""
    book = openpyxl.load_workbook(io.BytesIO(workbook(HEAD, [NEW_UNIT])))
    page = book.active
    page.column_dimensions["C"].hidden = True
    for row in (2, 3, 4):
        page.row_dimensions[row].hidden = True
    page.append([])
    page.append(["合计", "1家"])
    page.append(["注：以组织关系为准"])
    book.create_sheet("说明").append(["填表说明若干"])
    book.create_sheet("旧表").append(["旧"])
    book["旧表"].sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_what_was_not_read_is_listed_with_its_reason(staff, group):
    batch = checked(staff, "units", with_leftovers())

    page = client_for(staff).get(batch.get_absolute_url()).content.decode()
    assert batch.left_out == {
        "rows": [[4, "合计行"], [5, "表下说明"]],
        "counts": {"合计行": 1, "表下说明": 1},
        "blank": 1,
        "columns": ["单位简称"],
        "hidden": [2],
        "hidden_count": 1,
        "sheets": [["说明", "没有这张表的表头，或没有数据行"], ["旧表", "隐藏的工作表"]],
    }
    assert (batch.state, batch.news) == (ImportState.READY, 1)
    assert "没有读取或隐藏的内容" in page
    assert "隐藏的列照常读取：单位简称" in page
    assert "隐藏或被筛选掉的行照常读取" in page


def test_file_read_whole_says_nothing_of_leftovers(staff, group):
    batch = checked(staff, "units", workbook(HEAD, [NEW_UNIT]))

    page = client_for(staff).get(batch.get_absolute_url()).content.decode()
    assert batch.left_out == {}
    assert "没有读取" not in page


def test_old_files_go_and_the_record_stays(staff, group, settings):
    settings.IMPORT_FILES_KEPT_DAYS = 30
    applied = act(staff, checked(staff, "units", workbook(HEAD, [NEW_UNIT])), "apply")
    late = ("U951", "示例单位己", "示例己", "省直机关", 51)
    waiting = checked(staff, "units", workbook(HEAD, [late]))
    now = timezone.now() + dt.timedelta(days=30, minutes=1)

    first, second = remove_uploads(now=now), remove_uploads(now=now)

    applied.refresh_from_db()
    waiting.refresh_from_db()
    page = client_for(staff).get(applied.get_absolute_url()).content.decode()
    assert (first, second) == (2, 0)
    assert (applied.state, waiting.state) == (ImportState.APPLIED, ImportState.DROPPED)
    assert not places.folder(applied).exists()
    assert (applied.news, applied.rows.count(), applied.removed_at) == (1, 1, now)
    assert "核对结果和撤销不受影响" in page
    assert client_for(staff).get(f"/office/imports/{applied.pk}/file/").status_code == 404


def test_import_is_undone_without_its_file(staff, group):
    applied = act(staff, checked(staff, "units", workbook(HEAD, [NEW_UNIT])), "apply")
    remove_uploads(now=timezone.now() + dt.timedelta(days=91))

    undone = act(staff, applied, "undo")

    assert undone.state == ImportState.UNDONE
    assert not Unit.objects.filter(code="U950").exists()


def test_young_files_and_files_at_work_stay(staff):
    old = timezone.now() - dt.timedelta(days=100)
    at_work = ImportBatchFactory(by=staff, state=ImportState.CHECKING)
    young = ImportBatchFactory(by=staff, state=ImportState.READY)
    type(at_work).objects.filter(pk=at_work.pk).update(at=old)

    assert remove_uploads(now=timezone.now()) == 0
    young.refresh_from_db()
    assert young.removed_at is None


def test_removal_stands_in_the_plan_of_each_night(staff):
    run_due(now=moment_on(business_day(), dt.time(4)), jobs=["expire_imports"])

    line = Occurrence.objects.get(job="expire_imports")
    assert (line.state, line.result) == ("done", {"removed": 0})


@pytest.fixture
def long_list(unit, monkeypatch):
    monkeypatch.setattr(template, "MOST_ROWS", 2)
    return [unit, *UnitFactory.create_batch(3)]


def test_template_of_a_long_list_is_filled_by_the_worker(staff, long_list):
    client = client_for(staff)
    page = client.get("/office/imports/template/units/").content.decode()
    answer = client.post("/office/imports/template/units/")
    export = ExportFile.objects.get()
    run_requested(now=timezone.now())

    export.refresh_from_db()
    file = bytes_of(client.get(f"/office/exports/{export.pk}/file/"))
    sheet = openpyxl.load_workbook(io.BytesIO(file))["单位名录"]
    codes = [cell.value for cell in sheet["A"][3:7]]
    assert '现有记录有 <span class="num">4</span> 家' in page
    assert answer.url == export.get_absolute_url()
    assert (export.state, export.rows, export.shape) == (ExportState.READY, 4, "template")
    assert [cell.value for cell in sheet[3]] == labels("units")
    assert sorted(codes) == sorted(one.code for one in long_list)
    assert "=options_category" in {one.formula1 for one in sheet.data_validations.dataValidation}
    same = checked(staff, "units", file)
    assert (same.same, same.news, same.changes, same.wrongs) == (4, 0, 0, 0)


def test_blank_template_of_a_long_list_comes_at_once(staff, long_list):
    data = client_for(staff).get("/office/imports/template/units/?blank=1").content

    sheet = openpyxl.load_workbook(io.BytesIO(data))["单位名录"]
    assert [cell.value for cell in sheet[3]] == labels("units")
    assert sheet["A4"].value is None


def test_template_of_others_sheets_is_refused(reporter, long_list):
    assert client_for(reporter).post("/office/imports/template/units/").status_code == 403
    assert not ExportFile.objects.exists()
