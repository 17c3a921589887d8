"""The three campaigns: two of 2021, closed, and a drill that runs today."""

import datetime as dt

from apps.campaigns.enums import CampaignKind, CampaignState, MilestoneClock
from apps.campaigns.models import (
    Campaign,
    LadderStep,
    Milestone,
    MilestoneReset,
    PolicyHour,
    UnitActivation,
)
from apps.campaigns.templates import Template
from apps.core.dates import moment_on
from apps.figures.services.indicators import ask_indicators

from .copying import Copier, Row
from .scale import EPIDEMIC_STARTS, FLOOD_STARTS, CampaignScale
from .world import CampaignPlan, World

FLOOD_EVENT = moment_on(dt.date(2021, 7, 20), dt.time(17))
EPIDEMIC_EVENT = moment_on(dt.date(2021, 7, 30), dt.time(20))
# Days of August with a notice of new cases; after the last of them none came for fourteen days.
LAST_CASE = moment_on(dt.date(2021, 8, 13), dt.time(10))
CASE_DAYS = (1, 2, 4, 5, 7, 8, 10, 13)
HEALTH = "据卫健部门通报"
# When each clock was reached, counted from where it starts, and who said so with what number.
REACHED: dict[str, tuple[dt.timedelta, str, str]] = {
    "重要通信干线畅通": (
        dt.timedelta(hours=22, minutes=40),
        "据省通信管理部门通报",
        "演示〔2021〕17号",
    ),
    "恢复供电": (dt.timedelta(hours=71, minutes=25), "据省电力公司通报", "演示〔2021〕21号"),
    "疫情清零": (dt.timedelta(days=13, hours=21), HEALTH, "演示〔2021〕34号"),
    "连续14天无新增": (dt.timedelta(days=14), HEALTH, "演示〔2021〕41号"),
}
# A notice comes out an hour after what it tells, and is recorded twenty minutes later.
NOTICE_AFTER, RECORDED_AFTER = dt.timedelta(hours=1), dt.timedelta(minutes=80)
LATE_STARTERS = 3


def plan_campaigns(world: World) -> None:
    scale, today = world.scale, world.today
    drill_starts = today - dt.timedelta(days=scale.drill.days - 1)
    flood, epidemic = CampaignKind.FLOOD, CampaignKind.EPIDEMIC
    _plan(world, "flood-2021", "2021年防汛救灾", flood, FLOOD_STARTS, scale.flood)
    _plan(world, "epidemic-2021", "2021年疫情防控", epidemic, EPIDEMIC_STARTS, scale.epidemic)
    name = f"{today.year}年防汛应急演练"
    _plan(world, f"drill-{today.year}", name, flood, drill_starts, scale.drill, is_drill=True)


def _plan(
    world: World,
    code: str,
    name: str,
    kind: CampaignKind,
    starts_on: dt.date,
    scale: CampaignScale,
    *,
    is_drill: bool = False,
) -> None:
    world.campaigns.append(
        CampaignPlan(
            id=world.next_id("campaign"),
            code=code,
            name=name,
            kind=kind,
            starts_on=starts_on,
            ends_on=starts_on + dt.timedelta(days=scale.days - 1),
            is_drill=is_drill,
            scale=scale,
        )
    )


def write_campaigns(world: World, copier: Copier) -> None:
    """All under way at first, so that their days can be locked; `close_campaigns` ends them."""
    copier.load(
        Campaign,
        "id code name kind state is_drill level level_source level_at starts_on ends_on",
        [_campaign_row(plan) for plan in world.campaigns],
    )
    campaigns = list(Campaign.objects.order_by("id"))
    for campaign in campaigns:
        template = Template.read(campaign.kind)
        PolicyHour.objects.bulk_create(template.policy_hours(campaign.pk))
        LadderStep.objects.bulk_create(template.steps(campaign.pk))
        ask_indicators(campaign)
        clocks = (
            _drill_milestones(world, campaign)
            if campaign.is_drill
            else _milestones(world, campaign, template)
        )
        Milestone.objects.bulk_create(clocks)
    MilestoneReset.objects.bulk_create(_case_notices(world))
    copier.load(UnitActivation, "id campaign unit starts_on", _activations(world))


