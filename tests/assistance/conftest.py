import pytest

from apps.campaigns.enums import CampaignKind
from tests.factories import BeneficiaryFactory, CampaignFactory, CommunityFactory


@pytest.fixture
def campaign(db):
    return CampaignFactory(code="epidemic", kind=CampaignKind.EPIDEMIC)


@pytest.fixture
def community(db):
    return CommunityFactory(name="城东路社区")


@pytest.fixture
def household(unit, community):
    return BeneficiaryFactory(unit=unit, community=community, name="王芳", phone="13912345678")
