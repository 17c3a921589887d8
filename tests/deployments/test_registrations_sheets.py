"""双报到 as tables: in, out, one community at a time, and within one's own units."""

import datetime as dt

import pytest

from apps.core.dates import business_day
from apps.deployments.models import MemberRegistration, UnitRegistration
from tests.factories import (
    CommunityFactory,
    MemberFactory,
    MemberRegistrationFactory,
    UnitRegistrationFactory,
)
from tests.office.importing import act, applied, checked, counts, exported, problems, workbook

pytestmark = pytest.mark.django_db

UNITS = ("单位", "报到社区", "报到日期", "截止日期", "单位联络员")
PEOPLE = ("党员", "报到社区", "报到日期", "截止日期", "回执日期", "社区经办人")
CLASH = "这段时间已向另一社区报到，请先填写前一段的截止日期。"


def test_a_unit_moves_on_to_another_community_in_one_table(staff, unit):
    before, after = CommunityFactory(name="前社区"), CommunityFactory(name="后社区")
    first = UnitRegistrationFactory(unit=unit, community=before, starts_on="2021-08-01")
    rows = [
        (unit.short_name, "后社区", "2021-8-11", None, "王示例"),
        (unit.short_name, "前社区", "2021年8月1日", "2021.8.10", None),
    ]

    batch = applied(staff, "unit_registrations", workbook(UNITS, rows))

    first.refresh_from_db()
    second = UnitRegistration.objects.exclude(pk=first.pk).get()
    assert (batch.news, batch.changes) == (1, 1)
    assert first.ends_on == dt.date(2021, 8, 10)
    assert (second.community, second.starts_on, second.contact) == (
        after, dt.date(2021, 8, 11), "王示例",
    )  # fmt: skip
    act(staff, batch, "undo")
    first.refresh_from_db()
    assert first.ends_on is None
    assert UnitRegistration.objects.get() == first


def test_a_table_registers_nobody_as_of_a_day_to_come(staff, unit):
    CommunityFactory(name="甲社区")
    MemberFactory(name="王示例", unit=unit)
    ahead = business_day() + dt.timedelta(days=1)
    units = workbook(UNITS, [(unit.short_name, "甲社区", ahead, None, None)])
    people = workbook(PEOPLE, [("王示例", "甲社区", ahead, None, None, None)])

    batches = [
        checked(staff, "unit_registrations", units, name="一.xlsx"),
        checked(staff, "member_registrations", people, name="二.xlsx"),
    ]

    for batch in batches:
        [(_, column, _, reason, *_)] = problems(batch)
        assert (column, reason) == ("starts_on", "还没到这一天，请填写今天或以前的日期。")


def test_a_table_brings_in_no_words_for_a_phone(staff, unit):
    CommunityFactory(name="甲社区")
    rows = [(unit.short_name, "甲社区", "2021-08-01", "xyz")]

    batch = checked(
        staff, "unit_registrations", workbook((*UNITS[:3], "联络电话"), rows), name="一.xlsx"
    )

    assert [(column, reason[:7]) for _, column, _, reason, *_ in problems(batch)] == [
        ("contact_phone", "不是电话号码，")
    ]


def test_nobody_is_registered_with_two_communities_at_once(staff, unit):
    CommunityFactory(name="甲社区")
    CommunityFactory(name="乙社区")
    person = MemberFactory(name="王示例", unit=unit)
    MemberFactory(name="李示例", unit=unit)
    MemberRegistrationFactory(member=person, starts_on="2021-08-01")
    rows = [
        ("王示例", "甲社区", "2021-08-05", None, None, None),
        ("李示例", "甲社区", "2021-08-01", "2021-08-09", None, None),
        ("李示例", "乙社区", "2021-08-09", None, None, None),
        ("李示例", "乙社区", "2021-07-09", "2021-07-01", None, None),
    ]

    batch = checked(staff, "member_registrations", workbook(PEOPLE, rows))

    assert [(row, reason) for row, _, _, reason in problems(batch)] == [
        (2, f"该党员{CLASH}"),
        (3, f"该党员{CLASH}"),
        (4, f"该党员{CLASH}"),
        (5, "截止日期不得早于报到日期，请核对。"),
    ]


def test_people_are_registered_and_come_back_as_they_went_out(staff, unit):
    place = CommunityFactory(name="丙社区")
    person = MemberFactory(name="王示例", unit=unit)
    row = ("王示例", "丙社区", "2021-08-05", None, "2021-08-06", "社区书记")

    applied(staff, "member_registrations", workbook(PEOPLE, [row]))

    made = MemberRegistration.objects.get()
    assert (made.member, made.community, made.is_local) == (person, place, False)
    assert (made.received_on, made.received_by) == (dt.date(2021, 8, 6), "社区书记")
    head, rows = exported("member_registrations", staff)
    again = checked(staff, "member_registrations", workbook(head, rows), name="二.xlsx")
    assert counts(again) == {"new": 0, "changed": 0, "same": 1, "wrong": 0}


def test_a_unit_registers_its_own_people_alone(reporter, unit, foreign_unit):
    CommunityFactory(name="丙社区")
    MemberFactory(name="王示例", unit=unit)
    MemberFactory(name="李示例", unit=foreign_unit)
    rows = [(name, "丙社区", "2021-08-05", None, None, None) for name in ("王示例", "李示例")]

    batch = checked(reporter, "member_registrations", workbook(PEOPLE, rows))

    assert counts(batch) == {"new": 1, "changed": 0, "same": 0, "wrong": 1}
    assert "名册中没有此人" in problems(batch)[0][-1]
