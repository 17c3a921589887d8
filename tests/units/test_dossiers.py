"""Records worth opening: what all desks know of a unit, a group and a community on one page."""

import datetime as dt
import html
import re
from decimal import Decimal

import pytest
import time_machine

from apps.core.dates import business_day, moment_on
from apps.daily.enums import ContactMethod, ReportState
from apps.daily.models import DailyReport
from apps.deployments.selectors import day_figures
from apps.figures.enums import Measure, ScopeKind
from apps.figures.models import CampaignIndicator, Figure, Indicator
from apps.units.enums import MemberKind
from apps.units.models import Membership
from tests.cast import client_for
from tests.counting import cells, statements
from tests.factories import (
    AssignmentFactory,
    CampaignFactory,
    CampaignIndicatorFactory,
    CommunityFactory,
    ContactNoteFactory,
    DailyReportFactory,
    DeploymentDayFactory,
    DeploymentFactory,
    FigureFactory,
    IndicatorFactory,
    MemberFactory,
    NeedFactory,
    PlacementFactory,
    PublicityItemFactory,
    SnapshotFactory,
    UnitFactory,
)

pytestmark = pytest.mark.django_db
TODAY = business_day()
DAY = dt.timedelta(days=1)
EVENING = moment_on(TODAY, dt.time(18))


@pytest.fixture
def campaign(db):
    return CampaignFactory()


def report(campaign, unit, back=0, *, filed=None, **more):
    on = TODAY - back * DAY
    if filed is not None:
        more |= {"state": ReportState.FILED, "first_filed_at": moment_on(on, dt.time(filed))}
    return DailyReportFactory(campaign=campaign, unit=unit, on=on, **more)


