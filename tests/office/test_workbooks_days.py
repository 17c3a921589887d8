import datetime as dt

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from apps.office.workbooks.book import Uncomputed
from apps.office.workbooks.cells import Parsed, read_day, read_moment

DAY = dt.date(2021, 7, 25)
BLANK = Parsed(is_blank=True)


@pytest.mark.parametrize(
    "cell",
    [
        "2021年7月25号",
        "2021年7月25日",
        "2021.7.25",
        "2021/07/25",
        "2021-7-25",
        "２０２１．７．２５",
        "20210725",
        20210725.0,
        44402,
        "44402",
        DAY,
        dt.datetime.fromisoformat("2021-07-25T17:00:00"),
        "2021年7月25日 17时",
        "2021-07-25 17:00:00",
        "2021年7月25日（周日）",
        "截至2021年7月25日",
    ],
)
def test_a_day_is_read_in_the_notations_of_offices(cell):
    assert read_day(cell) == Parsed(DAY)


@pytest.mark.parametrize("cell", ["7月25日", "7月25号", "7.25", "7/25", "07-25"])
def test_a_day_without_its_year_takes_the_one_that_is_given(cell):
    assert read_day(cell, year=2021) == Parsed(DAY)
    assert read_day(cell).problem == (f"“{cell}”没有年份，请写成 2021年7月25日 或 2021-07-25。")


def test_until_now_is_an_open_end_and_no_beginning():
    assert read_day("至今", is_end=True) == BLANK
    assert read_day("至今").problem == "“至今”不是具体日期，请写成 2021年7月25日 或 2021-07-25。"


@pytest.mark.parametrize("cell", [None, "", "—", "未报"])
def test_no_day_is_blank(cell):
    assert read_day(cell) == BLANK


@pytest.mark.parametrize(
    "cell",
    [
        "2021年2月30日",
        "2021年13月1日",
        "7.20-7.25",
        "2021年7月20日至25日",
        "21.7.25",
        "2021年7月",
        7.25,
        3,
        True,
        dt.time(17, 0),
        "1821-07-25",
        "尽快",
        Uncomputed("=TODAY()"),
    ],
)
def test_what_is_no_certain_day_is_a_problem(cell):
    read = read_day(cell, year=2021)

    assert read.value is None
    assert read.problem.endswith("。")


@given(st.dates(dt.date(1950, 1, 1), dt.date(2099, 12, 30)))
def test_a_day_survives_every_notation(day):
    serial = (day - dt.date(1899, 12, 30)).days
    y, m, d = day.year, day.month, day.day
    ways = [f"{y}年{m}月{d}日", f"{y}.{m}.{d}", f"{y}/{m:02}/{d:02}", day.isoformat(), day, serial]
    ways += [f"{y}{m:02}{d:02}", str(serial), f"{m}月{d}号"]

    assert {read_day(way, year=y).value for way in ways} == {day}


def test_a_moment_has_its_hour():
    five = timezone.make_aware(dt.datetime.fromisoformat("2021-07-25T17:30:00"))

    assert read_moment("2021年7月25日17时30分") == Parsed(five)
    assert read_moment("2021-07-25 17:30") == Parsed(five)
    assert read_moment(dt.datetime.fromisoformat("2021-07-25T17:30:00")) == Parsed(five)
    assert read_moment(44402 + 17.5 / 24) == Parsed(five)


def test_the_end_of_a_day_is_the_next_ones_beginning():
    midnight = timezone.make_aware(dt.datetime.fromisoformat("2021-07-26T00:00:00"))

    assert read_moment("2021年7月25日24时") == Parsed(midnight)


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        (DAY, "缺少时刻，请写成 2021年7月25日17时 或 2021-07-25 17:00。"),
        ("2021年7月25日25时", "没有“2021年7月25日25时”这个时刻，请核对。"),
    ],
)
def test_a_moment_without_a_true_hour_is_a_problem(cell, problem):
    assert read_moment(cell) == Parsed(problem=problem)
