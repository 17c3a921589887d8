import pytest

from tests.factories import CampaignFactory, PublicityItemFactory


@pytest.fixture
def flood(db):
    return CampaignFactory(code="flood-2021", name="2021年防汛救灾")


@pytest.fixture
def written(flood, unit, reporter):
    return PublicityItemFactory(
        campaign=flood, unit=unit, created_by=reporter, state="draft", chain=0, version=3
    )
