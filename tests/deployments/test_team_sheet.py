"""Teams as a table: in, out, and within one's own units."""

import datetime as dt

import pytest

from apps.deployments.models import Team
from tests.factories import CampaignFactory, MemberFactory, TeamFactory
from tests.office.importing import act, applied, checked, counts, exported, problems, workbook

pytestmark = pytest.mark.django_db

HEAD = ("应急任务", "单位", "党员突击队", "队长", "组建日期", "重温入党誓词日期", "临时党支部")


@pytest.fixture
def campaign(db):
    return CampaignFactory(starts_on=dt.date(2021, 7, 20))


def teams(*rows, head=HEAD):
    return workbook(head, rows)


def test_teams_come_in_with_their_captain(staff, unit, campaign):
    captain = MemberFactory(name="王示例", unit=unit)

    batch = applied(
        staff,
        "teams",
        teams((campaign.name, "示例甲", "第一突击队", "王示例", "2021.8.5", "2021年8月6日", None)),
    )

    made = Team.objects.get()
    assert batch.state == "applied"
    assert (made.campaign, made.unit, made.name, made.captain) == (
        campaign,
        unit,
        "第一突击队",
        captain,
    )
    assert (made.formed_on, made.oath_on) == (dt.date(2021, 8, 5), dt.date(2021, 8, 6))
    assert made.temporary_branch == ""


def test_what_goes_out_comes_back_as_it_was_and_edits_alone_count(staff, unit, campaign):
    captain = MemberFactory(name="王示例", unit=unit)
    TeamFactory(campaign=campaign, unit=unit, name="甲队", captain=captain)
    TeamFactory(campaign=campaign, unit=unit, name="乙队")
    head, rows = exported("teams", staff)
    untouched = checked(staff, "teams", workbook(head, rows))
    rows[1][head.index("临时党支部")] = "临时党支部"

    edited = applied(staff, "teams", workbook(head, rows), name="二.xlsx")

    assert counts(untouched) == {"new": 0, "changed": 0, "same": 2, "wrong": 0}
    assert (edited.changes, edited.same) == (1, 1)
    changed = Team.objects.get(name=rows[1][head.index("党员突击队")])
    assert changed.temporary_branch == "临时党支部"
    act(staff, edited, "undo")
    changed.refresh_from_db()
    assert changed.temporary_branch == ""


def test_a_unit_brings_in_its_own_teams_alone(reporter, unit, foreign_unit, campaign):
    MemberFactory(name="李示例", unit=foreign_unit)
    day = dt.date(2021, 8, 5)

    batch = checked(
        reporter,
        "teams",
        teams(
            (campaign.name, "示例甲", "第一突击队", None, day, None, None),
            (campaign.name, "示例乙", "第一突击队", None, day, None, None),
            (campaign.name, "示例甲", "第二突击队", "李示例", day, None, None),
            (campaign.name, "示例甲", "第三突击队", None, day, dt.date(2021, 8, 1), None),
            (campaign.name, "示例甲", "第四突击队", None, dt.date(2021, 7, 19), None, None),
            (campaign.name, "示例甲", "第五突击队", None, day, dt.date(2099, 8, 6), None),
        ),
    )

    assert [(row, column) for row, column, *_ in problems(batch)] == [
        (3, "unit"),
        (4, "captain"),
        (5, "oath_on"),
        (6, "formed_on"),
        (7, "oath_on"),
    ]
    assert batch.news == 1


def test_teams_of_a_task_that_is_over_do_not_go_out(staff, unit, campaign):
    over = CampaignFactory(
        starts_on=dt.date(2021, 7, 1), ends_on=dt.date(2021, 7, 30), state="closed"
    )
    TeamFactory(campaign=over, unit=unit)
    TeamFactory(campaign=campaign, unit=unit, name="甲队")

    _head, rows = exported("teams", staff)

    assert [row[HEAD.index("党员突击队")] for row in rows] == ["甲队"]
