"""Sheets of the desks: needs, help given, items taken."""

import io

import openpyxl
import pytest

from tests.cast import client_for
from tests.factories import (
    AssistanceActionFactory,
    BeneficiaryFactory,
    CampaignFactory,
    CommunityFactory,
    NeedFactory,
    PlacementFactory,
)

pytestmark = pytest.mark.django_db


def sheet_of(user, url):
    answer = client_for(user).post(url)
    assert answer.status_code == 200, answer.content.decode()[:500]
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active


def rows_of(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]


@pytest.fixture
def campaign(db):
    return CampaignFactory()


def test_needs_are_listed_with_their_total(staff, campaign):
    NeedFactory(campaign=campaign, community=CommunityFactory(name="甲社区"), heads=5)
    NeedFactory(campaign=campaign, community=CommunityFactory(name="乙社区"), heads=7)
    NeedFactory(campaign=CampaignFactory(), heads=100)

    rows = rows_of(sheet_of(staff, f"/deployments/needs/sheet/?campaign={campaign.code}"))

    assert {row[3] for row in rows[:2]} == {"甲社区", "乙社区"}
    assert (rows[2][1], rows[2][5]) == ("合计", 12)


def test_help_is_counted_by_type_and_people_once(staff, reporter, campaign, unit, foreign_unit):
    helped = BeneficiaryFactory(unit=unit)
    AssistanceActionFactory.create_batch(2, campaign=campaign, beneficiary=helped, unit=unit)
    again = BeneficiaryFactory(unit=unit, duplicate_of=helped)
    AssistanceActionFactory(campaign=campaign, beneficiary=again, unit=unit)
    other = BeneficiaryFactory(unit=foreign_unit)
    AssistanceActionFactory(campaign=campaign, beneficiary=other, unit=foreign_unit)
    url = f"/assistance/actions/sheet/?campaign={campaign.code}"

    whole, own = rows_of(sheet_of(staff, url)), rows_of(sheet_of(reporter, url))

    totals = [next(row for row in rows if row[1] == "合计") for rows in (whole, own)]
    assert [(row[3], row[5], row[6]) for row in totals] == [(4, 2, 2), (3, 1, 1)]


def test_items_taken_say_whether_they_are_signed(editor, unit):
    placed = PlacementFactory(item__unit=unit)
    campaign, month = placed.item.campaign, f"{placed.on:%Y-%m}"

    sheet = sheet_of(editor, f"/publicity/adoption/sheet/?campaign={campaign.code}&month={month}")

    rows = rows_of(sheet)
    assert rows[0][1:5] == ["示例甲", rows[1][2], 1, 1]
    assert rows[1][1] == "合计"
    assert "送审稿（未签发）" in [cell.value for cell in sheet[2]]


@pytest.mark.parametrize(
    ("who", "url"),
    [
        ("auditor", "/deployments/needs/sheet/"),
        ("auditor", "/assistance/actions/sheet/"),
        ("city", "/publicity/adoption/sheet/"),
    ],
)
def test_sheets_ask_for_the_permission_of_their_page(request, campaign, who, url):
    assert client_for(request.getfixturevalue(who)).post(url).status_code == 403
