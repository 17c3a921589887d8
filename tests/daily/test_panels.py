"""What the daily desk adds to the records of units and groups."""

import datetime as dt

import pytest

from apps.core.dates import business_day, moment_on
from apps.daily.enums import ReportState
from tests.cast import client_for
from tests.counting import cells, statements
from tests.factories import CampaignFactory, DailyReportFactory, UnitFactory

pytestmark = pytest.mark.django_db
TODAY = business_day()


@pytest.fixture
def campaign(db):
    return CampaignFactory()


def report(campaign, unit, **more):
    return DailyReportFactory(campaign=campaign, unit=unit, **more)


def test_unit_record_shows_what_was_late_and_what_is_missing(staff, campaign, unit):
    yesterday = TODAY - dt.timedelta(days=1)
    report(
        campaign,
        unit,
        on=yesterday,
        state=ReportState.FILED,
        first_filed_at=moment_on(yesterday, dt.time(18)),
    )
    report(campaign, unit)

    rows = cells(client_for(staff).get(f"/units/{unit.pk}/?tab=reports"))

    assert [row[3] for row in rows] == ["未报", "昨日 18:00"]
    assert [row[4] for row in rows] == ["—", "逾期"]


def test_unit_record_shows_thirty_days_at_most(staff, campaign, unit):
    for back in range(32):
        report(campaign, unit, on=TODAY - dt.timedelta(days=back))

    assert len(cells(client_for(staff).get(f"/units/{unit.pk}/?tab=reports"))) == 30


def test_group_record_lists_the_owed_first(staff, campaign, unit, group):
    other = UnitFactory(short_name="示例丙", group=group, sort_order=9999)
    report(campaign, unit, state=ReportState.FILED)
    report(campaign, other)

    rows = cells(client_for(staff).get(f"/units/groups/{group.pk}/?tab=reports"))

    assert [row[0] for row in rows] == ["示例丙", "示例甲"]


def test_group_list_counts_filed_among_asked_without_the_exempt(staff, campaign, unit, group):
    exempt, owed = UnitFactory.create_batch(2, group=group)
    report(campaign, unit, state=ReportState.FILED)
    report(campaign, owed)
    report(campaign, exempt, state=ReportState.EXEMPT)

    [row] = cells(client_for(staff).get("/units/groups/"))

    assert row[4] == "1/2"


def test_group_without_a_report_expected_is_not_shown_as_zero(staff, campaign, group):
    [row] = cells(client_for(staff).get("/units/groups/"))

    assert row[4] == "无应报"


def test_group_record_statements_do_not_grow(staff, campaign, unit, group):
    client, url = client_for(staff), f"/units/groups/{group.pk}/?tab=reports"
    report(campaign, unit)
    one = statements(client, url)
    for other in UnitFactory.create_batch(2, group=group):
        report(campaign, other)

    assert statements(client, url) == one


def test_a_unit_sees_only_its_own_report_in_its_group(reporter, campaign, unit, group):
    report(campaign, unit)
    report(campaign, UnitFactory(group=group))

    rows = cells(client_for(reporter).get(f"/units/groups/{group.pk}/?tab=reports"))

    assert [row[0] for row in rows] == ["示例甲"]
