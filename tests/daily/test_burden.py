"""减负: what the portal measures of its own asking."""

import datetime as dt
from re import findall

import pytest
from django.urls import reverse

from apps.core.dates import moment_on
from apps.daily.enums import ReportSource, ReportState
from apps.daily.selectors.burden import months, slowest_units
from apps.figures.enums import Measure
from apps.figures.models import Indicator
from apps.figures.selectors.likeness import alike
from tests.cast import client_for
from tests.factories import (
    CampaignFactory,
    CampaignIndicatorFactory,
    DailyReportFactory,
    DataCallFactory,
    DataCallItemFactory,
    DataCallReplyFactory,
    IndicatorFactory,
    ReportRevisionFactory,
    ReportValueFactory,
)

FIRST, LAST = dt.date(2021, 7, 20), dt.date(2021, 8, 31)
DAY = dt.date(2021, 8, 5)
AT = moment_on(DAY, dt.time(16))


@pytest.fixture
def campaign(db):
    return CampaignFactory(starts_on=FIRST, ends_on=LAST)


@pytest.fixture
def indicator(campaign):
    found = IndicatorFactory(
        code="F07", name="道路清障", measure=Measure.SPOTS, campaign_kind=campaign.kind
    )
    CampaignIndicatorFactory(campaign=campaign, indicator=found, is_typed=True)
    return found


def filed(report, *, seconds, number=1):
    return ReportRevisionFactory(
        report=report, number=number, at=AT, opened_at=AT - dt.timedelta(seconds=seconds)
    )


def test_a_month_counts_fields_seconds_and_repeats(campaign, indicator, unit, foreign_unit):
    other = IndicatorFactory(code="F08", measure=Measure.CUBIC_METRES)
    CampaignIndicatorFactory(campaign=campaign, indicator=other, is_typed=True)
    one = DailyReportFactory(campaign=campaign, unit=unit, on=DAY)
    DailyReportFactory(campaign=campaign, unit=foreign_unit, on=DAY)
    DailyReportFactory(
        campaign=campaign,
        unit=foreign_unit,
        on=DAY + dt.timedelta(days=1),
        state=ReportState.EXEMPT,
    )
    first = filed(one, seconds=90)
    filed(one, seconds=30, number=2)
    filed(one, seconds=7200, number=3)
    ReportValueFactory(revision=first, indicator=indicator, is_carried=True)
    ReportValueFactory(revision=first, indicator=other)

    (row,) = months(campaign, first=FIRST, last=LAST)

    assert (row.days, row.units, row.reports, row.fields, row.most_fields) == (1, 2, 2, 4, 2)
    assert (row.filed, row.repeats, row.seconds, row.carried) == (3, 2, 60, 0.5)
    assert row.per_day == 2


def test_requests_between_the_reports_are_counted_for_every_unit_asked(
    campaign, indicator, unit, foreign_unit
):
    DailyReportFactory(campaign=campaign, unit=unit, on=DAY)
    call = DataCallFactory(campaign=campaign, made_at=AT)
    DataCallItemFactory(call=call, indicator=indicator)
    DataCallItemFactory(call=call)
    DataCallReplyFactory(call=call, unit=unit)
    DataCallReplyFactory(call=call, unit=foreign_unit)

    (row,) = months(campaign, first=FIRST, last=LAST)

    assert (row.calls, row.numbers, row.known) == (1, 4, 2)
    assert row.per_day == 5


def test_the_slowest_units_come_first_and_the_untimed_last(campaign, unit, foreign_unit, group):
    filed(DailyReportFactory(campaign=campaign, unit=foreign_unit, on=DAY), seconds=200)
    DailyReportFactory(campaign=campaign, unit=unit, on=DAY)

    rows = slowest_units(campaign, first=FIRST, last=LAST)

    assert [(row.name, row.seconds) for row in rows] == [("示例乙", 200), ("示例甲", None)]


def test_the_page_is_the_offices_own(campaign, indicator, unit, staff, liaison, reporter):
    filed(DailyReportFactory(campaign=campaign, unit=unit, on=DAY), seconds=90)

    page = client_for(staff).get(reverse("daily:burden"))

    assert "2021年8月" in page.content.decode()
    for user in (liaison, reporter):
        assert client_for(user).get(reverse("daily:burden")).status_code == 403


def test_every_number_opens_its_rows(campaign, indicator, unit, foreign_unit, staff):
    one = DailyReportFactory(campaign=campaign, unit=unit, on=DAY)
    filed(one, seconds=90)
    filed(one, seconds=30, number=2)
    other = DailyReportFactory(campaign=campaign, unit=foreign_unit, on=DAY)
    ReportRevisionFactory(report=other, source=ReportSource.PHONE)
    DataCallItemFactory(call=DataCallFactory(campaign=campaign, made_at=AT, title="重要数据"))
    client = client_for(staff)

    page = client.get(f"{reverse('daily:burden')}?campaign={campaign.code}").content.decode()

    month = "since=2021-08-01&until=2021-08-31"
    listed = f"/daily/reports/?campaign={campaign.code}"
    assert findall(r'<td class="r[^>]*>(?!<a|<span class="blank)', page) == []
    shown = {
        f"{listed}&{month}&again=true&state=asked": (True, False),
        f"{listed}&{month}&source=proxy&state=asked": (False, True),
        f"{listed}&{month}&state=asked": (True, True),
    }
    for address, found in shown.items():
        assert address.replace("&", "&amp;") in page
        rows = client.get(address).content.decode()
        assert tuple(f"/{report.pk}/" in rows for report in (one, other)) == found
    calls = f"/daily/calls/?campaign={campaign.code}&state=asked&{month}"
    assert calls.replace("&", "&amp;") in page
    assert "重要数据" in client.get(calls).content.decode()
    assert "重要数据" not in client.get(f"{calls}&known=true").content.decode()


@pytest.mark.parametrize(
    ("name", "measure", "found"),
    [
        ("清障道路数量", Measure.SPOTS, ["F07"]),
        ("道路清障", Measure.PEOPLE, []),
        ("排水点位", Measure.SPOTS, []),
    ],
)
def test_alike_is_the_same_measure_and_subject(campaign, indicator, name, measure, found):
    rows = alike(name, measure, campaign=campaign)

    assert [(row.indicator.code, row.is_asked) for row in rows] == [(code, True) for code in found]


def test_a_steward_who_defines_a_second_such_indicator_is_told(campaign, indicator, steward):
    client = client_for(steward)
    form = {
        "code": "F99",
        "name": "清障道路",
        "campaign_kind": campaign.kind,
        "section": "work",
        "sort_order": "99",
        "measure": "spots",
        "kind": "flow",
        "rollup": "sum",
        "source": "reported",
        "definitions-TOTAL_FORMS": "0",
        "definitions-INITIAL_FORMS": "0",
    }

    page = client.post(reverse("admin:figures_indicator_add"), form, follow=True)

    assert Indicator.objects.filter(code="F99").exists()
    assert "与指标“F07 道路清障（处）”相近" in page.content.decode()
