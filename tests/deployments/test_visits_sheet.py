"""Visits kept on paper: in with what was found, out again as it was, each refusal named."""

import datetime as dt

import pytest

from apps.core.dates import business_day
from apps.deployments.models import Finding, Visit
from apps.messaging.models import InboxMessage
from apps.units.enums import Role
from tests.cast import client_for
from tests.factories import (
    CampaignFactory,
    CommunityFactory,
    DeploymentFactory,
    FindingFactory,
    PostingFactory,
    UnitFactory,
    VisitFactory,
    VisitItemFactory,
    VisitResultFactory,
)
from tests.office.importing import act, applied, checked, counts, exported, problems, send, workbook

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
HEAD = (
    "单位",
    "走访日期",
    "社区",
    "地点",
    "到达时间",
    "走访人",
    "应到",
    "实到",
    "符合事项",
    "问题",
)
VISITS = "/deployments/visits/"


@pytest.fixture
def campaign(db):
    return CampaignFactory(starts_on=business_day() - 20 * DAY)


@pytest.fixture
def place(db):
    return CommunityFactory(name="城东路社区")


@pytest.fixture
def items(db):
    return [
        VisitItemFactory(name=name, code=code, sort_order=order)
        for order, (name, code) in enumerate((("到岗", "arrival"), ("脱岗", "absence"), ("防护", "kit")))
    ]  # fmt: skip


def table(*rows, head=HEAD):
    return workbook(head, rows)


def test_a_group_brings_in_what_it_wrote_down(
    campaign, group, unit, place, items, liaison, reporter
):
    deployment = DeploymentFactory(
        campaign=campaign, unit=unit, community=place, starts_on=campaign.starts_on
    )
    on = business_day() - DAY
    rows = [
        (unit.name, on, "城东路社区", None, dt.time(10, 30), "甲、乙", 12, "11人", "到岗，防护",
         "脱岗：一名队员脱岗\n夜班无带队人"),
        (unit.short_name, on, None, "物资仓库", "16时", "甲", None, None, "防护", None),
    ]  # fmt: skip

    batch = applied(liaison, "visits", table(*rows))

    assert batch.state == "applied", problems(batch)
    told = client_for(liaison).get(batch.get_absolute_url()).content.decode()
    assert ("10:30" in told, "10:30:00" in told) == (True, False)
    first, second = Visit.objects.order_by("pk")
    assert (first.group, first.deployment, first.by) == (group, deployment, liaison)
    assert (first.at, first.expected, first.present) == (dt.time(10, 30), 12, 11)
    assert (second.community, second.place, second.at) == (None, "物资仓库", dt.time(16))
    assert list(first.results.values_list("item__name", "verdict")) == [
        ("到岗", "ok"), ("脱岗", "bad"), ("防护", "ok"),
    ]  # fmt: skip
    assert set(second.results.values_list("item__name", "verdict")) == {
        ("到岗", "unchecked"), ("脱岗", "unchecked"), ("防护", "ok"),
    }  # fmt: skip
    found = first.findings.order_by("pk")
    assert list(found.values_list("text", "item__name", "state", "due_on")) == [
        ("一名队员脱岗", "脱岗", "open", business_day() + 2 * DAY),
        ("夜班无带队人", None, "open", business_day() + 2 * DAY),
    ]
    assert [step.by for step in found[0].steps.all()] == [liaison]
    note = InboxMessage.objects.get()
    assert (note.user, note.subject) == (reporter, "走访发现问题2项，请答复")

    act(liaison, batch, "undo")

    batch.refresh_from_db()
    assert (batch.state, Visit.objects.count()) == ("applied", 2)
    assert "导入的走访问题 2 项已告知单位" in batch.message


