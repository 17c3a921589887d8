"""A street of the city and a community in it."""

import pytest

from tests.factories import CommunityFactory, DistrictFactory, StreetFactory


@pytest.fixture
def street(db):
    return StreetFactory(district=DistrictFactory(name="管城回族区"), name="城东路街道")


@pytest.fixture
def place(street):
    return CommunityFactory(street=street, name="城东路社区")
