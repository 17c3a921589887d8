"""Sheets of allocation: those of 2021 from the plan, those of the drill through the services."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db import connection

from apps.accounts.models import User
from apps.campaigns.models import Campaign
from apps.core.dates import moment_on
from apps.deployments.allocating import SheetState
from apps.deployments.enums import NeedState
from apps.deployments.models import AllocationLine, AllocationSheet, Deployment, Need
from apps.deployments.services import allocation as services
from apps.deployments.services.allocation.capacity import boundaries
from apps.deployments.services.allocation.document import make_notice
from apps.office.documents.services import DOCX
from apps.office.models import Attachment

from . import clock
from .copying import Copier, Row
from .ledger import batch
from .raised import LONG_UNMET
from .world import CampaignPlan, Post, World

DAY = dt.timedelta(days=1)
PROTECTION = "口罩、手套、饮用水由派出单位自备，防护用品不足的由社区补充"
MOST_LINES = 12
"""Of a sheet of the drill: enough to look at, quick to lay out."""
GOODS = (("雨衣", "200 件"), ("消毒液", "60 桶"), ("矿泉水", "300 箱"), ("编织袋", "500 条"))

# What a line takes over from its need, its unit and the places of both.
FILL_LINES = """
UPDATE deployments_allocationline l
   SET leader_phone = u.duty_phone,
       meeting_place = left(c.name || '居委会', 60),
       contact = left(trim(c.contact || ' ' || c.duty_phone), 60),
       nearness = w.nearness,
       reason = (ARRAY['就地', '同社区', '同街道', '同区县', '跨区县'])[w.nearness + 1]
                || CASE WHEN l.id %% 3 = 0 THEN ' · 近期派出较少' ELSE '' END
                || CASE WHEN w.nearness = 4 THEN ' · 就近力量不足' ELSE '' END
  FROM deployments_allocationline x
  JOIN units_unit u ON u.id = x.unit_id
  JOIN communities_community c ON c.id = x.community_id
  JOIN communities_street s ON s.id = c.street_id
  LEFT JOIN communities_community o ON o.id = u.office_community_id
  LEFT JOIN communities_street t ON t.id = o.street_id
 CROSS JOIN LATERAL (SELECT CASE WHEN o.id = c.id THEN 1 WHEN o.street_id = c.street_id THEN 2
                                 WHEN t.district_id = s.district_id THEN 3 ELSE 4 END AS nearness
                    ) AS w
 WHERE x.id = l.id
"""
# How pressing, how it came; the same at each load because it hangs on the number alone.
FILL_NEEDS = """
UPDATE deployments_need
   SET urgency = CASE WHEN id %% 11 = 0 THEN 3 WHEN id %% 4 = 0 THEN 2 ELSE 1 END,
       shift = CASE WHEN id %% 5 = 0 THEN '20:00–08:00' ELSE '08:00–20:00' END,
       source = CASE WHEN id %% 6 = 0 THEN 'phone' WHEN id %% 3 = 0 THEN 'list' ELSE 'city' END,
       told_by = CASE WHEN id %% 3 = 0 THEN '市直工委值班室' ELSE '' END,
       settled_at = CASE WHEN state IN ('met', 'closed')
                         THEN (starts_on + time '19:00') AT TIME ZONE 'Asia/Shanghai' END
"""
# Communities confirm the first days; now and then they counted one fewer.
CONFIRM = """
INSERT INTO deployments_needconfirmation (need_id, "on", heads, source, at)
SELECT n.id, y."on", GREATEST(SUM(y.present) - (CASE WHEN n.id %% 13 = 0 THEN 1 ELSE 0 END), 0),
       'city', (y."on" + time '18:20') AT TIME ZONE 'Asia/Shanghai'
  FROM deployments_need n
  JOIN deployments_deployment d ON d.need_id = n.id
  JOIN deployments_deploymentday y ON y.deployment_id = d.id
 WHERE y."on" < n.starts_on + 2 AND y."on" < %(today)s AND n.id %% 9 <> 0
 GROUP BY n.id, y."on"
 ORDER BY n.id, y."on"
