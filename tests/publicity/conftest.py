import pytest

from tests.factories import CampaignFactory


@pytest.fixture
def flood(db):
    return CampaignFactory(code="flood-2021", name="2021年防汛救灾")
