"""Addresses as nobody means them: a slip or a stranger's word is no failure of the portal."""

import pytest

from tests.cast import client_for
from tests.factories import CampaignFactory

pytestmark = pytest.mark.django_db

# What Unicode calls a digit is no number: int("²") fails.
KEYS = [
    "/assistance/new/?beneficiary=²",
    "/assistance/actions/new/?case=²",
    "/communities/areas/new/?like=²",
    "/daily/missing/chase/?pk=²",
    "/deployments/registrations/bulk/?unit=²",
    "/deployments/registrations/members/new/?member=²",
    "/deployments/registrations/units/new/?unit=²",
    "/deployments/visits/new/?deployment=²",
]


@pytest.mark.parametrize("address", KEYS)
def test_a_key_that_is_no_number_names_nothing(staff, address):
    CampaignFactory()

    assert client_for(staff).get(address).status_code == 200


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_beside_which_there_is_none_is_not_there(staff, day):
    campaign = CampaignFactory()
    client = client_for(staff)

    missing = client.get(f"/daily/missing/?campaign={campaign.code}&day={day}")
    forecast = client.get(f"/deployments/forecast/?campaign={campaign.code}&on={day}")

    assert missing.status_code == 404
    assert f"网址中的日期“{day}”无法识别" in missing.text
    # A list names what it cannot read, and goes on without it.
    assert forecast.status_code == 200


def test_a_list_of_dispatches_names_the_day_it_cannot_read(staff):
    CampaignFactory()

    listed = client_for(staff).get("/deployments/dispatch/?on=abc")
    printed = client_for(staff).get("/deployments/dispatch/print/?on=abc")

    assert "筛选“到岗日期”没有起作用：请填写有效的日期" in listed.text
    assert printed.status_code == 404


@pytest.mark.parametrize("address", ["teams", "forecast", "dispatch", "needs"])
def test_before_the_first_campaign_a_list_of_one_is_empty(staff, address):
    page = client_for(staff).get(f"/deployments/{address}/")

    assert list(page.context["table"].rows) == []
