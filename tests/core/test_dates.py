import datetime as dt

import pytest

from apps.core import dates


def test_business_day_turns_at_midnight_in_beijing():
    assert dates.business_day(dt.datetime(2021, 8, 5, 15, 59, tzinfo=dt.UTC)) == dt.date(2021, 8, 5)
    assert dates.business_day(dt.datetime(2021, 8, 5, 16, 0, tzinfo=dt.UTC)) == dt.date(2021, 8, 6)


def test_naive_moment_is_refused():
    with pytest.raises(ValueError, match="naive"):
        dates.business_day(dt.datetime(2021, 8, 5))  # noqa: DTZ001


def test_moment_on_a_day():
    assert dates.moment_on(dt.date(2021, 8, 5), dt.time(17)).isoformat() == (
        "2021-08-05T17:00:00+08:00"
    )


def test_day_bounds_hold_the_whole_day():
    start, end = dates.day_bounds(dt.date(2021, 8, 5))

    assert (end - start, dates.business_day(start)) == (dt.timedelta(days=1), dt.date(2021, 8, 5))


def test_first_day_of_an_emergency_is_one():
    assert dates.nth_day(dt.date(2021, 8, 5), since=dt.date(2021, 7, 20)) == 17