def _campaign_row(plan: CampaignPlan) -> Row:
    at = moment_on(plan.starts_on, dt.time(18))
    level: tuple[str, str, dt.datetime | None] = ("", "", None)
    if plan.is_drill:
        level = ("防汛Ⅲ级响应", "演练脚本", at)
    elif plan.kind == CampaignKind.FLOOD:
        level = ("防汛Ⅰ级响应", "省防汛抗旱指挥部通知", at)
    ends_on = None if plan.is_drill else plan.ends_on
    state = CampaignState.ACTIVE
    return (
        plan.id, plan.code, plan.name, plan.kind, state, plan.is_drill, *level,
        plan.starts_on, ends_on,
    )  # fmt: skip


def _milestones(world: World, campaign: Campaign, template: Template) -> list[Milestone]:
    event = FLOOD_EVENT if campaign.kind == CampaignKind.FLOOD else EPIDEMIC_EVENT
    clocks = template.clocks(campaign.pk, started_at=event)
    for clock in clocks:
        after, source, number = REACHED[clock.name]
        starts = LAST_CASE if clock.clock == MilestoneClock.CLEAR_DAYS else event
        _claim(world, clock, starts + after, source, number)
    return clocks


def _claim(world: World, clock: Milestone, at: dt.datetime, source: str, number: str) -> None:
    clock.reached_at, clock.source, clock.source_number = at, source, number
    clock.source_at, clock.recorded_at = at + NOTICE_AFTER, at + RECORDED_AFTER
    clock.recorded_by_id = world.users["duty"]


def _case_notices(world: World) -> list[MilestoneReset]:
    """The notices after which the days without a new case began anew."""
    days = [LAST_CASE - dt.timedelta(days=13 - day) for day in CASE_DAYS]
    return [
        MilestoneReset(
            milestone=clock,
            at=at,
            source=HEALTH,
            by_id=world.users["duty"],
            recorded_at=at + RECORDED_AFTER,
        )
        for clock in Milestone.objects.filter(clock=MilestoneClock.CLEAR_DAYS)
        for at in days
    ]


def _drill_milestones(world: World, campaign: Campaign) -> list[Milestone]:
    """One reached, one whose notice is still to be named, one near its limit this evening."""
    begun = moment_on(world.today - dt.timedelta(days=3), dt.time(20))
    wanted = (
        ("主要道路积水抽排", "", 72, 14, begun),
        ("重要通信干线畅通", "", 24, 6, begun),
        ("二次供水恢复", "京广路沿线", 48, 12, begun),
        ("受灾社区消杀全覆盖", "", 14 * 24, 48, begun),
    )
    clocks = [
        Milestone(
            campaign=campaign,
            name=name,
            area=area,
            clock=MilestoneClock.FROM_EVENT,
            started_at=at,
            started_source="演练脚本",
            limit_hours=limit,
            alarm_hours=alarm,
        )
        for name, area, limit, alarm, at in wanted
    ]
    reached, open_ = clocks[1], clocks[2]
    _claim(world, reached, begun + dt.timedelta(hours=19), "据演练指挥部通报", "演练7号")
    open_.reached_at, open_.source = begun + dt.timedelta(hours=40), "据演练指挥部通报"
    open_.recorded_at = open_.reached_at + RECORDED_AFTER
    open_.recorded_by_id = world.users["duty"]
    return clocks


def activated_on(world: World, plan: CampaignPlan, unit: int) -> dt.date:
    """The last units of the list joined the flood and the epidemic on their third day."""
    is_late = unit > len(world.units) - LATE_STARTERS and not plan.is_drill
    return plan.starts_on + dt.timedelta(days=2 if is_late else 0)


def _activations(world: World) -> list[Row]:
    return [
        (world.next_id("activation"), plan.id, unit.id, activated_on(world, plan, unit.id))
        for plan in world.campaigns
        for unit in world.units
    ]


def close_campaigns() -> None:
    Campaign.objects.real().update(state=CampaignState.CLOSED)