def text(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def at_evening(user, url):
    with time_machine.travel(EVENING, tick=False):
        return client_for(user).get(url)


# --- the unit -----------------------------------------------------------------------------------


def test_unit_record_has_its_contacts_and_its_people_by_kind(
    staff, unit, reporter, unit_leader, liaison, group
):
    group.leader = liaison
    group.save()
    MemberFactory.create_batch(2, unit=unit)
    MemberFactory(unit=unit, kind=MemberKind.VOLUNTEER)

    said = text(client_for(staff).get(f"/units/{unit.pk}/"))

    assert f"值班电话 {unit.duty_phone}" in said
    assert f"联络员 {reporter.name}" in said
    assert f"专职副书记 {unit_leader.name}" in said
    assert f"联络组 第3组 组长 {liaison.name}" in said
    assert "党员 2 人 志愿者 1 人" in said


def test_unit_record_has_the_report_of_the_day_and_the_late_days(staff, campaign, unit):
    report(campaign, unit, 3, filed=18)
    report(campaign, unit, 2)
    report(campaign, unit, 1, filed=16)
    report(campaign, unit, state=ReportState.RETURNED, return_reason="漏计夜班")

    page = at_evening(staff, f"/units/{unit.pk}/")

    assert "已到截报 4 天 · 逾期 1 天 · 未报 2 天" in text(page)
    opened = re.findall(
        r'<a class="rows" href="(/daily/reports/[^"]*)">\D+(\d+) 天</a>', page.content.decode()
    )
    assert (
        [
            at_evening(staff, html.unescape(url)).context_data["page"].paginator.count
            for url, _ in opened
        ]
        == [int(count) for _, count in opened]
        == [4, 1, 2]
    )
    assert "退回原因：漏计夜班" in text(page)
    shown = re.findall(r'day-cell day-(\w+)" href="(/daily/reports/\d+/)', page.content.decode())
    assert [tone for tone, _ in shown] == ["yellow", "red", "blue", "red"]
    assert len({address for _, address in shown}) == 4


def test_unit_record_counts_no_day_before_its_hour(staff, campaign, unit):
    report(campaign, unit)

    with time_machine.travel(moment_on(TODAY, dt.time(9)), tick=False):
        page = client_for(staff).get(f"/units/{unit.pk}/")

    assert "已到截报 0 天 · 逾期 0 天 · 未报 0 天" in text(page)


NAMED = {"F01": {"name": "在岗", "measure": Measure.PEOPLE}}


def leaf(campaign, unit, group, code, on, value):
    known = Indicator.objects.filter(code=code).first()
    indicator = known or IndicatorFactory(code=code, **NAMED.get(code, {"name": code}))
    snapshot = campaign.snapshots.filter(on=on).first() or SnapshotFactory(campaign=campaign, on=on)
    return FigureFactory(
        snapshot=snapshot,
        indicator=indicator,
        unit=unit,
        group=group,
        category=unit.category,
        value=value,
    )


def test_unit_figures_show_every_day_and_open_their_rows(staff, campaign, unit, group):
    known = leaf(campaign, unit, group, "F01", TODAY - DAY, Decimal(12))
    missing = leaf(campaign, unit, group, "F01", TODAY - 2 * DAY, None)
    leaf(campaign, unit, group, "F08", TODAY - DAY, Decimal(5))
    SnapshotFactory(campaign=campaign, on=TODAY - 3 * DAY)
    leaf(campaign, unit, group, "F08", TODAY - 3 * DAY, Decimal(5))
    asked = CampaignIndicatorFactory(campaign=campaign, indicator=known.indicator)

    page = client_for(staff).get(f"/units/{unit.pk}/?tab=figures")
    rows = [row for row in cells(page) if len(row) == 2]

    assert len(rows) == 30
    assert [row[1] for row in rows[:4]] == ["未锁定", "12", "未报", "未要求"]
    CampaignIndicator.objects.filter(pk=asked.pk).update(is_typed=False)
    rows = cells(client_for(staff).get(f"/units/{unit.pk}/?tab=figures"))
    assert [row[1] for row in rows if len(row) == 2][:4] == ["未锁定", "12", "未登记", "无任务"]
    for figure in (known, missing):
        assert f"/daily/figures/{figure.pk}/" in page.content.decode()
    assert "chart-unit-figures" in page.content.decode()


def test_unit_record_tells_where_its_people_were(staff, campaign, unit):
    near, far = CommunityFactory(name="近处社区"), CommunityFactory(name="远处社区")
    member = MemberFactory(unit=unit)
    for place, starts in ((near, TODAY - 5 * DAY), (near, TODAY - 2 * DAY)):
        row = DeploymentFactory(
            campaign=campaign, unit=unit, community=place, starts_on=starts, ends_on=starts + DAY
        )
        AssignmentFactory(
            deployment=row, member=member, starts_on=row.starts_on, ends_on=row.ends_on
        )
        DeploymentDayFactory(deployment=row, on=starts, present=7)
    row = DeploymentFactory(campaign=campaign, unit=unit, community=far)
    AssignmentFactory.create_batch(2, deployment=row)

    rows = cells(client_for(staff).get(f"/units/{unit.pk}/?tab=served"))

    assert [[row[0], *row[2:5]] for row in rows] == [
        ["远处社区", "1", "2", "未登记"],
        ["近处社区", "2", "1", "14"],
    ]


@pytest.mark.parametrize(
    "tab", ["reports", "deployments", "served", "teams", "figures", "publicity"]
)
def test_unit_record_statements_do_not_grow(staff, campaign, unit, group, tab):
    client, url = client_for(staff), f"/units/{unit.pk}/?tab={tab}"

    def more(back):
        report(campaign, unit, back, filed=16)
        row = DeploymentFactory(campaign=campaign, unit=unit)
        AssignmentFactory(deployment=row, member__unit=unit)
        DeploymentDayFactory(deployment=row)
        leaf(campaign, unit, group, "F01", TODAY - back * DAY, Decimal(3))
        PlacementFactory(item=PublicityItemFactory(campaign=campaign, unit=unit, state="published"))

    more(1)
    one = statements(client, url)
    more(2)
    more(3)

    assert statements(client, url) == one


# --- the group ----------------------------------------------------------------------------------


def test_group_record_tells_the_day_and_who_is_late(staff, campaign, unit, group):
    slow = UnitFactory(short_name="示例丙", group=group, sort_order=9999)
    report(campaign, unit, filed=16)
    late = report(campaign, slow, 2, filed=18)
    report(campaign, slow, 1)
    owed = report(campaign, slow)
    ContactNoteFactory(report=owed, method=ContactMethod.VISIT, note="已到现场", at=EVENING)
    ContactNoteFactory(report=late, method=ContactMethod.PHONE, at=EVENING - DAY)
    url = f"/units/groups/{group.pk}/"

    said = text(at_evening(staff, url))
    slowest = cells(at_evening(staff, f"{url}?tab=punctuality"))
    calls = cells(at_evening(staff, f"{url}?tab=contacts"))

    assert "当日已报 1 家 应报 2 家" in said
    assert "当日逾期未报 1 家" in said
    assert "逾期报送 1 家次 近30天 未报 2 家次 近30天" in said
    assert "其中当面 1 次" in said
    assert [row[:5] for row in slowest] == [
        ["示例丙", "3", "0", "1", "2"],
        ["示例甲", "1", "1", "0", "0"],
    ]
    first, _ = calls
    assert first[4] == "已到现场"


@pytest.mark.parametrize("tab", ["reports", "punctuality", "contacts", "units", "people"])
def test_group_record_statements_do_not_grow(staff, campaign, unit, group, tab):
    client, url = client_for(staff), f"/units/groups/{group.pk}/?tab={tab}"
    ContactNoteFactory(report=report(campaign, unit, 1))
    one = statements(client, url)
    for other in UnitFactory.create_batch(2, group=group):
        ContactNoteFactory(report=report(campaign, other, 1))

    assert statements(client, url) == one


def test_a_unit_sees_no_other_in_its_group(reporter, campaign, unit, group):
    report(campaign, unit, 1)
    other = report(campaign, UnitFactory(group=group, short_name="示例丙"), 1)
    ContactNoteFactory(report=other)
    url = f"/units/groups/{group.pk}/"
    client = client_for(reporter)

    assert [row[0] for row in cells(client.get(f"{url}?tab=punctuality"))] == ["示例甲"]
    assert cells(client.get(f"{url}?tab=contacts")) == []
    assert "示例丙" not in client.get(f"{url}?tab=units").content.decode()


# --- the community ------------------------------------------------------------------------------


def test_community_record_tells_who_serves_there_and_what_is_lacking(staff, campaign, unit):
    place = CommunityFactory()
    for present in (7, None):
        row = DeploymentFactory(campaign=campaign, unit=unit, community=place)
        if present is not None:
            DeploymentDayFactory(deployment=row, expected=10, present=present)
    NeedFactory(campaign=campaign, community=place, heads=12)

    said = text(client_for(staff).get(f"/communities/{place.pk}/"))

    assert "派出单位 1 家" in said
    assert "在岗 7 人 应到 10 人 · 1/2 项任务已登记" in said
    assert "需求缺口 12 人 1 项在列" in said


def test_community_record_keeps_the_needs_of_former_campaigns(staff, campaign):
    place = CommunityFactory()
    former = CampaignFactory(starts_on=dt.date(2020, 7, 1), ends_on=dt.date(2020, 8, 1))
    NeedFactory(campaign=former, community=place, starts_on=dt.date(2020, 7, 3), heads=3)
    NeedFactory(campaign=campaign, community=place, heads=12)

    rows = cells(
        client_for(staff).get(f"/communities/{place.pk}/?tab=needs&campaign={campaign.code}")
    )

    assert [(row[1], row[2]) for row in rows] == [(campaign.name, "12"), (former.name, "3")]


def test_community_record_names_the_units_that_sit_there(staff, reporter, unit, foreign_unit):
    place = CommunityFactory()
    for one in (unit, foreign_unit):
        one.office_community = place
        one.save()
    url = f"/communities/{place.pk}/?tab=offices"

    assert [row[0] for row in cells(client_for(staff).get(url))] == ["示例甲", "示例乙"]
    assert [row[0] for row in cells(client_for(reporter).get(url))] == ["示例甲"]


def test_city_sees_no_unit_at_a_community(city, unit):
    place = CommunityFactory()
    unit.office_community = place
    unit.save()

    body = client_for(city).get(f"/communities/{place.pk}/?tab=offices").content.decode()

    assert "驻地单位" not in body
    assert "示例甲" not in body


@pytest.mark.parametrize("tab", ["deployments", "needs", "statuses", "estates", "offices"])
def test_community_record_statements_do_not_grow(staff, campaign, unit, tab):
    place = CommunityFactory()
    client, url = client_for(staff), f"/communities/{place.pk}/?tab={tab}"

    def more():
        row = DeploymentFactory(campaign=campaign, community=place)
        DeploymentDayFactory(deployment=row)
        NeedFactory(campaign=campaign, community=place)
        UnitFactory(office_community=place)

    more()
    one = statements(client, url)
    more()
    more()

    assert statements(client, url) == one


# --- dated changes ------------------------------------------------------------------------------


def test_a_unit_that_changes_group_leaves_its_past_days_there(
    staff, campaign, unit, group, foreign_group
):
    past = report(campaign, unit, 1, filed=16)
    figure = leaf(campaign, unit, group, "F01", TODAY - DAY, Decimal(9))
    DeploymentDayFactory(deployment=DeploymentFactory(campaign=campaign, unit=unit), on=TODAY - DAY)

    def ledger():
        rows = day_figures(campaign, TODAY - DAY)
        return {(r.indicator, r.scope, r.key): r.value for r in rows if r.scope == ScopeKind.GROUP}

    before = ledger()
    answer = client_for(staff).post(
        f"/units/{unit.pk}/group/", {"group": foreign_group.pk, "since": (TODAY + DAY).isoformat()}
    )

    assert answer.status_code == 302
    assert before
    assert ledger() == before
    assert DailyReport.objects.get(pk=past.pk).group == group
    assert Figure.objects.get(pk=figure.pk).group == group
    history = text(client_for(staff).get(f"/units/{unit.pk}/"))
    assert history.index("第4组") < history.rindex("第3组")


def test_a_unit_never_counts_in_two_groups_on_the_day_of_its_change(
    staff, campaign, unit, group, foreign_group
):
    client, url = client_for(staff), f"/units/{unit.pk}/group/"
    standing = report(campaign, unit, filed=9)

    def move(since):
        return client.post(url, {"group": foreign_group.pk, "since": since.isoformat()})

    assert client.get(url).context["form"]["since"].value() == TODAY + DAY
    for refused, sentence in (
        (TODAY, "的日报已按现在的联络组生成，请自次日起变更。"),
        (TODAY - DAY, "不能早于今天"),
    ):
        answer = move(refused)
        assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert move(TODAY + DAY).status_code == 302

    DeploymentDayFactory(deployment=DeploymentFactory(campaign=campaign, unit=unit), on=TODAY)
    counted = {r.key for r in day_figures(campaign, TODAY) if r.scope == ScopeKind.GROUP}
    assert counted == {standing.group_id} == {group.pk}


def test_a_unit_without_a_report_of_today_changes_its_group_today(staff, unit, foreign_group):
    form = {"group": foreign_group.pk, "since": TODAY.isoformat()}

    assert client_for(staff).post(f"/units/{unit.pk}/group/", form).status_code == 302


def test_a_person_who_moves_leaves_past_days_with_the_former_unit(
    staff, campaign, unit, foreign_unit
):
    member = MemberFactory(unit=unit)
    row = DeploymentFactory(campaign=campaign, unit=unit)
    stay = AssignmentFactory(deployment=row, member=member)
    DeploymentDayFactory(deployment=row, on=TODAY - DAY)

    def ledger():
        return sorted(map(repr, day_figures(campaign, TODAY - DAY)))

    before = ledger()
    answer = client_for(staff).post(
        f"/units/members/{member.pk}/transfer/",
        {"unit": foreign_unit.pk, "since": TODAY.isoformat()},
    )

    assert answer.status_code == 302
    assert ledger() == before
    stay.refresh_from_db()
    assert stay.unit == unit
    spans = Membership.objects.filter(member=member).order_by("starts_on")
    assert [(s.unit, s.ends_on) for s in spans] == [(unit, TODAY - DAY), (foreign_unit, None)]
