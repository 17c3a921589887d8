"""Every list that has an import leaves in its shape, and comes back without a change."""

from django.urls import reverse

from apps.accounts.models import User
from apps.office.enums import ExportShape
from apps.office.models import ExportFile
from apps.office.sheets import sheets
from tests.factories import AreaPartFactory, NamedAreaFactory
from tests.office.exporting import ask, bytes_of
from tests.office.importing import checked, counts, problems

NARROWED = {
    "assignments": "?state=active",
    "member_registrations": "?local=no",
    "signings": "?state=open",
}
"""What has ended, follows a closure or is confirmed is not changed by a table."""


def test_every_list_comes_back_without_a_change(small_world):
    staff = User.objects.get(username="staff")
    AreaPartFactory.create_batch(2, area=NamedAreaFactory(note=""))

    for code, sheet in sheets().items():
        address = reverse(sheet.list_url) + NARROWED.get(code, "")
        file = bytes_of(ask(staff, address, shape=ExportShape.SHEET))
        batch = checked(staff, code, file, name=f"{code}.xlsx")

        told = (code, batch.message, problems(batch)[:5])
        assert ExportFile.objects.latest("pk").shape == ExportShape.SHEET, code
        assert counts(batch) == {"new": 0, "changed": 0, "same": batch.same, "wrong": 0}, told
        assert batch.same, told
