"""What communities wrote on paper or said by telephone, entered as one list by the office."""

import pytest
from django.utils import timezone

from apps.core.dates import business_day
from apps.deployments.models import SigningLine, SigningSheet
from apps.deployments.services.signing import Answer, confirm_sheet
from tests.cast import client_for
from tests.deployments.signing_desk import signed_day
from tests.factories import CommunityFactory, DeploymentFactory, SigningLineFactory
from tests.office.importing import act, applied, checked, counts, exported, problems, send, workbook

pytestmark = pytest.mark.django_db
CONFIRMED = "该社区当日已确认，或应急任务已结束，不能再代录，请改回原值。"
HEAD = ("社区", "派出单位", "次序", "确认人数", "工时", "确认人", "职务", "方式", "备注")


@pytest.fixture
def sheet(campaign, unit, foreign_unit):
    return signed_day(campaign, unit, foreign_unit)[0]


def listed(*rows):
    return workbook(("日期", *HEAD), [(business_day(), *row) for row in rows])


def said(
    who,
    heads,
    *,
    where="城东路社区",
    turn=None,
    hours=8,
    name="刘主任",
    title="社区书记",
    by="电话",
):
    return (where, who.short_name, turn, heads, hours, name, title, by, None)


def test_the_office_enters_what_communities_said(staff, sheet, unit, foreign_unit, liaison):
    head, rows = exported("signings", staff)
    rows[0][head.index("任务")] = None
    untouched = checked(staff, "signings", workbook(head, rows))
    assert counts(untouched) == {"new": 0, "changed": 0, "same": 2, "wrong": 0}, problems(untouched)
    for row in rows:
        is_ours = row[head.index("派出单位")] == unit.short_name
        filled = {"确认人数": 19 if is_ours else 6, "工时": 7.5, "确认人": "刘主任"}
        for label, value in {**filled, "职务": "社区书记", "方式": "电话"}.items():
            row[head.index(label)] = value

    batch = applied(staff, "signings", workbook(head, rows), name="二.xlsx")

    assert (batch.state, batch.changes) == ("applied", 2), problems(batch)
    sheet.refresh_from_db()
    assert (sheet.confirmed_by, sheet.confirmed_title) == ("刘主任", "社区书记")
    assert (sheet.entered_by, sheet.manner, sheet.remark) == (staff, "phone", "")
    ours, theirs = SigningLine.objects.order_by("pk")
    assert (ours.shown_heads, ours.heads, ours.hours) == (24, 19, 7.5)
    assert (theirs.shown_heads, theirs.heads) == (None, 6)
    assert (
        f"由{staff}按电话代录" in client_for(liaison).get(sheet.get_absolute_url()).content.decode()
    )
    again = checked(staff, "signings", workbook(head, rows), name="三.xlsx")
    assert counts(again) == {"new": 0, "changed": 0, "same": 2, "wrong": 0}
    rows[0][head.index("备注")] = "另有两人"
    refused = checked(staff, "signings", workbook(head, rows), name="四.xlsx")
    assert problems(refused) == [(2, "remark", "另有两人", CONFIRMED)]

    act(staff, batch, "undo")

    sheet.refresh_from_db()
    assert (batch.state, sheet.confirmed_at, sheet.entered_by) == ("undone", None, None)
    assert not SigningLine.objects.filter(heads__isnull=False).exists()
    page = client_for(staff).get("/deployments/signing/").content.decode()
    assert "/office/imports/new/signings/" in page


def test_a_sheet_is_entered_whole_once_and_only_where_there_is_one(
    staff, campaign, sheet, unit, foreign_unit
):
    CommunityFactory(name="没有单的社区")
    done = SigningLineFactory(
        deployment=DeploymentFactory(campaign=campaign, unit=unit, community__name="已确认社区")
    )
    settled = SigningLineFactory(
        deployment=DeploymentFactory(campaign=campaign, unit=unit, community__name="已核定社区")
    )
    for line in (done, settled):
        confirm_sheet(
            line.sheet, edition=1, answers={line.pk: Answer(4)}, name="王主任", title="社区书记",
            remark="", now=timezone.now(),
        )  # fmt: skip
    SigningLine.objects.filter(pk=settled.pk).update(
        settled_side="unit", settled_reason="已核实", settled_at=timezone.now(), settled_by=staff
    )
    two = SigningLineFactory(
        deployment=DeploymentFactory(campaign=campaign, unit=unit, community__name="两单位社区")
    )
    SigningLineFactory(
        sheet=two.sheet,
        deployment=DeploymentFactory(
            campaign=campaign, unit=foreign_unit, community=two.sheet.community
        ),
    )

    batch = checked(
        staff,
        "signings",
        listed(
            said(unit, 5, where="没有单的社区"),
            said(unit, 5, where="已确认社区"),
            said(unit, 5, where="已核定社区"),
            said(unit, 5, turn=2),
            said(unit, 5, where="两单位社区"),
            said(unit, 24),
            said(foreign_unit, 6, name="张主任"),
        ),
    )

    assert [(number, column, reason) for number, column, _, reason in problems(batch)] == [
        (2, "community", "当日没有该社区的到岗确认单，请先在社区确认页面生成。"),
        *((3, cell, CONFIRMED) for cell in ("heads", "hours", "name", "manner")),
        *((4, cell, CONFIRMED) for cell in ("heads", "hours", "name", "manner")),
        (5, "unit", "确认单上没有该单位的这项任务，请核对单位和次序。"),
        (6, "heads", "该社区确认单上还有单位没有填写，一张确认单须一次填齐。"),
        (8, "name", "同一张确认单的确认人、职务、方式和备注应一致。"),
    ]
    assert SigningSheet.objects.filter(confirmed_at=None).count() == 2


def test_what_is_half_filled_is_named_and_no_unit_signs_for_the_community(
    staff, liaison, reporter, sheet, unit, foreign_unit
):
    rows = [said(unit, None, by=None), said(foreign_unit, 6, hours=30, title=None)]

    batch = checked(staff, "signings", listed(*rows))

    told = {(number, column) for number, column, *_ in problems(batch)}
    assert told >= {(2, "heads"), (2, "manner"), (3, "hours"), (3, "title")}
    for other in (liaison, reporter):
        assert send(other, "signings", listed(*rows)).status_code == 403
