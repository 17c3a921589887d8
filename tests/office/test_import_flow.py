"""One table from template to undoing, as people and the worker meet it."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import AuditEntry
from apps.core.dates import business_day
from apps.jobs.models import Occurrence
from apps.office.enums import ImportState
from apps.office.models import ImportBatch
from apps.office.services import imports
from apps.office.sheets import sheet_of
from apps.units.models import GroupMembership, Unit
from tests.cast import client_for
from tests.counting import statements
from tests.factories import DailyReportFactory, MemberFactory, UnitFactory

from .importing import (
    act,
    applied,
    checked,
    counts,
    exported,
    labels,
    problems,
    send,
    work,
    workbook,
)

pytestmark = pytest.mark.django_db


def new_unit(code="U950", **values):
    row = {
        "单位代码": code,
        "单位名称": f"示例单位{code}",
        "单位简称": f"示例{code}",
        "类别": "高校",
        "排序": 7,
    }
    return row | values


def table(*rows):
    head = list(dict.fromkeys(key for row in rows for key in row))
    return workbook(head, [[row.get(key) for key in head] for row in rows])


# --- the way through ------------------------------------------------------------------------------


def test_check_says_what_would_happen_and_writes_nothing(staff, unit):
    before = list(Unit.objects.values())

    batch = checked(
        staff,
        "units",
        table(
            new_unit(),
            new_unit("U901", 单位名称="示例单位甲", 单位简称="示例甲", 类别="省直机关", 排序=99),
        ),
    )

    assert batch.state == ImportState.READY
    assert counts(batch) == {"new": 1, "changed": 1, "same": 0, "wrong": 0}
    assert list(Unit.objects.values()) == before
    row = batch.rows.get(state="changed")
    assert row.changes == {"sort_order": [unit.sort_order, 99]}


def test_apply_writes_under_the_persons_name(staff, unit, group):
    data = table(new_unit(联络服务小组="3", 职能线="水利、卫健", 由领导沟通="是"))

    batch = applied(staff, "units", data)

    made = Unit.objects.get(code="U950")
    entry = AuditEntry.objects.get(table="units_unit", key=str(made.pk))
    assert batch.state == ImportState.APPLIED
    assert (made.category, made.function_lines) == ("university", ["water", "health"])
    assert (made.is_leader_contact, made.is_active, made.duty_phone) == (True, True, "")
    assert GroupMembership.objects.get(unit=made).group == group
    assert (entry.actor, entry.request, entry.operation) == ("staff", batch.trail, "I")


def test_a_table_with_one_wrong_row_changes_nothing_at_all(staff, unit):
    batch = checked(staff, "units", table(new_unit(), new_unit("U951", 类别="协会")))

    answer = client_for(staff).post(f"/office/imports/{batch.pk}/apply/")

    assert batch.state == ImportState.FAULTY
    assert answer.status_code == 409
    assert "有错误" in answer.content.decode()
    assert Unit.objects.count() == 1


def test_undo_takes_new_rows_off_and_gives_old_values_back(staff, unit, group, foreign_group):
    before = list(Unit.objects.values())
    memberships = list(GroupMembership.objects.values())
    head, rows = exported("units", staff)
    rows[0][head.index("单位简称")] = "改名后"
    rows[0][head.index("联络服务小组")] = "第4组"
    rows.append([None] * len(head))
    for name, value in new_unit().items():
        rows[1][head.index(name)] = value
    batch = applied(staff, "units", workbook(head, rows))
    unit.refresh_from_db()
    assert unit.short_name == "改名后"
    assert GroupMembership.objects.filter(unit=unit).count() == 2

    act(staff, batch, "undo")

    assert batch.state == ImportState.UNDONE
    assert list(Unit.objects.values()) == before
    assert list(GroupMembership.objects.values()) == memberships


def test_undo_is_refused_where_something_stands_on_it(staff, unit):
    batch = applied(staff, "units", table(new_unit()))
    made = Unit.objects.get(code="U950")
    MemberFactory(unit=made)

    act(staff, batch, "undo")

    assert batch.state == ImportState.APPLIED
    assert batch.message == "不能撤销：1 条“组织关系”用到了新增的“单位”。请先处理这些记录。"
    assert Unit.objects.filter(pk=made.pk).exists()


def test_undo_is_refused_where_a_row_was_changed_since(staff, unit):
    batch = applied(staff, "units", table({"单位代码": "U901", "值班电话": "0371-88880001"}))
    Unit.objects.filter(pk=unit.pk).update(duty_phone="0371-88880002")

    act(staff, batch, "undo")

    unit.refresh_from_db()
    assert batch.message == "不能撤销：1 条“单位”此后又有改动。请先处理这些记录。"
    assert unit.duty_phone == "0371-88880002"


def test_only_the_latest_import_of_a_sheet_is_undone(staff, unit):
    first = applied(staff, "units", table(new_unit()))
    applied(staff, "units", table(new_unit("U951")), name="后一份.xlsx")

    answer = client_for(staff).post(f"/office/imports/{first.pk}/undo/")

    assert answer.status_code == 422
    assert "此后又导入了《后一份.xlsx》，请先撤销那一次。" in answer.content.decode()


def test_a_column_that_is_not_there_is_left_alone_and_an_empty_cell_clears(staff, unit):
    phone = unit.duty_phone
    applied(staff, "units", table({"单位代码": "U901", "值班邮箱": None, "排序": 5}))

    unit.refresh_from_db()
    assert (unit.duty_phone, unit.duty_email, unit.sort_order) == (phone, "", 5)


# --- what meanwhile -------------------------------------------------------------------------------


def test_apply_is_refused_when_the_rows_changed_since_the_check(staff, unit):
    batch = checked(staff, "units", table({"单位代码": "U901", "排序": 5}))
    Unit.objects.filter(pk=unit.pk).update(sort_order=6)

    act(staff, batch, "apply")

    unit.refresh_from_db()
    assert batch.state == ImportState.STALE
    assert batch.message == "核对之后数据有变动。没有导入任何一行，请重新核对。"
    assert unit.sort_order == 6

    act(staff, batch, "recheck")
    assert (batch.state, counts(batch)["changed"]) == (ImportState.READY, 1)


def test_the_second_of_two_imports_is_told_of_the_first(staff, duty, unit):
    one = checked(staff, "units", table(new_unit()))
    two = checked(duty, "units", table(new_unit(排序=8)), name="二.xlsx")

    act(staff, one, "apply")
    act(duty, two, "apply")

    assert two.state == ImportState.STALE
    assert two.message == (
        "核对之后数据有变动：其间工委工作人员导入了《表.xlsx》。没有导入任何一行，请重新核对。"
    )
    assert Unit.objects.get(code="U950").sort_order == 7


def test_a_run_that_is_done_twice_writes_once(staff, unit):
    batch = checked(staff, "units", table(new_unit()))
    client_for(staff).post(f"/office/imports/{batch.pk}/apply/")
    work()
    # A worker that died after its last write is taken for one that never began.
    Occurrence.objects.filter(job="import").update(
        state="expected", claimed_until=None, claimed_by=""
    )

    assert {state for state, _ in work()} == {"done"}

    batch.refresh_from_db()
    assert batch.state == ImportState.APPLIED
    assert Unit.objects.filter(code="U950").count() == 1


def test_a_worker_that_dies_midway_leaves_nothing_behind(staff, unit, monkeypatch):
    batch = checked(staff, "units", table(new_unit()))
    client_for(staff).post(f"/office/imports/{batch.pk}/apply/")

    def dies(*_arguments):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(sheet_of("units"), "apply", dies)
        assert [state for state, _ in work()] == ["failed"]
    batch.refresh_from_db()
    assert batch.state == ImportState.APPLYING
    assert Unit.objects.count() == 1

    Occurrence.objects.filter(job="import").update(claimed_until=None)
    assert work() == [("done", "")]
    assert Unit.objects.count() == 2


def test_who_lost_the_permission_meanwhile_writes_nothing(staff, unit):
    batch = checked(staff, "units", table(new_unit()))
    client_for(staff).post(f"/office/imports/{batch.pk}/apply/")
    staff.postings.all().delete()

    work()

    batch.refresh_from_db()
    assert (batch.state, batch.message) == ("refused", "办理人已无此项权限，没有办理。")
    assert Unit.objects.count() == 1


def test_a_given_up_import_cannot_be_applied(staff, unit):
    batch = checked(staff, "units", table(new_unit()))

    act(staff, batch, "drop")
    answer = client_for(staff).post(f"/office/imports/{batch.pk}/apply/")

    assert batch.state == ImportState.DROPPED
    assert answer.status_code == 409


# --- files ----------------------------------------------------------------------------------------


def test_the_same_file_again_is_recognised_and_leads_to_the_former(staff, unit):
    data = table(new_unit())
    former = checked(staff, "units", data)

    answer = send(staff, "units", data, "改了名.xlsx")

    body = answer.content.decode()
    assert answer.status_code == 409
    assert "同一份文件" in body
    assert former.get_absolute_url() in body
    assert ImportBatch.objects.count() == 1
    assert checked(staff, "units", data, again="on").pk != former.pk


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("表.docx", b"x", "“表.docx”不是表格文件，请上传 .xlsx、.xls 或 .csv 文件。"),
        ("表.xlsx", b"", "所选的是空文件，请重新选择。"),
    ],
)
def test_no_table_is_refused_at_the_door(staff, name, data, sentence):
    answer = send(staff, "units", data, name)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert ImportBatch.objects.count() == 0


def test_a_large_file_is_refused_at_the_door(staff, monkeypatch):
    monkeypatch.setattr(imports, "MOST_BYTES", 100)

    answer = send(staff, "units", table(new_unit()))

    assert "请拆分后分次上传" in answer.content.decode()


@pytest.mark.parametrize(
    "data",
    [b"not a workbook", workbook(["姓名", "手机"], [["王示例", "13800000001"]])],
    ids=["broken", "another table"],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(staff, data):
    batch = checked(staff, "units", data)

    page = client_for(staff).get(batch.get_absolute_url()).content.decode()
    assert batch.state == ImportState.REFUSED
    assert batch.message
    assert batch.message[:12] in page
    assert batch.rows.count() == 0


def test_a_table_without_rows_is_refused(staff):
    batch = checked(staff, "units", workbook(labels("units"), []))

    assert batch.state == ImportState.REFUSED


def test_the_upload_lies_sealed(staff, unit, settings):
    batch = checked(staff, "units", table(new_unit()))
    stored = [
        path.read_bytes()
        for path in (settings.MEDIA_ROOT / "imports" / str(batch.pk)).iterdir()
        if path.name == "upload"
    ]

    assert len(stored) == 1
    assert b"PK\x03\x04" not in stored[0][:200]
    back = client_for(staff).get(f"/office/imports/{batch.pk}/file/").content
    assert openpyxl.load_workbook(io.BytesIO(back)).active["A2"].value == "U950"


# --- what is wrong --------------------------------------------------------------------------------


def test_every_wrong_cell_is_named_with_reason_and_remedy(staff, unit):
    batch = checked(
        staff,
        "units",
        table(
            new_unit("U950", 类别="协会"),
            new_unit("U951", 联络服务小组="第99组"),
            new_unit("U952", 值班邮箱="无"),
            new_unit("U953", 单位简称="示例甲"),
            new_unit("U954", 单位名称=None),
            new_unit("U955", 排序="很多"),
            new_unit("U956"),
            new_unit("U956", 单位名称="另一名", 单位简称="另一简称"),
        ),
    )

    found = problems(batch)
    assert [(row, column) for row, column, _, _ in found] == [
        (2, "category"),
        (3, "group"),
        (4, "duty_email"),
        (5, "short_name"),
        (6, "name"),
        (7, "sort_order"),
        (9, "code"),
    ]
    assert found[0][2] == "协会"
    assert found[1][3] == "没有这个小组，请从下拉选项中选择。"
    assert found[2][3] == "不是邮箱地址，请核对。"
    assert found[3][3] == "“单位简称”与另一条已有的记录相同，请核对。"
    assert found[4][3] == "不能为空，请填写。"
    assert found[6][3] == "“单位代码”与第 8 行重复，请只留一行。"
    assert counts(batch) == {"new": 1, "changed": 0, "same": 0, "wrong": 7}


def test_a_wrong_row_claims_neither_its_key_nor_its_name(staff, unit):
    batch = checked(staff, "units", table(new_unit("U950", 类别="协会"), new_unit("U950")))

    assert [row for row, *_ in problems(batch)] == [2]
    assert counts(batch) == {"new": 1, "changed": 0, "same": 0, "wrong": 1}


def test_a_new_row_needs_the_columns_that_are_not_in_the_file(staff, unit):
    batch = checked(staff, "units", table({"单位代码": "U960", "排序": 3}))

    assert (2, "name", "", "新增时须有“单位名称”，表中没有这一列，请补上。") in problems(batch)


def test_the_file_comes_back_with_red_cells_and_reasons(staff, unit):
    batch = checked(staff, "units", table(new_unit("U950", 类别="协会"), new_unit("U951")))

    back = client_for(staff).get(f"/office/imports/{batch.pk}/marked/").content

    page = openpyxl.load_workbook(io.BytesIO(back)).active
    at = next(c.column for c in page[1] if c.value == "类别")
    red = page.cell(2, at)
    assert red.value == "协会"
    assert red.fill.fgColor.rgb == "00F8C9C4"
    assert red.comment.text == problems(batch)[0][3]
    assert page.cell(1, page.max_column).value == "错误原因"
    assert page.cell(2, page.max_column).value.startswith("类别：")
    assert page.cell(3, at).fill.fgColor.rgb != "00F8C9C4"


def test_a_marked_csv_comes_back_as_a_workbook(staff, unit):
    lines = ["单位代码,单位名称,单位简称,类别,排序", "U950,=1+1,示例丙,协会,3"]
    batch = checked(staff, "units", "\r\n".join(lines).encode("gb18030"), name="单位.csv")

    back = client_for(staff).get(f"/office/imports/{batch.pk}/marked/").content

    page = openpyxl.load_workbook(io.BytesIO(back)).active
    assert page["D2"].fill.fgColor.rgb == "00F8C9C4"
    assert (page["B2"].data_type, page["B2"].value) == ("s", "=1+1")
    assert page["F2"].value.startswith("类别：")


# --- pages ----------------------------------------------------------------------------------------


def test_template_holds_what_stands_its_choices_and_its_help(staff, unit, group):
    data = client_for(staff).get("/office/imports/template/units/").content

    book = openpyxl.load_workbook(io.BytesIO(data))
    page = book["单位名录"]
    assert [cell.value for cell in page[3]] == labels("units")
    assert page["A4"].value == "U901"
    assert page["A2"].value.startswith("填写说明：")
    assert book["选项"].sheet_state == "hidden"
    lists = {rule.formula1 for rule in page.data_validations.dataValidation}
    assert "=options_category" in lists
    assert [c.value for c in book["选项"]["A"]][:2] == ["省直机关", "中央驻豫单位"]
    assert counts(checked(staff, "units", data)) == {"new": 0, "changed": 0, "same": 1, "wrong": 0}


def test_pages_say_in_words_what_a_row_changes(staff, unit):
    data = table({"单位代码": "U901", "类别": "高校", "由领导沟通": "是"})
    batch = checked(staff, "units", data)

    body = client_for(staff).get(f"{batch.get_absolute_url()}?tab=changed").content.decode()

    assert "<del>省直机关</del>" in body
    assert "<ins>高校</ins>" in body
    assert "将新增 0 行、变更 1 行，全部导入？" in body


def test_progress_is_asked_again_until_the_work_is_done(staff, unit):
    send(staff, "units", table(new_unit()))
    batch = ImportBatch.objects.get()
    client = client_for(staff)

    page = client.get(batch.get_absolute_url()).content.decode()
    waiting = client.get(f"/office/imports/{batch.pk}/progress/")
    work()
    done = client.get(f"/office/imports/{batch.pk}/progress/")

    assert 'hx-trigger="every 2s"' in page
    assert "已排队，等候办理" in waiting.content.decode()
    assert done.headers["HX-Refresh"] == "true"
    assert "每" not in done.content.decode()


def test_history_says_who_brought_what_and_how_it_ended(staff, unit):
    applied(staff, "units", table(new_unit()), name="九月.xlsx")

    body = client_for(staff).get("/office/imports/").content.decode()

    assert "九月.xlsx" in body
    assert "已导入" in body
    assert "新增 1" in body
    assert "工委工作人员" in body


def test_a_long_work_is_told_in_the_inbox(staff, unit, monkeypatch):
    monkeypatch.setattr("apps.office.services.import_work.LONG", 0.0)

    batch = checked(staff, "units", table(new_unit()))

    note = staff.inbox.get()
    assert (note.kind, note.path) == ("transfer", batch.get_absolute_url())
    assert note.subject == "单位名录导入：待导入"


def test_uploads_carry_the_banner(staff):
    assert "严禁处理、传输国家秘密" in (
        client_for(staff).get("/office/imports/new/units/").content.decode()
    )


# --- who ------------------------------------------------------------------------------------------

SHEETS = {
    "units": {"staff", "duty", "steward"},
    "communities": {"staff", "duty", "steward"},
    "members": {"staff", "duty", "steward", "reporter"},
}
EVERYBODY = [
    "leader", "staff", "duty", "liaison", "reporter", "unit_leader", "caseworker", "editor",
    "steward", "city", "auditor", "security_admin", "system_admin", "outsider",
]  # fmt: skip


@pytest.mark.parametrize(("code", "holders"), SHEETS.items())
def test_a_sheet_is_open_to_its_roles_alone(request, code, holders):
    for role in EVERYBODY:
        client = client_for(request.getfixturevalue(role))
        expected = 200 if role in holders else 403
        assert client.get(f"/office/imports/new/{code}/").status_code == expected, role
        assert client.get(f"/office/imports/template/{code}/").status_code == expected, role


def test_a_unit_sees_its_own_imports_alone(staff, reporter, unit):
    batch = checked(staff, "units", table(new_unit()))
    client = client_for(reporter)

    assert client.get(batch.get_absolute_url()).status_code == 404
    assert client.get(f"/office/imports/{batch.pk}/progress/").status_code == 404
    for verb in ("apply", "recheck", "undo", "drop"):
        assert client.post(f"/office/imports/{batch.pk}/{verb}/").status_code == 404
    assert "表.xlsx" not in client.get("/office/imports/").content.decode()


def test_a_file_goes_back_to_its_sender_alone(staff, duty, unit):
    batch = checked(staff, "units", table(new_unit("U950", 类别="协会")))

    for name in ("file", "marked"):
        assert client_for(staff).get(f"/office/imports/{batch.pk}/{name}/").status_code == 200
        assert client_for(duty).get(f"/office/imports/{batch.pk}/{name}/").status_code == 404


def test_a_sheet_there_is_not_is_not_found(staff):
    assert client_for(staff).get("/office/imports/new/rumours/").status_code == 404


def test_strangers_are_sent_to_the_log_in(client, db):
    answer = client.post(
        "/office/imports/new/units/", {"file": SimpleUploadedFile("表.xlsx", b"x")}
    )

    assert answer.status_code == 302
    assert "/login/" in answer.headers["Location"]


# --- statements -----------------------------------------------------------------------------------


def test_work_takes_as_many_statements_for_fifty_rows_as_for_two(staff, unit):
    def taken(codes):
        send(staff, "units", table(*(new_unit(f"U{n}", 排序=n) for n in codes)))
        with CaptureQueriesContext(connection) as check:
            work()
        batch = ImportBatch.objects.latest("pk")
        client_for(staff).post(f"/office/imports/{batch.pk}/apply/")
        with CaptureQueriesContext(connection) as write:
            work()
        batch.refresh_from_db()
        assert batch.state == ImportState.APPLIED
        return len(check), len(write)

    taken(range(800, 801))

    assert taken(range(100, 102)) == taken(range(200, 250))


def test_pages_take_as_many_statements_for_many_rows_as_for_one(staff, unit):
    UnitFactory(code="U902")
    one = checked(staff, "units", table(new_unit()))
    many = checked(staff, "units", table(*(new_unit(f"U{n}") for n in range(300, 340))))
    client = client_for(staff)

    assert statements(client, one.get_absolute_url()) == statements(client, many.get_absolute_url())


def test_a_group_is_not_changed_by_a_table_once_todays_report_stands(
    staff, unit, group, foreign_group
):
    DailyReportFactory(unit=unit, on=business_day())
    before = list(GroupMembership.objects.values())
    head, rows = exported("units", staff)
    rows[0][head.index("联络服务小组")] = "第4组"

    batch = checked(staff, "units", workbook(head, rows))

    assert batch.state == ImportState.FAULTY
    page = client_for(staff).get(f"/office/imports/{batch.pk}/").content.decode()
    assert "今天的日报已按现在的联络组生成" in page
    assert list(GroupMembership.objects.values()) == before
