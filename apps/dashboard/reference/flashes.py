"""News at any hour (动态报告) of the campaigns; the drill has some of today."""

import datetime as dt
import uuid
from collections.abc import Iterator

from apps.core.dates import moment_on
from apps.daily.enums import FlashKind

from .copying import Row
from .world import CampaignPlan, World

TEXTS: dict[FlashKind, tuple[str, ...]] = {
    FlashKind.INCIDENT: (
        "服务点附近围墙出现裂缝，已拉警戒线并报社区。",
        "地下车库水位回升，已增派人员排水。",
    ),
    FlashKind.INJURY: ("一名下沉人员中暑，已送社区卫生站，现已好转。",),
    FlashKind.OUTAGE: ("驻地停电断网，当日数据改由电话报送。",),
    FlashKind.OPINION: ("网上有求助信息涉及服务社区，已转社区核实。",),
    FlashKind.OTHER: ("社区提出夜间照明不足，已协调应急灯。",),
}
HANDLED = ("已电话核实，情况平稳。", "已协调联络服务小组到场。", "已转有关部门办理。")


def flash_rows(world: World) -> Iterator[Row]:
    for plan in world.campaigns:
        yield from _of_campaign(world, plan)


def _of_campaign(world: World, plan: CampaignPlan) -> Iterator[Row]:
    rng = world.chance(plan.code + " flashes")
    days = [day for day in plan.days for _ in range(rng.choice((0, 0, 1, 1, 2)))]
    if plan.is_drill:
        days = [*[day for day in days if day < world.today], world.today, world.today]
    for day in days:
        kind = rng.choice(list(TEXTS))
        unit = rng.choice(world.units)
        is_today = day == world.today
        happened = moment_on(
            day, dt.time(rng.randint(6, 8 if is_today else 21), rng.randint(0, 49))
        )
        at = happened + dt.timedelta(minutes=rng.randint(4, 30))
        is_handled = not is_today
        handled_at = at + dt.timedelta(minutes=rng.randint(10, 90)) if is_handled else None
        submission = uuid.UUID(int=rng.getrandbits(128), version=4)
        yield (
            world.next_id("flash"), plan.id, unit.id, kind, happened,
            rng.choice(world.places).name, rng.choice(TEXTS[kind]),
            1 if kind == FlashKind.INJURY else 0, submission, world.users[f"unit{unit.code}"], at,
            world.users["duty"] if is_handled else None, handled_at,
            rng.choice(HANDLED) if is_handled else "",
        )  # fmt: skip