"""


def write_allocations(world: World, copier: Copier) -> None:
    """Sheets of the campaigns that are over: one a day, done, done in part or taken back."""
    with connection.cursor() as cursor:
        cursor.execute(FILL_NEEDS, {})
    copier.load(
        Need,
        "id campaign community goods quantity starts_on ends_on raised_at state urgency",
        [row for plan in world.campaigns for row in _goods(world, plan)],
    )
    over = [plan for plan in world.campaigns if not plan.is_drill]
    drawn = [sheet for plan in over for sheet in _days(plan)]
    copier.load(
        AllocationSheet,
        "id campaign on ends_on year number state made_at made_by submitted_at submitted_by "
        "signed_at signed_by is_signed_on_behalf signature_by issued_at issued_by accepted_at "
        "arrived_at finished_at withdrawn_at withdrawn_by withdrawn_reason",
        [_sheet(world, number, *sheet) for number, sheet in enumerate(drawn, 1)],
    )
    copier.load(
        AllocationLine,
        "id sheet unit need community task_type heads proposed shift rotation_days leader "
        "acknowledged_at deployment protection",
        [
            _line(world, number, post, on)
            for number, (_, on, posts) in enumerate(drawn, 1)
            for post in posts
        ],
    )
    with connection.cursor() as cursor:
        cursor.execute(FILL_LINES, {})
        cursor.execute(CONFIRM, {"today": world.today})


def _goods(world: World, plan: CampaignPlan) -> Iterator[Row]:
    """Goods are asked for as well; closed with the campaign, open in the drill."""
    rng = world.chance(plan.code + " goods")
    for goods, quantity in GOODS:
        post = rng.choice(plan.posts)
        day = plan.days[-2] if plan.is_drill else rng.choice(plan.days)
        state = NeedState.OPEN if plan.is_drill else NeedState.MET
        yield (
            world.next_id("need"), plan.id, post.place.id, goods, quantity, day, day + 3 * DAY,
            moment_on(day, dt.time(10)), state, rng.choice((1, 1, 2)),
        )  # fmt: skip


def _days(plan: CampaignPlan) -> Iterator[tuple[CampaignPlan, dt.date, list[Post]]]:
    """What was sent on one day, for needs, goes on one sheet."""
    by_day: dict[dt.date, list[Post]] = defaultdict(list)
    for post in plan.posts:
        if post.need is not None:
            by_day[post.starts_on].append(post)
    for on in sorted(by_day):
        yield plan, on, by_day[on]


def _sheet(world: World, number: int, plan: CampaignPlan, on: dt.date, posts: list[Post]) -> Row:
    """Signed the evening before, told at once, acknowledged and arrived the next morning."""
    staff, leader = world.users["staff"], world.users["leader"]
    eve = on - DAY
    is_short = any(post.gap for post in posts) and number % 3 == 0
    is_behalf = number % 7 == 0
    state = SheetState.PARTLY if is_short else SheetState.DONE
    ends_on = max(post.ends_on for post in posts)
    return (
        world.next_id("sheet"), plan.id, on, ends_on, on.year, number, state,
        moment_on(eve, dt.time(19, 40)), staff, moment_on(eve, dt.time(20, 10)), staff,
        moment_on(eve, dt.time(20, 50)), leader, is_behalf, staff if is_behalf else leader,
        moment_on(eve, dt.time(21, 5)), staff, moment_on(on, dt.time(7, 30)),
        moment_on(on, dt.time(9, 20)), moment_on(ends_on, dt.time(20)), None, None, "",
    )  # fmt: skip


def _line(world: World, sheet: int, post: Post, on: dt.date) -> Row:
    heads = len(batch(post, 0))
    key = world.next_id("line")
    # Now and then a person sent a few more or fewer than was proposed.
    proposed = max(1, heads + (2 if key % 17 == 0 else -1 if key % 19 == 0 else 0))
    return (
        key, sheet, post.unit.id, post.need, post.place.id, world.tasks[post.task], heads,
        proposed, "20:00–08:00" if post.has_night and post.rotation else "08:00–20:00",
        post.rotation, post.members[0], moment_on(on, dt.time(7, 10)), post.id, PROTECTION,
    )  # fmt: skip


def play_drill(world: World) -> None:
    """The drill's sheets in every state that is under way, all before nine this morning.

    Numbers and documents come from the services; nobody is mailed about what is only rehearsed.
    Wants the sequences to be set.
    """
    plan = next(plan for plan in world.campaigns if plan.is_drill)
    campaign = Campaign.objects.get(pk=plan.id)
    staff = User.objects.get(pk=world.users["staff"])
    leader = User.objects.get(pk=world.users["leader"])
    today = world.today
    past = (_sent(campaign, today - days * DAY) for days in range(world.scale.drill.days))
    came = next((sent for sent in past if sent), [])
    ahead = _sent(campaign, today + DAY)
    half = len(ahead) // 2
    for deployments, state, acknowledged in (
        (came, SheetState.ARRIVED, len(came)),
        (ahead[:half], SheetState.ACCEPTED, half),
        (ahead[half:], SheetState.ISSUED, (len(ahead) - half) // 2),
    ):
        if deployments:
            _rehearse(campaign, deployments, state, acknowledged, staff=staff, leader=leader)
    _propose(campaign, on=today + DAY, staff=staff, leader=leader, today=today)
    # Stamped by the database's clock otherwise, and different at each load.
    Attachment.objects.filter(content_type=DOCX).update(
        uploaded_at=clock.moment_on(today, dt.time(8, 40))
    )


def _sent(campaign: Campaign, on: dt.date) -> list[Deployment]:
    """Into what is closed no sheet is signed: its people wait for the office."""
    edges = boundaries(on=on, is_drill=True)
    rows = Deployment.objects.filter(campaign=campaign, starts_on=on, need__isnull=False).exclude(
        community__in=edges.communities
    )
    found = rows.select_related("unit", "need").prefetch_related("assignments")
    return list(found.order_by("unit__sort_order", "pk")[: 2 * MOST_LINES])


def _rehearse(
    campaign: Campaign,
    deployments: list[Deployment],
    state: SheetState,
    acknowledged: int,
    *,
    staff: User,
    leader: User,
) -> None:
    """A sheet around deployments that stand already, signed and as far as `state`."""
    on = deployments[0].starts_on
    eve = on - DAY
    sheet = AllocationSheet.objects.create(
        campaign=campaign,
        on=on,
        ends_on=max(row.ends_on for row in deployments if row.ends_on),
        state=SheetState.REVIEW,
        is_drill=True,
        made_at=clock.moment_on(eve, dt.time(7, 40)),
        made_by=staff,
        submitted_at=clock.moment_on(eve, dt.time(8, 10)),
        submitted_by=staff,
    )
    AllocationLine.objects.bulk_create(
        AllocationLine(
            sheet=sheet,
            unit_id=row.unit_id,
            need=row.need,
            community_id=row.community_id,
            task_type_id=row.task_type_id,
            heads=heads,
            proposed=heads,
            shift=row.shift,
            rotation_days=row.rotation_days,
            leader_id=row.leader_id if number < acknowledged else None,
            protection=PROTECTION,
            deployment=row,
            acknowledged_at=clock.moment_on(eve, dt.time(8, 45)) if number < acknowledged else None,
        )
        for number, row in enumerate(deployments[:MOST_LINES])
        if (heads := sum(stay.starts_on == row.starts_on for stay in row.assignments.all()))
    )
    with connection.cursor() as cursor:
        cursor.execute(FILL_LINES, {})
    lines = services.asking_lines(sheet)
    sheet.document = make_notice(sheet, lines, by=staff, now=clock.moment_on(eve, dt.time(8, 10)))
    sheet.save(update_fields=["document"])
    services.sign_sheet(sheet, by=leader, now=clock.moment_on(eve, dt.time(8, 20)))
    AllocationSheet.objects.filter(pk=sheet.pk).update(
        state=state,
        issued_at=clock.moment_on(eve, dt.time(8, 30)),
        issued_by=staff,
        accepted_at=clock.moment_on(eve, dt.time(8, 50)) if state != SheetState.ISSUED else None,
        arrived_at=clock.moment_on(on, dt.time(8, 55)) if state == SheetState.ARRIVED else None,
    )


def _propose(campaign: Campaign, *, on: dt.date, staff: User, leader: User, today: dt.date) -> None:
    """What is still short for tomorrow: a sheet signed, one sent for review, one in draft,
    one drafted and taken back."""
    found: list[Any] = list(services.short_needs(campaign, on=on))
    needs = [need for need in found if need.note != LONG_UNMET]
    short = sorted(needs, key=lambda need: (-need.lacking, need.pk))
    shares = [share for share in (short[:1], short[1:3], short[3:9], short[9:10]) if share]
    for step, share in enumerate(shares):
        at, reviewed, signed = (
            clock.moment_on(today, dt.time(8, 10 + 10 * step + later)) for later in (0, 4, 8)
        )
        sheet = services.draft_sheet(
            campaign, on=on, ends_on=on + DAY, by=staff, now=at, needs=share
        )
        if step < 2:
            services.submit_sheet(sheet, by=staff, now=reviewed)
        if step == 0:
            services.sign_sheet(sheet, by=leader, now=signed)
        if step == 3:
            services.withdraw_sheet(
                sheet, by=staff, reason="社区已自行解决", now=reviewed, on=today
            )
