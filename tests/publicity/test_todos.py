"""What waits for whom: the lines at home, the count on the menu, the tabs of other records."""

import pytest

from apps.campaigns.enums import CampaignState
from apps.publicity.enums import ItemState
from apps.units.enums import Role
from tests.cast import client_for
from tests.counting import statements
from tests.factories import (
    AssistanceCaseFactory,
    DeploymentFactory,
    ItemStepFactory,
    PostingFactory,
    PublicityItemFactory,
)

from .desk import item_at


def todos(user):
    labels = {"待初审", "待复审", "待签发", "待刊发", "退回"}
    page = client_for(user).get("/publicity/")
    from apps.core.todos import todos_for

    request = page.wsgi_request
    request.user = user
    return [(todo.label, todo.text) for todo in todos_for(request) if todo.label in labels]


def badge(user):
    from apps.publicity.navigation import waiting_badge

    request = client_for(user).get("/publicity/").wsgi_request
    request.user = user
    return waiting_badge(request)


@pytest.fixture
def waiting(flood):
    for state in (ItemState.SUBMITTED, ItemState.FIRST, ItemState.SECOND, ItemState.SIGNED):
        item_at(state, campaign=flood)
    item_at(ItemState.PUBLISHED, campaign=flood)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("editor", ["待初审", "待刊发"]),
        ("staff", ["待复审", "待刊发"]),
        ("leader", ["待签发"]),
        ("duty", []),
        ("reporter", []),
        ("liaison", []),
    ],
)
def test_each_step_waits_for_its_role(request, waiting, who, expected):
    user = request.getfixturevalue(who)

    found = todos(user)

    assert sorted(label for label, _ in found) == sorted(expected)
    assert all(text.startswith("2021年防汛救灾稿件 1 篇") for _, text in found)
    assert badge(user) == len(expected)


def test_what_one_may_not_review_does_not_wait_for_one(flood, editor, unit):
    item_at(ItemState.SUBMITTED, campaign=flood, created_by=editor)
    handed_in = PublicityItemFactory(campaign=flood)
    ItemStepFactory(item=handed_in, by=editor)
    PostingFactory(user=editor, role=Role.REPORTER, unit=unit)
    item_at(ItemState.SUBMITTED, campaign=flood, unit=unit)
    read = item_at(ItemState.SUBMITTED, campaign=flood)
    ItemStepFactory(item=read, by=editor, state=ItemState.FIRST, chain=read.chain)

    assert (todos(editor), badge(editor)) == ([], 0)


def test_returned_item_waits_for_its_unit(flood, unit, foreign_unit, reporter):
    mine = item_at(ItemState.SUBMITTED, campaign=flood, unit=unit, title="清淤纪实")
    for item in (mine, item_at(ItemState.SUBMITTED, campaign=flood, unit=foreign_unit)):
        type(item).objects.filter(pk=item.pk).update(state=ItemState.RETURNED)

    assert todos(reporter) == [("退回", "稿件“清淤纪实”退回修改")]
    assert badge(reporter) == 1


def test_campaign_that_is_over_asks_for_nothing(waiting, flood, editor):
    flood.state = CampaignState.CLOSED
    flood.save()

    assert (todos(editor), badge(editor)) == ([], 0)


def test_home_takes_as_many_statements_with_three_as_with_one(waiting, flood, editor):
    client = client_for(editor)
    one = statements(client, "/")
    for state in (ItemState.SUBMITTED, ItemState.SIGNED):
        for _ in range(2):
            item_at(state, campaign=flood)

    assert statements(client, "/") == one


def test_records_of_unit_place_and_task_show_what_was_written(flood, unit, staff, liaison):
    task = DeploymentFactory(campaign=flood, unit=unit)
    case = AssistanceCaseFactory(campaign=flood, beneficiary__unit=unit)
    item = item_at(ItemState.SIGNED, campaign=flood, unit=unit, title="清淤纪实")
    item.deployments.add(task)
    item.cases.add(case)
    records = [unit, task, task.community, case]

    for user in (staff, liaison):
        client = client_for(user)
        client.get("/publicity/?campaign=flood-2021")
        shown = {
            record: [
                line.name
                for line in client.get(f"{record.get_absolute_url()}?tab=publicity")
                .context["table"]
                .lines
            ]
            for record in records
        }
        assert set(map(tuple, shown.values())) == {("清淤纪实",)}, shown


def test_tabs_of_other_records_show_no_foreign_item(flood, unit, foreign_unit, reporter):
    task = DeploymentFactory(campaign=flood, unit=unit)
    item_at(ItemState.SIGNED, campaign=flood, unit=foreign_unit).deployments.add(task)

    client = client_for(reporter)
    table = client.get(f"{task.get_absolute_url()}?tab=publicity").context["table"]

    assert table.lines == []
