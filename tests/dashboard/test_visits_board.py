"""Days since the last visit on the group board, and in the mornings of groups and units."""

import datetime as dt
import html
import re
from io import BytesIO

import pytest
from openpyxl import load_workbook

from apps.core.dates import business_day
from apps.core.linked import plain
from apps.daily.selectors.digest import group_mornings, unit_todos
from apps.deployments.models import Finding, FindingStep, Visit, VisitResult
from apps.deployments.visits import spot_checks_due
from apps.deployments.visits_enums import FindingState
from apps.units.models import LiaisonGroup
from tests.cast import client_for
from tests.counting import statements
from tests.factories import (
    CampaignFactory,
    CommunityFactory,
    DailyReportFactory,
    DeploymentDayFactory,
    DeploymentFactory,
    FindingFactory,
    GroupMembershipFactory,
    UnitFactory,
    VisitFactory,
)

DAY = dt.timedelta(days=1)
TODAY = business_day()


@pytest.fixture
def campaign(db):
    return CampaignFactory(starts_on=TODAY - 20 * DAY)


def sent(campaign, unit, name, heads, *, on=TODAY):
    """`heads` of the unit at a community called `name`; None where the day is not entered."""
    row = DeploymentFactory(campaign=campaign, unit=unit, community=CommunityFactory(name=name))
    if heads is not None:
        DeploymentDayFactory(deployment=row, on=on, expected=heads, present=heads, night=0)
    return row


def test_whom_nobody_has_seen_stands_first(campaign, unit, group, foreign_unit, liaison):
    never = UnitFactory(short_name="示例丙", group=group, sort_order=1)
    idle = UnitFactory(short_name="示例丁", group=group, sort_order=2)
    recent = UnitFactory(short_name="示例戊", group=group, sort_order=3)
    first = sent(campaign, unit, "城东路社区", 12)
    second = sent(campaign, never, "北林路社区", 4)
    third = sent(campaign, recent, "东风路社区", None)
    sent(campaign, foreign_unit, "别组社区", 9)
    VisitFactory(campaign=campaign, unit=unit, community=first.community, on=TODAY - 9 * DAY)
    found = VisitFactory(campaign=campaign, unit=recent, community=third.community, on=TODAY)
    FindingFactory(visit=found)
    other = CampaignFactory(kind="epidemic", starts_on=TODAY - 20 * DAY)
    VisitFactory(campaign=other, unit=never, community=second.community)

    answer = client_for(liaison).get(f"/boards/groups/?campaign={campaign.code}")
    shown = answer.content.decode()

    assert names_in(shown, "visit-units") == [never, unit, recent, idle]
    assert names_in(shown, "visit-places") == [
        second.community, first.community, third.community,
    ]  # fmt: skip
    assert "从未走访 1 个" in shown
    assert "9 天" in shown
    waiting = re.search(r'href="([^"]*)">待答复1</a>', shown)[1]
    findings = client_for(liaison).get(html.unescape(waiting)).context_data["table"].rows
    assert [row.visit for row in findings] == [found]
    assert f"/deployments/visits/new/?unit={never.pk}" in shown


def test_who_is_on_post_leads_to_the_deployments_of_the_group(
    campaign, unit, group, foreign_unit, leader
):
    idle = UnitFactory(short_name="示例丁", group=group)
    row = sent(campaign, unit, "城东路社区", 12)
    other = DeploymentFactory(campaign=campaign, unit=foreign_unit, community=row.community)
    DeploymentDayFactory(deployment=other, on=TODAY, expected=3, present=3, night=0)
    client = client_for(leader)

    shown = client.get(f"/boards/groups/{group.pk}/?campaign={campaign.code}").content.decode()
    posts = re.findall(
        r'<a class="rows" href="(/deployments/\?[^"]*)"><span class="num">12</span>', shown
    )
    listed = [client.get(html.unescape(url)).content.decode() for url in posts]

    asked = f"campaign={campaign.code}&amp;on={TODAY}"
    assert posts == [
        f"/deployments/?{asked}&amp;unit={unit.pk}",
        f"/deployments/?{asked}&amp;community={row.community_id}&amp;group={group.pk}",
    ]
    for page in listed:
        assert f'href="{row.get_absolute_url()}"' in page
        assert f'href="{other.get_absolute_url()}"' not in page
    assert f"unit={idle.pk}&amp;on" not in shown


def test_the_deployments_behind_a_number_are_of_the_groups_of_its_day(
    campaign, unit, group, foreign_group, leader
):
    row = sent(campaign, unit, "城东路社区", 12, on=TODAY - DAY)
    unit.group_memberships.update(ends_on=TODAY - DAY)
    GroupMembershipFactory(unit=unit, group=foreign_group, starts_on=TODAY)
    client = client_for(leader)

    day = f"campaign={campaign.code}&day={TODAY - DAY}"
    shown = client.get(f"/boards/groups/{group.pk}/?{day}").content.decode()
    url = re.search(r'href="(/deployments/\?[^"]*community[^"]*)"><span class="num">12<', shown)[1]

    assert f'href="{row.get_absolute_url()}"' in client.get(html.unescape(url)).content.decode()
    today = client.get(f"/deployments/?campaign={campaign.code}&group={group.pk}")
    assert f'href="{row.get_absolute_url()}"' not in today.content.decode()


