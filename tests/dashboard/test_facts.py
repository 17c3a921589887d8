import json

import pytest
from django.core.management import CommandError, call_command

from apps.assistance.models import Beneficiary
from apps.campaigns.models import Campaign, Milestone
from apps.dashboard.reference.chance import apportion
from apps.dashboard.reference.texttable import table, width
from apps.deployments.models import Assignment, DeploymentDay, Team


def facts(capsys):
    call_command("facts", json=True)
    document = json.loads(capsys.readouterr().out)
    return document, {fact["key"]: fact for fact in document["facts"]}


def test_the_small_world_is_held_to_its_own_scale(world, capsys):
    document, by_key = facts(capsys)

    assert document["compared_with"] == "scale"
    assert document["counts"] == {"same": 17, "different": 0, "pending": 7}
    assert by_key["flood.members_deployed"]["computed"] == 560
    assert by_key["teams"]["computed"] == Team.objects.filter(campaign__is_drill=False).count()


def test_a_member_less_is_a_difference(world, capsys):
    flood = Assignment.objects.filter(deployment__campaign__code="flood-2021")
    flood.filter(member=flood.first().member).delete()

    with pytest.raises(CommandError, match="有 1 项不一致"):
        call_command("facts", json=True)

    document = json.loads(capsys.readouterr().out)
    wrong = [fact["key"] for fact in document["facts"] if fact["state"] == "different"]
    assert wrong == ["flood.members_deployed"]


def test_whoever_was_never_present_is_not_counted(world, capsys):
    DeploymentDay.objects.filter(deployment__campaign__code="epidemic-2021").update(
        present=0, night=0
    )

    with pytest.raises(CommandError):
        call_command("facts", json=True)

    found = {fact["key"]: fact for fact in json.loads(capsys.readouterr().out)["facts"]}
    assert found["epidemic.members_deployed"]["computed"] == 0
    assert found["epidemic.communities"]["computed"] == 0


def test_visits_are_of_distinct_households_and_help_is_at_least_what_was_told(world, capsys):
    _, by_key = facts(capsys)

    visits, helps = by_key["family_visits"], by_key["help"]
    assert (visits["computed"], visits["bound"]) == (36, "exact")
    assert (helps["computed"], helps["bound"]) == (96, "at_least")


def test_duplicates_counted_apart_are_a_difference(world, capsys):
    twice = Beneficiary.objects.filter(duplicate_of__isnull=False, circumstance="frontline")
    assert twice.update(duplicate_of=None) > 0

    with pytest.raises(CommandError, match="有 1 项不一致"):
        call_command("facts", json=True)

    found = {fact["key"]: fact for fact in json.loads(capsys.readouterr().out)["facts"]}
    assert found["family_visits"]["computed"] > 36


def test_a_clock_that_was_not_reached_is_a_difference(world, capsys):
    Milestone.objects.filter(name="恢复供电").update(reached_at=None)

    with pytest.raises(CommandError, match="有 1 项不一致"):
        call_command("facts")

    assert "不一致" in capsys.readouterr().out


def test_the_drill_adds_nothing(world, capsys):
    _, before = facts(capsys)
    Team.objects.filter(campaign__is_drill=True).update(name="另一个名称")
    drill = Campaign.objects.get(is_drill=True)
    Team.objects.create(campaign=drill, unit_id=1, name="新突击队", formed_on=drill.starts_on)

    _, after = facts(capsys)

    assert after == before


def test_an_empty_installation_has_nothing_to_compare(db):
    with pytest.raises(CommandError, match="没有演示数据"):
        call_command("facts")


def test_columns_line_up_under_wide_characters():
    lines = table(("项目", "数"), [("社区", "7"), ("a", "12")], numbers=frozenset({1})).splitlines()

    assert {width(line) for line in lines} == {8}


def test_apportion_is_exact_within_its_bounds():
    parts = apportion(100, [5, 1, 1, 9], at_least=3, at_most=[30, 40, 40, 35])

    assert sum(parts) == 100
    assert all(3 <= part <= cap for part, cap in zip(parts, [30, 40, 40, 35], strict=True))


def test_apportion_says_when_there_is_no_room():
    with pytest.raises(ValueError, match="does not fit"):
        apportion(100, [1, 1], at_most=[10, 10])
