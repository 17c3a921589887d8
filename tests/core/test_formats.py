import datetime as dt
from decimal import Decimal

import pytest

from apps.core import formats, html
from apps.core.dates import BEIJING, moment_on
from apps.core.formats import Blank

NOW = dt.datetime(2021, 8, 5, 17, 42, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("value", "text"),
    [(23418, "23,418"), (0, "0"), (-38, "−38"), (Decimal("860.50"), "860.5"), (-0.001, "0")],
)
def test_number(value, text):
    assert formats.number(value) == text


@pytest.mark.parametrize(
    ("value", "more", "text"),
    [
        (0, {}, "0次"),
        (None, {}, "未报"),
        (None, {"reason": Blank.NOT_DUE}, "未到期"),
        (Blank.WITHHELD, {}, "保密"),
        (3200, {"qualifier": "余"}, "3,200余次"),
        (57000, {"qualifier": "约"}, "约57,000次"),
    ],
)
def test_figure_has_three_values_and_keeps_its_qualifier(value, more, text):
    assert formats.figure(value, "次", **more) == text


def test_missing_figure_is_muted_and_zero_is_not():
    assert html.figure(None, "人") == '<span class="blank">未报</span>'
    assert html.figure(0, "人") == '<span class="num">0</span><small class="unit">人</small>'


@pytest.mark.parametrize(
    ("value", "good", "markup"),
    [
        (312, "up", '<span class="num better">+312</span>'),
        (-38, "up", '<span class="num worse">−38</span>'),
        (-38, "down", '<span class="num better">−38</span>'),
        (5, "", '<span class="num muted">+5</span>'),
        (0, "up", '<span class="num muted">持平</span>'),
        (None, "up", '<span class="num muted">—</span>'),
    ],
)
def test_change_is_coloured_by_which_way_is_better(value, good, markup):
    assert html.change(value, good=good) == markup


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (dt.datetime(2021, 8, 5, 17, 5, tzinfo=BEIJING), "17:05"),
        (dt.datetime(2021, 8, 4, 11, 5, tzinfo=dt.UTC), "昨日 19:05"),
        (dt.datetime(2021, 7, 22, 21, 0, tzinfo=BEIJING), "7月22日 21:00"),
        (dt.datetime(2020, 12, 31, 16, 30, tzinfo=dt.UTC), "1月1日 00:30"),
    ],
)
def test_moment_reads_by_beijing_time(moment, text):
    assert formats.moment(moment, now=NOW) == text


def test_day_names_the_year_only_when_it_is_another():
    assert formats.day(dt.date(2021, 8, 5), today=dt.date(2021, 9, 1)) == "8月5日"
    assert formats.day(dt.date(2021, 8, 5), today=dt.date(2026, 9, 1)) == "2021年8月5日"


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0, "刚刚"), (42, "42分钟前"), (80, "1小时20分钟前"), (4320, "3天前"), (-60, "1小时后")],
)
def test_ago(minutes, text):
    assert formats.ago(NOW - dt.timedelta(minutes=minutes), now=NOW) == text


def test_countdown_never_runs_below_zero():
    assert formats.countdown(NOW + dt.timedelta(minutes=78, seconds=30), now=NOW) == "01:18"
    assert formats.countdown(NOW - dt.timedelta(hours=1), now=NOW) == "00:00"


def test_listing_counts_the_rest():
    assert formats.listing(["甲", "乙"]) == "甲、乙"
    assert formats.listing(["甲", "乙", "丙"], most=2) == "甲、乙等3家"


@pytest.mark.parametrize(
    ("yuan", "text"), [(11920000, "1,192万元"), (9999, "9,999元"), (Decimal("12345.6"), "1.23万元")]
)
def test_money(yuan, text):
    assert formats.money(yuan) == text


@pytest.mark.parametrize(
    ("last", "text"),
    [
        (dt.date(2021, 8, 20), "8月5日—20日"),
        (dt.date(2021, 9, 2), "8月5日—9月2日"),
        (dt.date(2022, 1, 3), "8月5日—2022年1月3日"),
        (dt.date(2021, 8, 5), "8月5日"),
        (None, "8月5日起"),
    ],
)
def test_a_span_of_days_says_nothing_twice(last, text):
    assert formats.days(dt.date(2021, 8, 5), last, today=dt.date(2021, 8, 5)) == text


def test_a_span_of_another_year_names_it_once():
    today = dt.date(2026, 8, 5)
    assert formats.days(dt.date(2021, 8, 16), dt.date(2021, 8, 20), today=today) == (
        "2021年8月16日—20日"
    )


def test_moments_on_a_page_about_a_day_are_told_from_that_day():
    day = dt.date(2021, 7, 20)
    moments = (moment_on(day, dt.time(19, 5)), moment_on(dt.date(2021, 7, 21), dt.time(7)))

    assert [formats.moment(one, on=day) for one in moments] == ["19:05", "7月21日 07:00"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("丙社区 搬运 9 人", "丙社区搬运9人"),
        ("由 −12 人降至 3 人，未说明原因", "由−12人降至3人，未说明原因"),
        ("送 KN95 mask 200 只", "送KN95 mask 200只"),
    ],
)
def test_papers_write_no_spaces_beside_characters(text, said):
    assert formats.tight(text) == said