def test_all_communities_leave_as_excel(campaign, unit, group, foreign_group, liaison):
    for number in range(12):
        sent(campaign, unit, f"第{number}社区", number)
    client, url = client_for(liaison), f"/boards/sheets/visit-places/?campaign={campaign.code}"

    shown = client.get(f"/boards/groups/?campaign={campaign.code}").content.decode()
    answer = client.get(f"{url}&group={group.pk}")

    assert len(names_in(shown, "visit-places")) == 10
    every = re.search(r'href="([^"]*)">从未走访 12 个</a>', shown)[1]
    assert f'href="{every}">全部 12 个</a>' in shown
    opened = client.get(html.unescape(every)).content.decode()
    assert len(names_in(opened, "visit-places")) == 12
    rows = list(load_workbook(BytesIO(answer.content)).active.values)
    found = [row for row in rows if row[1] == "从未走访" or row[2] == "从未走访"]
    assert len(found) == 12
    assert client.get(f"{url}&group={foreign_group.pk}").status_code == 404


def test_the_board_of_the_campaign_says_how_often_in_ones_own_place(
    campaign, unit, foreign_unit, group, liaison, leader
):
    FindingFactory(visit=VisitFactory(campaign=campaign, unit=unit, group=group))
    VisitFactory(campaign=campaign, unit=foreign_unit, on=TODAY - DAY)
    url = f"/boards/campaign/?campaign={campaign.code}"

    whole, own = (client_for(user).get(url).content.decode() for user in (leader, liaison))

    assert "走访当日 1 次、累计 2 次（2 家），问题待答复 1 项。" in whole
    assert "走访当日 1 次、累计 1 次（1 家），问题待答复 1 项。" in own


def names_in(page, section):
    """The records the rows of a section lead to, in their order."""
    part = page.split(f'id="{section}"')[1].split("</section>")[0]
    links = re.findall(r'p-title[^>]*><a class="rows" href="/(units|communities)/(\d+)/', part)
    model = {"units": UnitFactory, "communities": CommunityFactory}
    return [model[kind]._meta.model.objects.get(pk=pk) for kind, pk in links]


def test_the_board_takes_as_many_statements_for_three_as_for_one(campaign, unit, group, liaison):
    url = f"/boards/groups/?campaign={campaign.code}"
    client = client_for(liaison)
    visited(campaign, unit)
    one = statements(client, url, kept=False)
    for _ in range(2):
        visited(campaign, UnitFactory(group=group))

    assert statements(client, url, kept=False) == one


def visited(campaign, unit):
    row = DeploymentFactory(campaign=campaign, unit=unit)
    DeploymentDayFactory(deployment=row)
    FindingFactory(visit=VisitFactory(campaign=campaign, unit=unit, community=row.community))


def test_a_spot_check_is_due_after_a_week_with_people_out(campaign, unit, group, foreign_unit):
    seen, absent = UnitFactory(group=group), UnitFactory(group=group)
    sent(campaign, unit, "城东路社区", 5)
    sent(campaign, seen, "北林路社区", 5)
    sent(campaign, absent, "东风路社区", 0)
    VisitFactory(campaign=campaign, unit=unit, on=TODAY - 7 * DAY)
    VisitFactory(campaign=campaign, unit=seen, on=TODAY - 6 * DAY)

    assert spot_checks_due(campaign, on=TODAY) == {group.pk: 1}
    fresh = CampaignFactory(starts_on=TODAY - 6 * DAY)
    sent(fresh, unit, "城西路社区", 5)
    assert spot_checks_due(fresh, on=TODAY) == {}


def test_mornings_name_what_visits_leave_to_do(campaign, unit, group, reporter):
    DailyReportFactory(campaign=campaign, unit=unit, group=group, on=TODAY, state="accepted")
    sent(campaign, unit, "城东路社区", 5)
    old = VisitFactory(campaign=campaign, unit=unit, on=TODAY - 8 * DAY)
    FindingFactory.create_batch(2, visit=old)
    FindingFactory(
        visit=old, state=FindingState.ANSWERED, answer="已改", answered_by=reporter,
        answered_at="2026-08-05T10:00:00+08:00",
    )  # fmt: skip

    morning = group_mornings(campaign, on=TODAY)[group.pk]

    assert [plain(line) for line in morning.todo] == ["到岗抽查1处", "核实走访问题答复1项"]
    name, left = unit_todos([campaign], on=TODAY)[unit.pk]
    assert (name, [plain(line) for line in left]) == ("示例甲", ["走访问题待答复2"])


def test_the_world_has_visits_of_every_campaign_and_findings_in_every_state(world):
    by_campaign = Visit.objects.order_by("campaign").values_list("campaign__code", flat=True)

    assert len(set(by_campaign)) == 3
    assert not Visit.objects.filter(on__gt=TODAY).exists()
    assert not FindingStep.objects.filter(at__date__gt=TODAY).exists()
    assert VisitResult.objects.count() == 8 * Visit.objects.count()
    states = set(Finding.objects.values_list("state", flat=True))
    assert {FindingState.OPEN, FindingState.VERIFIED} <= states
    over = Finding.objects.filter(visit__campaign__is_drill=False)
    assert set(over.values_list("state", flat=True)) == {FindingState.VERIFIED}
    # Each visit is of the group its unit belonged to on that day.
    for visit in Visit.objects.select_related("group"):
        groups = LiaisonGroup.objects.filter(memberships__unit=visit.unit_id)
        assert visit.group in groups
