"""Tomorrow's need of each community: told once, beside what came, with its error."""

import datetime as dt

import pytest
import time_machine
from django.db.models import F

from apps.campaigns.enums import CampaignState
from apps.core.audit_context import acting
from apps.core.dates import moment_on
from apps.deployments.enums import NeedState
from apps.deployments.forecast import Told, Week, foretell, record, scores
from apps.deployments.models import Need, NeedForecast
from apps.deployments.services.forecast import ForecastTooLateError, tell_needs
from apps.jobs.models import Occurrence
from apps.jobs.services import run_due
from tests.cast import client_for
from tests.counting import cells, statements
from tests.factories import (
    CampaignFactory,
    CommunityFactory,
    NeedFactory,
    NeedForecastFactory,
)
from tests.office.exporting import ask, column, table

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
TODAY = dt.date(2021, 8, 5)
TOMORROW = TODAY + DAY
EVENING = moment_on(TODAY, dt.time(20))
LIST = "/deployments/forecast/"


def at(moment):
    return time_machine.travel(moment, tick=False)


@pytest.fixture
def flood(db):
    return CampaignFactory(code="flood-2021", starts_on=dt.date(2021, 7, 20))


def need(flood, community, heads, first, last, **more):
    """Asked for from `first` to `last` days before TODAY, told the day before it begins."""
    starts_on = TODAY - first * DAY
    return NeedFactory(
        campaign=flood,
        community=community,
        heads=heads,
        starts_on=starts_on,
        ends_on=TODAY - last * DAY,
        raised_at=moment_on(starts_on - DAY, dt.time(15, 30)),
        **more,
    )


def tell(flood, on=TOMORROW, now=EVENING):
    return tell_needs(flood, on=on, now=now)


# --- the rule ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("late", "known", "heads"),
    [
        ([0] * 7, 10, 10),
        ([0, 0, 0, 0, 0, 0, 9], 10, 10),  # one late call is no habit
        ([5, 0, 5, 0, 5, 5, 0], 10, 15),  # four evenings of seven are
        ([6, 2], 0, 2),  # the lower of two
        ([], 8, 8),  # nothing to learn from yet
    ],
)
def test_what_is_registered_and_what_usually_comes_late_is_told(late, known, heads):
    told = foretell(Week([7, 3, 9], late, known))

    assert told == Told(heads, known, low=3, high=9, eve=7)


# --- telling -------------------------------------------------------------------------------------


def test_needs_of_a_community_are_added_and_closed_ones_and_goods_left_out(flood):
    place = CommunityFactory()
    need(flood, place, 10, 6, -1)
    need(flood, place, 4, 6, -1)
    need(flood, place, 90, 6, -1, state=NeedState.CLOSED)
    need(flood, place, 0, 6, -1, task_type=None, goods="雨衣", quantity="200 件")
    need(CampaignFactory(), place, 50, 6, -1)

    assert tell(flood) == 1

    row = NeedForecast.objects.get()
    assert (row.community, row.on, row.heads, row.eve, row.days) == (place, TOMORROW, 14, 14, 7)
    assert row.made_at == EVENING


def test_what_was_not_yet_asked_for_is_not_known(flood):
    place = CommunityFactory()
    need(flood, place, 10, 6, -1)
    Need.objects.update(raised_at=EVENING + dt.timedelta(minutes=1))

    assert tell(flood) == 0


def test_a_young_campaign_goes_by_the_days_it_has(flood):
    place = CommunityFactory()
    flood.starts_on = TODAY - DAY
    flood.save()
    need(flood, place, 9, 0, -1)

    tell(flood)

    row = NeedForecast.objects.get()
    assert (row.heads, row.low, row.high, row.days) == (9, 0, 9, 2)


def test_what_ends_tonight_is_told_no_more_and_what_begins_is(flood):
    ending, beginning = CommunityFactory.create_batch(2)
    need(flood, ending, 20, 6, 0)
    need(flood, beginning, 12, -1, -3)

    tell(flood)

    rows = NeedForecast.objects.order_by("community")
    assert [(row.known, row.heads, row.eve) for row in rows] == [(0, 0, 20), (12, 12, 0)]


def test_what_usually_comes_after_the_evening_is_told_too(flood):
    place = CommunityFactory()
    for back in (6, 4, 3, 1):
        need(flood, place, 20, back, back)
    Need.objects.update(raised_at=F("raised_at") + dt.timedelta(hours=12))

    tell(flood)

    row = NeedForecast.objects.get()
    assert (row.known, row.heads, row.eve) == (0, 20, 0)


def test_what_was_told_never_moves(flood):
    place, other = CommunityFactory.create_batch(2)
    need(flood, place, 10, 6, -1)
    tell(flood)
    before = list(NeedForecast.objects.values())

    Need.objects.update(heads=40)
    need(flood, other, 7, 6, -1)

    assert tell(flood, now=EVENING + dt.timedelta(hours=1)) == 0
    assert list(NeedForecast.objects.values()) == before


def test_a_day_that_has_begun_is_not_foretold(flood):
    with pytest.raises(ForecastTooLateError, match="8月6日已经开始"):
        tell(flood, now=moment_on(TOMORROW, dt.time(0, 0)))


