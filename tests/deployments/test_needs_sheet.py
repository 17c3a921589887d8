"""Needs as the list the city sends: in, out again as it was, and each refusal named."""

import datetime as dt

import pytest

from apps.core.dates import business_day
from apps.deployments.allocating import NeedSource, Urgency
from apps.deployments.enums import NeedState
from apps.deployments.models import Need
from tests.factories import (
    CampaignFactory,
    CommunityFactory,
    DistrictFactory,
    NeedFactory,
    StreetFactory,
    TaskTypeFactory,
)
from tests.office.importing import (
    act,
    applied,
    checked,
    counts,
    exported,
    problems,
    send,
    workbook,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
HEAD = ("社区", "任务或物资", "数量", "单位", "需要日期", "截止日期", "紧急程度", "联系人")


@pytest.fixture
def campaign(db):
    return CampaignFactory(starts_on=business_day() - 5 * DAY)


@pytest.fixture
def place(db):
    street = StreetFactory(district=DistrictFactory(name="金水区"), name="东风路街道")
    return CommunityFactory(name="文化路社区", street=street)


@pytest.fixture
def task(db):
    return TaskTypeFactory(name="排水除淤")


def listed(*rows, head=HEAD):
    return workbook(head, rows)


def test_the_city_brings_in_people_and_goods(city, campaign, place, task):
    today = business_day()
    rows = [
        ("文化路社区", "排水除淤", 24, "人", today, today + 2 * DAY, "紧急", "刘主任"),
        ("金水区文化路社区", "雨衣", 200, "件", today, None, None, None),
        ("文化路社区", "排水除淤(2)", "６人", None, today, None, "较急", None),
    ]

    batch = applied(city, "needs", listed(*rows))

    assert batch.state == "applied", problems(batch)
    hands, goods, again = Need.objects.order_by("pk")
    assert (hands.community, hands.task_type, hands.heads, hands.urgency) == (
        place, task, 24, Urgency.URGENT,
    )  # fmt: skip
    assert (hands.starts_on, hands.ends_on, hands.told_by) == (today, today + 2 * DAY, "刘主任")
    assert (goods.task_type, goods.heads, goods.goods, goods.quantity) == (
        None,
        0,
        "雨衣",
        "200 件",
    )
    assert (again.task_type, again.heads, again.urgency) == (task, 6, Urgency.PRESSING)
    assert {(n.campaign, n.source, n.raised_by, n.state) for n in (hands, goods, again)} == {
        (campaign, NeedSource.CITY, city, NeedState.OPEN)
    }


def test_what_goes_out_comes_back_as_it_was_and_edits_alone_count(staff, campaign, place, task):
    today = business_day()
    for heads in (10, 12):
        NeedFactory(campaign=campaign, community=place, task_type=task, heads=heads)
    for quantity in ("200 件", "约两车"):
        NeedFactory(
            campaign=campaign, community=place, task_type=None, heads=0, goods="沙袋",
            quantity=quantity, ends_on=today + DAY,
        )  # fmt: skip
    met = NeedFactory(campaign=campaign, task_type=task, state=NeedState.MET)
    head, rows = exported("needs", staff)
    untouched = checked(staff, "needs", workbook(head, rows))
    assert counts(untouched) == {"new": 0, "changed": 0, "same": 5, "wrong": 0}, problems(untouched)

    at = head.index("数量")
    edited = next(row for row in rows if row[head.index("任务或物资")] == "排水除淤（2）")
    edited[at] = 30
    batch = applied(staff, "needs", workbook(head, rows), name="二.xlsx")

    assert (batch.state, batch.changes, batch.same) == ("applied", 1, 4)
    assert Need.objects.filter(heads=30).count() == 1
    act(staff, batch, "undo")
    assert not Need.objects.filter(heads=30).exists()
    closed = next(row for row in rows if str(met.community) in row[head.index("社区")])
    closed[at] = 99
    refused = checked(staff, "needs", workbook(head, [closed]), name="三.xlsx")
    assert "该需求已经办结，不能再改" in problems(refused)[0][3]


def test_people_are_people_whatever_the_measure_says(staff, campaign, place, task):
    NeedFactory.create_batch(2, campaign=campaign, community=place, task_type=task)
    head, rows = exported("needs", staff)
    rows[0][head.index("单位")], rows[1][head.index("单位")] = "名", None
    rows[0][head.index("状态")] = None

    batch = checked(staff, "needs", workbook(head, rows))

    assert counts(batch) == {"new": 0, "changed": 0, "same": 2, "wrong": 0}


def test_each_wrong_row_is_named(staff, campaign, place, task):
    today = business_day()
    over = CampaignFactory(starts_on=today - 9 * DAY, state="closed", name="已结束的任务")

    def row(
        wanted="排水除淤", quantity=5, measure="人", starts=today, ends=None, by="王科长", **more
    ):
        where = more.get("where", "文化路社区")
        return (more.get("task", ""), where, wanted, quantity, measure, starts, ends, None, by)

    batch = checked(
        staff,
        "needs",
        listed(
            row(),
            row(ends=today - DAY),
            row(where="没有的社区"),
            row(wanted="排水除於"),
            row(quantity="若干"),
            row(wanted="雨衣", quantity=20, measure=None),
            row(starts=campaign.starts_on - DAY),
            row(task=over.name, wanted="雨衣", quantity=2, measure="件"),
            row(wanted="沙袋", quantity=2, measure="车", by=None),
            row(),
            head=("应急任务", *HEAD),
        ),
    )

    told = {(number, column) for number, column, *_ in problems(batch)}
    assert told == {
        (3, "ends_on"), (4, "community"), (5, "wanted"), (6, "quantity"), (7, "measure"),
        (8, "starts_on"), (9, "campaign"), (10, "told_by"), (11, "starts_on"),
    }  # fmt: skip
    assert not Need.objects.exists()


def test_the_file_is_bound_as_the_form_is(staff, campaign, place, task):
    today = business_day()
    head = ("社区", "任务或物资", "数量", "需要日期", "截止日期", "需要时段", "联系人")
    rows = [
        ("文化路社区", "排水除淤", 888888, today, None, None, "王科长"),
        ("文化路社区", "排水除淤(2)", 9999, today - DAY, today - DAY, None, "王科长"),
        ("文化路社区", "排水除淤(3)", 5, today, None, "99:99", "王科长"),
        ("文化路社区", "排水除淤(4)", 5, "2099-01-01", None, None, "王科长"),
        ("文化路社区", "雨" * 42, "5 件", today, None, None, "王科长"),
    ]

    batch = checked(staff, "needs", listed(*rows, head=head))

    assert {(number, column, reason) for number, column, _, reason, *_ in problems(batch)} == {
        (2, "quantity", "一项需求最多 9999 人，请核对。"),
        (3, "ends_on", "截止日期已过，不必再提；仍有需要的，请改为今天或以后。"),
        (6, "wanted", "物资名称最多 40 字，请缩短。"),
        (5, "starts_on", "日期在一年以后，请核对年份。"),
        (4, "shift", "没有这样的时段，请写成 08:00–20:00，或用文字说明，如：夜间两班。"),
    }


def test_units_do_not_raise_needs_by_file(reporter, campaign):
    assert send(reporter, "needs", listed()).status_code == 403
