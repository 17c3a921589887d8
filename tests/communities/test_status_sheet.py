"""Measures as a table: laid, lifted, out again as they were; two at a time refused at the row."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from apps.communities.models import AreaStatus
from apps.core.dates import BEIJING, business_day
from apps.deployments.models import Sealing
from tests.cast import client_for
from tests.factories import (
    AreaStatusFactory,
    AssignmentFactory,
    CampaignFactory,
    CommunityFactory,
    DeploymentFactory,
    EstateFactory,
    MeasureFactory,
    MemberFactory,
)
from tests.office.importing import act, applied, checked, counts, problems, workbook
from tests.office.importing import exported as as_kept

pytestmark = pytest.mark.django_db
HEAD = ("地点类别", "地点", "等级或措施", "起始时间", "解除时间", "依据通告")
BASIS = "市指挥部通告2021年31号"


@pytest.fixture
def estate(place):
    return EstateFactory(community=place, name="绿城小区")


@pytest.fixture
def sealed(db):
    return MeasureFactory(name="封控管理", is_sealed=True)


def exported(user):
    """What goes out, as Excel keeps it: moments without a zone."""
    head, rows = as_kept("statuses", user)
    local = [[_local(cell) for cell in row] for row in rows]
    return head, local


def _local(cell):
    return cell.astimezone(BEIJING).replace(tzinfo=None) if isinstance(cell, dt.datetime) else cell


def table(*rows, head=HEAD):
    return workbook(head, rows)


def test_places_of_every_kind_come_in_by_the_hour(staff, street, place, estate, sealed):
    rows = [
        ("街道", "城东路街道办事处", "封控管理", "2021年8月23日18时", "未解除", BASIS),
        ("社区", "城东路社区", "封控管理", "2021-08-23 18:00", "2021-08-30 06:30", BASIS),
        (None, "城东路社区绿城小区", "封控管理", "2021.8.24 0时", None, BASIS),
    ]

    batch = applied(staff, "statuses", table(*rows))

    assert batch.state == "applied", problems(batch)
    found = AreaStatus.objects.order_by("pk")
    assert [row.street or row.community or row.estate for row in found] == [street, place, estate]
    assert [row.ends_at for row in found] == [
        None, dt.datetime(2021, 8, 30, 6, 30, tzinfo=BEIJING), None,
    ]  # fmt: skip
    assert {row.kind for row in found} == {sealed.kind}
    assert found[0].starts_at == dt.datetime(2021, 8, 23, 18, 0, tzinfo=BEIJING)


def test_what_goes_out_comes_back_as_it_was_and_a_lifting_alone_counts(
    staff, street, place, estate, sealed
):
    now = timezone.now()
    one = AreaStatusFactory(measure=sealed, community=None, street=street, starts_at=now)
    for where in ({"community": place}, {"community": None, "estate": estate}):
        AreaStatusFactory(measure=sealed, starts_at=now, is_drill=True, **where)
    head, rows = exported(staff)
    untouched = checked(staff, "statuses", workbook(head, rows))
    assert counts(untouched) == {"new": 0, "changed": 0, "same": 3, "wrong": 0}, problems(untouched)
    lifted = next(row for row in rows if row[head.index("地点类别")] == "街道")
    lifted[head.index("解除时间")] = (
        (now + dt.timedelta(days=3)).astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")
    )

    batch = applied(staff, "statuses", workbook(head, rows), name="二.xlsx")

    one.refresh_from_db()
    assert (batch.changes, batch.same, one.ends_at.date()) == (
        1,
        2,
        (now + dt.timedelta(days=3)).date(),
    )
    assert one.starts_at == now
    act(staff, batch, "undo")
    one.refresh_from_db()
    assert one.ends_at is None


def test_two_of_a_kind_at_a_time_are_refused_at_the_row(staff, street, place, sealed):
    closed = MeasureFactory(name="封闭管理", is_sealed=True)
    risky = MeasureFactory(name="高风险", kind=1)
    late = MeasureFactory(name="低风险", kind=1, valid_from=dt.date(2022, 1, 1))
    august = dt.datetime(2021, 8, 1, tzinfo=BEIJING)
    standing = AreaStatusFactory(measure=sealed, community=place, starts_at=august, basis=BASIS)
    where = "城东路社区"

    def row(measure, day, end=None, kind="社区", place=where):
        return (kind, place, str(measure), f"2021-08-{day:02} 08:00", end, BASIS)

    batch = checked(
        staff,
        "statuses",
        table(
            row(closed, 20),
            row(risky, 20),
            row(risky, 22),
            row(late, 1, "2021-08-03 08:00"),
            row(closed, 20, "2021-08-19 08:00", "街道", "城东路街道"),
            row(closed, 21, None, "小区", "城东路街道"),
            row(closed, 21, None, "街道", "没有的街道"),
        ),
    )

    assert [(number, column) for number, column, *_ in problems(batch)] == [
        (2, "starts_at"), (4, "starts_at"), (5, "level"), (6, "ends_at"), (7, "place_kind"),
        (8, "place"),
    ]  # fmt: skip
    assert "该处自8月1日00:00起已有封控管理" in problems(batch)[0][3]
    shown = client_for(staff).get(batch.get_absolute_url()).content.decode()
    assert "+00" not in shown
    assert re.search(r"<q>2021-08-\d\d \d\d:\d\d</q>", shown)
    # The file that lifts the first may lay the second from that hour on.
    head, rows = exported(staff)
    [own] = rows
    own[head.index("解除时间")] = "2021-08-20 08:00"
    own_again = dict(zip(head, own, strict=True)) | {
        "等级或措施": "封闭管理", "起始时间": "2021-08-20 08:00", "解除时间": "",
    }  # fmt: skip
    batch = applied(staff, "statuses", workbook(head, [list(own_again.values()), own]))
    assert batch.state == "applied", problems(batch)
    standing.refresh_from_db()
    assert standing.ends_at == AreaStatus.objects.get(measure=closed).starts_at


def test_after_an_import_the_board_says_who_must_move(staff, unit, place, sealed):
    campaign = CampaignFactory(starts_on=business_day() - dt.timedelta(days=9))
    away = DeploymentFactory(unit=unit, campaign=campaign, community=CommunityFactory())
    member = MemberFactory(unit=unit, home_community=place, name="吴敏")
    AssignmentFactory(deployment=away, member=member)
    board = "/deployments/sealing/"
    assert "吴敏" not in client_for(staff).get(board).content.decode()
    midnight = dt.datetime.combine(business_day(), dt.time(0, 0))

    batch = applied(
        staff, "statuses", table(("社区", "城东路社区", "封控管理", midnight, None, BASIS))
    )

    page = client_for(staff).get(board)
    assert "吴敏" in page.content.decode()
    seal = page.context["plan"]["seal"]
    client_for(staff).post(f"{board}apply/", {"seal": seal, "drill": "0"})
    assert Sealing.objects.count() == 1
    # Who has been moved for it stands on the measure now.
    act(staff, batch, "undo")
    assert AreaStatus.objects.count() == 1
    assert batch.state == "applied"
    assert "封闭区域人员变动" in batch.message


def test_what_follows_from_place_and_level_may_be_left_blank(staff, place, sealed):
    AreaStatusFactory(community=place, measure=sealed)
    head, rows = exported(staff)
    rows[0][head.index("地点类别")] = rows[0][head.index("类别")] = None

    batch = checked(staff, "statuses", workbook(head, rows))

    assert counts(batch) == {"new": 0, "changed": 0, "same": 1, "wrong": 0}