def test_what_goes_out_comes_back_as_it_was_and_edits_alone_count(
    campaign, group, unit, place, items, liaison
):
    visit = VisitFactory(
        campaign=campaign, group=group, unit=unit, community=place, at=dt.time(9, 5), by=liaison
    )
    VisitResultFactory(visit=visit, item=items[0], verdict="ok")
    FindingFactory(visit=visit, item=items[1], text="一名队员\n脱岗")
    FindingFactory(visit=visit, text="夜班；无带队人")
    VisitFactory(campaign=campaign, group=group, unit=unit, community=place, by=liaison)
    VisitFactory(
        campaign=campaign, group=group, unit=unit, community=None, place="仓库", by=liaison
    )
    head, rows = exported("visits", liaison)
    untouched = checked(liaison, "visits", workbook(head, rows))
    assert counts(untouched) == {"new": 0, "changed": 0, "same": 3, "wrong": 0}, problems(untouched)

    edited = next(row for row in rows if row[head.index("符合事项")])
    edited[head.index("走访情况")] = "已当面提醒"
    edited[head.index("问题")] += "\n饮水不足"
    batch = applied(liaison, "visits", workbook(head, rows), name="二.xlsx")

    assert (batch.state, batch.changes, batch.same) == ("applied", 1, 2)
    visit.refresh_from_db()
    assert (visit.summary, visit.version, visit.revised_by) == ("已当面提醒", 2, liaison)
    assert list(visit.findings.order_by("pk").values_list("text", flat=True)) == [
        "一名队员\n脱岗", "夜班；无带队人", "饮水不足",
    ]  # fmt: skip
    page = client_for(liaison).get(VISITS).content.decode()
    assert "/office/imports/new/visits/" in page
    assert client_for(liaison).get("/office/imports/template/visits/").status_code == 200


def test_an_import_without_findings_is_taken_back(campaign, unit, place, items, liaison):
    row = (unit.short_name, business_day(), "城东路社区", None, None, "甲", 5, 5, None, None)
    batch = applied(liaison, "visits", table(row))

    act(liaison, batch, "undo")

    assert batch.state == "undone", batch.message
    assert not Visit.objects.exists()


def test_each_wrong_row_is_named(campaign, group, unit, place, items, liaison, staff):
    UnitFactory(short_name="未编组单位")
    seen = VisitFactory(campaign=campaign, group=group, unit=unit, community=place, by=liaison)
    FindingFactory(visit=seen, text="一名队员脱岗")
    today = business_day()

    def row(
        *, who=unit.short_name, on=today - DAY, where="城东路社区", spot=None, at=None, heads=(5, 5),
        fine=None, found=None,
    ):  # fmt: skip
        return (who, on, where, spot, at, "甲", *heads, fine, found)

    batch = checked(
        staff,
        "visits",
        table(
            row(),
            row(on=today + DAY),
            row(on=campaign.starts_on - DAY),
            row(who="未编组单位"),
            row(who="没有的单位"),
            row(on=today - 2 * DAY, heads=(5, None), fine="防护"),
            row(where=None),
            row(on=today - 3 * DAY, heads=(None, None)),
            row(on=today - 4 * DAY, fine="到岗、着装"),
            row(on=today - 5 * DAY, fine="到岗", found="到岗：差两人"),
            row(on=today - 6 * DAY, at="上午"),
            row(on=today, found="改写的问题"),
            row(),
        ),
    )

    told = [(number, column) for number, column, *_ in problems(batch)]
    assert told == [
        (3, "on"), (4, "on"), (5, "unit"), (6, "unit"), (7, "present"), (8, "place"),
        (9, "summary"), (10, "fine"), (11, "fine"), (12, "at"), (13, "findings"), (14, "turn"),
    ]  # fmt: skip
    assert not Visit.objects.exclude(pk=seen.pk).exists()
    assert Finding.objects.count() == 1


def test_nobody_brings_in_visits_of_others_units_or_their_own(
    campaign, group, unit, foreign_unit, place, items, liaison, reporter
):
    own = UnitFactory(short_name="本人单位", group=group)
    PostingFactory(user=liaison, role=Role.REPORTER, unit=own)
    rows = [
        (one.short_name, business_day(), "城东路社区", None, None, "甲", 5, 5, None, None)
        for one in (unit, foreign_unit, own)
    ]

    batch = checked(liaison, "visits", table(*rows))

    assert [(number, column) for number, column, *_ in problems(batch)] == [
        (3, "unit"), (4, "unit"),
    ]  # fmt: skip
    assert send(reporter, "visits", table(*rows)).status_code == 403
