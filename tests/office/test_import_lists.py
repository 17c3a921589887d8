"""Every list that has an import leaves in its shape, and comes back without a change."""

import io

import openpyxl
import pytest
from django.urls import reverse

from apps.accounts.models import User
from apps.campaigns.sheets import IS_OVER
from apps.daily.models import DailyReport
from apps.deployments.models import MemberRegistration
from apps.office.enums import ExportShape
from apps.office.models import ExportFile
from apps.office.sheets import sheet_of, sheets
from tests.factories import AreaPartFactory, NamedAreaFactory
from tests.office.exporting import HEADER, ask, bytes_of
from tests.office.importing import checked, counts, problems

FLOOD = "flood-2021"
ENDED = {
    "assignments": ("截止日期", "2021-07-21", "下沉任务已结束，其人员派出不再更改，请改回原值。"),
    "teams": ("临时党支部", "另一党支部", IS_OVER),
    "needs": ("说明", "另有说明", IS_OVER),
    "visits": ("走访情况", "另有情况", IS_OVER),
    "milestones": ("通报文号", "另一文号", IS_OVER),
    "reports": ("困难和需求", "另有需求", "“2021年防汛救灾”已结束，不能报送日报。"),
}
"""A cell of what belongs to a campaign that is over, another value, and what it is met with."""


def taken_out(user, address, **more):
    """The workbook in which a list leaves; it has to be that of its import."""
    file = bytes_of(ask(user, address, shape=ExportShape.SHEET, **more))
    assert ExportFile.objects.latest("pk").shape == ExportShape.SHEET, address
    return file


def edited(file, label, value, *, row=1):
    """The same workbook with another value in one cell."""
    book = openpyxl.load_workbook(io.BytesIO(file))
    page = book.active
    column = [cell.value for cell in page[HEADER]].index(label) + 1
    page.cell(HEADER + row, column, value)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_every_list_comes_back_without_a_change(small_world):
    staff = User.objects.get(username="staff")
    AreaPartFactory.create_batch(2, area=NamedAreaFactory(note=""))

    for code, sheet in sheets().items():
        batch = checked(staff, code, taken_out(staff, reverse(sheet.list_url)), name=f"{code}.xlsx")

        told = (code, batch.message, problems(batch)[:5])
        assert counts(batch) == {"new": 0, "changed": 0, "same": batch.same, "wrong": 0}, told
        assert batch.same, told


@pytest.mark.parametrize("code", ENDED)
def test_what_is_over_comes_back_and_is_refused_where_it_was_edited(small_world, code):
    staff = User.objects.get(username="staff")
    label, value, reason = ENDED[code]
    address = reverse(sheet_of(code).list_url)
    if code == "reports":
        address += f"?campaign={FLOOD}&state=accepted"

    file = taken_out(staff, address, campaign=FLOOD)
    batch = checked(staff, code, edited(file, label, value), name=f"{code}.xlsx")

    assert [(row, why) for row, _, _, why in problems(batch)] == [(HEADER + 1, reason)]
    assert counts(batch) == {"new": 0, "changed": 0, "same": batch.same, "wrong": 1}
    assert batch.same


def test_registrations_on_the_spot_are_refused_where_they_were_edited(small_world):
    staff = User.objects.get(username="staff")
    assert MemberRegistration.objects.filter(is_local=True).exists()

    file = taken_out(staff, reverse("deployments:member_registration_list") + "?local=yes")
    batch = checked(staff, "member_registrations", edited(file, "备注", "另有备注"))

    assert [(row, why) for row, _, _, why in problems(batch)] == [
        (HEADER + 1, "就地报到随封闭措施办理，不在表中更改，请改回原值。")
    ]
    assert counts(batch)["same"] == batch.same > 0


def test_the_last_thirty_days_of_a_unit_leave_as_its_reports_come_in(small_world):
    code = DailyReport.objects.order_by("-on").values_list("unit__code", flat=True)[0]
    reporter = User.objects.get(username=f"unit{code}")

    batch = checked(reporter, "reports", taken_out(reporter, reverse("daily:report_mine")))

    assert counts(batch) == {"new": 0, "changed": 0, "same": batch.same, "wrong": 0}
    assert batch.same > 1