def test_the_clock_tells_once_an_evening_at_the_hour_of_the_campaign(flood):
    need(flood, CommunityFactory(), 10, 6, -1)
    flood.hours.create(hour="forecast", at=dt.time(20, 30))

    for hour, minute in ((20, 29), (20, 30), (20, 31)):
        now = moment_on(TODAY, dt.time(hour, minute))
        with at(now), acting("job:ring"):
            run_due(now=now, jobs=["need_forecast"])

    assert NeedForecast.objects.get().made_at == moment_on(TODAY, dt.time(20, 30))
    assert Occurrence.objects.get(job="need_forecast").result == {"communities": 1}


# --- beside what came ----------------------------------------------------------------------------


@pytest.fixture
def compared(flood):
    """Told 12 and came 15; told 6 and nothing came; not told and 4 came."""
    short, over, new = (CommunityFactory(name=f"{name}社区") for name in ("甲", "乙", "丙"))
    NeedForecastFactory(campaign=flood, community=short, on=TODAY, heads=12, eve=10)
    NeedForecastFactory(campaign=flood, community=over, on=TODAY, heads=6, low=0, high=9, eve=9)
    need(flood, short, 15, 0, 0)
    need(flood, new, 4, 0, 0)
    return flood


def test_the_next_evening_shows_told_actual_and_error(leader, compared):
    client = client_for(leader)
    with at(EVENING):
        page = client.get(LIST)

    assert [row[0:1] + row[5:] for row in cells(page)[:3]] == [
        ["甲社区", "12", "15", "−3"],
        ["乙社区", "6", "0", "+6"],
        ["丙社区", "没有预测", "4", "−4"],
    ]
    told, actual, bias, off = page.context["kpis"]
    assert (told.value, actual.value, off.value) == (18, 19, 4.33)
    assert (bias.label, bias.value) == ("合计偏少", 1)
    assert "有需求社区 2 个，预测到 1 个" in page.content.decode()


def test_a_forecast_that_came_true_is_neither_over_nor_under(leader, flood):
    place = CommunityFactory()
    NeedForecastFactory(campaign=flood, community=place, on=TODAY, heads=15, known=15)
    need(flood, place, 15, 0, 0)

    with at(EVENING):
        page = client_for(leader).get(LIST)

    assert [kpi.label for kpi in page.context["kpis"]][2] == "合计持平"
    assert "合计平均每日持平。" in page.content.decode()
    assert "其中当时已登记 15" in page.content.decode()


def test_before_the_evening_there_is_nothing_to_compare(leader, compared):
    with at(EVENING - dt.timedelta(minutes=1)):
        page = client_for(leader).get(LIST)

    body = page.content.decode()
    assert "尚未到期" in body
    assert "现已登记" in body
    assert page.context["record"] is None
    assert [row[-1] for row in cells(page)[:3]] == ["15", "0", "4"]


def test_the_record_says_whether_the_day_before_would_have_done_better(leader, compared):
    found = record(scores(compared, first=TODAY, last=TODAY))

    # 3 + 6 + 4 of three communities against 5 + 9 + 4.
    assert (found.mean_off, found.mean_eve_off) == (pytest.approx(13 / 3), 6)
    assert found.is_better
    with at(EVENING):
        assert "预测较准" in client_for(leader).get(LIST).content.decode()
        NeedForecast.objects.update(eve=15)
        NeedForecast.objects.filter(community__name="乙社区").update(eve=0)
        assert "预测没有更准" in client_for(leader).get(LIST).content.decode()


def test_the_list_is_narrowed_by_district_and_error(leader, compared):
    def names(**asked):
        with at(EVENING):
            found = client_for(leader).get(LIST, {"on": TODAY.isoformat(), **asked})
        return [row[0] for row in cells(found) if row[0].endswith("社区")]

    district = NeedForecast.objects.get(community__name="乙社区").community.street.district_id
    assert names(off="under") == ["甲社区", "丙社区"]
    assert names(off="over") == ["乙社区"]
    assert names(off="none") == ["丙社区"]
    assert names(district=district) == ["乙社区"]
    assert names(on="2021-08-01") == []
    assert len(names(on="gibberish")) == 3


def test_the_day_leaves_as_excel_with_its_errors(leader, compared):
    with at(EVENING):
        rows = table(ask(leader, f"{LIST}?on={TODAY}"))

    assert column(rows, "社区（村）") == ["甲社区", "乙社区", "丙社区"]
    assert column(rows, "预测（人）") == [12, 6, None]
    assert column(rows, "误差（人）") == [-3, 6, -4]


def test_the_city_sees_it_and_units_do_not(city, liaison, reporter, compared):
    codes = [client_for(user).get(LIST).status_code for user in (city, liaison, reporter)]

    assert codes == [200, 200, 403]


def test_the_list_costs_the_same_for_few_and_many(leader, compared):
    client = client_for(leader)
    with at(EVENING):
        few = statements(client, LIST)
        for on in (TODAY, TODAY - DAY, TODAY - 2 * DAY):
            NeedForecastFactory.create_batch(2, campaign=compared, on=on)

        assert statements(client, LIST) == few


def test_a_campaign_that_is_over_keeps_its_record(leader, compared):
    compared.state, compared.ends_on = CampaignState.CLOSED, TODAY
    compared.save()

    page = client_for(leader).get(LIST)

    assert page.context["record"].days == 1
