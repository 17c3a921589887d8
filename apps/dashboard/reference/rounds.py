"""The four acts of each day: talks, opinions and notes; the services settle them afterwards."""

import datetime as dt
from collections.abc import Iterator
from random import Random

from apps.campaigns.enums import DEFAULT_HOURS
from apps.core.dates import moment_on
from apps.daily.enums import ActKind, ActState, Fulfilment, TalkMethod
from apps.daily.models import (
    CityTalk,
    CityTalkItem,
    DailyRound,
    DispatchNote,
    Judgment,
    RoundAct,
)
from apps.daily.services.rounds import ACT_HOURS

from .copying import Copier, Row
from .world import CampaignPlan, Want, World

OWNERS = {
    ActKind.CITY_TALK: "staff2",
    ActKind.SUMMARY: "duty",
    ActKind.JUDGMENT: "staff",
    ActKind.DISPATCH: "staff",
}
OPINIONS = (
    "总体平稳，在岗力量与社区需求基本相当。请各组盯住连续未报单位，逐家了解情况。",
    "个别社区缺口较大，明日优先补足；夜班人员注意轮换休息。",
    "退水后清淤任务加重，建议增派有车辆、机具的单位；注意防暑。",
    "数据与台账基本一致，待核实的指标请相关单位当日说明。",
)
DISPATCHES = (
    "明日向缺口较大的社区增派力量，带队人、集合地点已通知有关单位；九时三十分到岗确认。",
    "维持现有安排，到期人员按期轮换，由原单位接续。",
    "按市直工委所提需求派出，名单已送对方；夜班另行安排。",
)
REPLIES = ("已安排就近单位派出", "由联络服务小组协调，次日到岗", "分两批派出")
WAIVED_FOR = "当日无新增需求，力量安排不变"


class Desk:
    """Gathers the rows of all rounds."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rounds: list[Row] = []
        self.acts: list[Row] = []
        self.talks: list[Row] = []
        self.items: list[Row] = []
        self.judgments: list[Row] = []
        self.notes: list[Row] = []

    def add(self, plan: CampaignPlan, day: dt.date, rng: Random) -> None:
        key = self.world.next_id("round")
        self.rounds.append((key, plan.id, day, moment_on(day, dt.time(0, 5))))
        is_today = day == self.world.today
        waives = not is_today and rng.random() < 0.06
        for kind, hour in ACT_HOURS.items():
            is_waived = waives and kind == ActKind.DISPATCH
            self.acts.append(
                (
                    self.world.next_id("act"), key, kind, self.world.users[OWNERS[kind]],
                    moment_on(day, DEFAULT_HOURS[hour]),
                    ActState.WAIVED if is_waived else ActState.PENDING,
                    WAIVED_FOR if is_waived else "",
                )
            )  # fmt: skip
        self._talk(key, plan, day, rng)
        if not is_today:
            self._judgment(key, day, rng)
        if not is_today and not waives:
            self._dispatch(key, day, rng)

    def _talk(self, round_: int, plan: CampaignPlan, day: dt.date, rng: Random) -> None:
        """At ten and at half past three; today only the first, and not all of it is answered."""
        is_today = day == self.world.today
        wants = plan.wants.get(day, [])[:12]
        hours = (dt.time(8, 40),) if is_today else (dt.time(10, 5), dt.time(15, 35))
        half = len(wants) // 2 if len(hours) > 1 else len(wants)
        for part, hour in zip((wants[:half], wants[half:]), hours, strict=False):
            talk = self.world.next_id("talk")
            method = rng.choice((TalkMethod.LIST, TalkMethod.PHONE, TalkMethod.MEETING))
            by = self.world.users["staff2"]
            at = moment_on(day, hour)
            self.talks.append((talk, round_, at, method, "市直工委联络员", by))
            self.items.extend(self._item(talk, want, day, rng) for want in part)

    def _item(self, talk: int, want: Want, day: dt.date, rng: Random) -> Row:
        is_open = day == self.world.today and rng.random() < 0.6
        task = self.world.task_names[want.task]
        done = rng.choice((Fulfilment.DONE, Fulfilment.DONE, Fulfilment.PARTLY))
        return (
            self.world.next_id("item"), talk, want.need,
            f"{want.place.name}需{task} {want.heads} 人", want.heads,
            moment_on(day, dt.time(20)), "" if is_open else rng.choice(REPLIES),
            Fulfilment.OPEN if is_open else done,
        )  # fmt: skip

    def _judgment(self, round_: int, day: dt.date, rng: Random) -> None:
        written = moment_on(day, dt.time(19, rng.randint(15, 40)))
        signed = _signed(day, dt.time(20), rng, share_late=0.12)
        self.judgments.append(
            (
                self.world.next_id("judgment"), round_, rng.choice(OPINIONS),
                self.world.users["staff"], written, self.world.users["leader"], signed,
            )
        )  # fmt: skip

    def _dispatch(self, round_: int, day: dt.date, rng: Random) -> None:
        written = moment_on(day, dt.time(20, rng.randint(5, 20)))
        signed = _signed(day, dt.time(21), rng, share_late=0.1)
        on_behalf = rng.random() < 0.1
        hand = self.world.users["staff" if on_behalf else "leader"]
        self.notes.append(
            (
                self.world.next_id("note"), round_, rng.choice(DISPATCHES),
                self.world.users["staff"], written, self.world.users["leader"], signed,
                on_behalf, hand,
            )
        )  # fmt: skip


def _signed(day: dt.date, due: dt.time, rng: Random, *, share_late: float) -> dt.datetime:
    late = rng.random() < share_late
    minutes = rng.randint(5, 50) if late else -rng.randint(1, 18)
    return moment_on(day, due) + dt.timedelta(minutes=minutes)


def write_rounds(world: World, copier: Copier) -> None:
    desk = Desk(world)
    for plan, day in _days(world):
        desk.add(plan, day, world.chance(f"{plan.code} round {day}"))
    copier.load(DailyRound, "id campaign on opened_at", desk.rounds)
    copier.load(RoundAct, "id round kind owner due_at state waive_reason", desk.acts)
    copier.load(CityTalk, "id round at method counterpart by", desk.talks)
    copier.load(CityTalkItem, "id talk need content heads due_at reply fulfilment", desk.items)
    copier.load(
        Judgment, "id round opinion written_by written_at signed_by signed_at", desk.judgments
    )
    copier.load(
        DispatchNote,
        "id round content written_by written_at signed_by signed_at is_signed_on_behalf "
        "signature_by",
        desk.notes,
    )


def _days(world: World) -> Iterator[tuple[CampaignPlan, dt.date]]:
    for plan in world.campaigns:
        for day in plan.days:
            yield plan, day
