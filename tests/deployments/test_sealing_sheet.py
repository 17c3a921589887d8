"""A roster that is brought in sends nobody across a closed boundary either."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.core.dates import business_day
from apps.deployments.models import Assignment
from tests.factories import (
    AreaStatusFactory,
    CampaignFactory,
    CommunityFactory,
    DistrictFactory,
    MeasureFactory,
    MemberFactory,
    StreetFactory,
    TaskTypeFactory,
)
from tests.office.importing import checked, problems, workbook

pytestmark = pytest.mark.django_db
HEAD = ("派出单位", "姓名", "区县", "街道", "社区", "任务类型", "起始日期", "截止日期")


def test_a_roster_sends_nobody_across(staff, unit):
    today = business_day()
    CampaignFactory(starts_on=today - dt.timedelta(days=9), ends_on=None)
    TaskTypeFactory(name="物资搬运")
    street = StreetFactory(district=DistrictFactory(name="管城回族区"), name="城东路街道")
    place = CommunityFactory(street=street, name="城东路社区")
    MemberFactory(name="吴敏", unit=unit, home_community=place)
    MemberFactory(name="林艳", unit=unit, home_community=CommunityFactory())
    AreaStatusFactory(
        measure=MeasureFactory(name="封控管理", is_sealed=True),
        community=place,
        starts_at=timezone.now() - dt.timedelta(days=2),
    )
    where = ("管城回族区", "城东路街道", "城东路社区", "物资搬运")
    rows = [("示例甲", name, *where, today, "") for name in ("吴敏", "林艳")]

    batch = checked(staff, "assignments", workbook(HEAD, rows))

    [told] = problems(batch)
    assert "林艳不住在其中，不能派入；请改派区域外的任务，或待解除后再派。" in str(told)
    assert not Assignment.objects.exists()
