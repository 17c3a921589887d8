"""Visits of the groups, what they found, and how far the units have answered."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from apps.core.dates import moment_on
from apps.deployments.models import Finding, FindingStep, Visit, VisitItem, VisitResult
from apps.deployments.visits_enums import FindingState, Verdict
from apps.office.models import Attachment

from .copying import Copier
from .ledger import batch
from .pictures import Drawing, drawn_pictures
from .units import group_of, moving_unit
from .world import CampaignPlan, Post, World

DAY = dt.timedelta(days=1)
OFTEN, SELDOM, NOW = (0, 0, 1, 1, 1, 2), (0, 0, 0, 0, 1), (0, 1, 1)
"""Visits of one group on one day: in the full world, in the small one, and in the drill."""
MANY_UNITS = 100
BAD, UNCHECKED = 0.035, 0.16
WITH_PHOTO = 0.2
RETURNED = 0.12
TERM = 2 * DAY
MORNING = dt.time(8, 45)
"""Nothing of today is later: whoever loads the world in the morning finds nothing ahead."""

PROBLEMS: dict[str, tuple[str, ...]] = {
    "arrival": ("名册与实到不符，差{n}人未说明原因", "到岗签到不及时，补签较多"),
    "substitute": ("有{n}人由他人代签到",),
    "absence": ("交接班间隙岗位无人", "{n}人在岗期间离岗未报告"),
    "protection": ("雨具、手套配备不足", "口罩更换不及时"),
    "safety": ("临时用电线路未架高", "积水点位未设警戒"),
    "discipline": ("部分队员未佩戴党员标识",),
    "rotation": ("夜班未明确带队人", "超时未轮换"),
    "support": ("夜班热饭未落实", "饮用水供应不及时"),
}
ANSWERS = (
    "已补位到岗，并向带队人重申纪律，明确专人每班清点。",
    "已补齐，当日到位，后续每日核对。",
    "已整改，附照片；机关党委已在工作群提醒。",
)
REASONS = ("未说明何时整改到位", "请补充整改照片")
SUMMARIES = (
    "队员在岗在位，社区反映良好。",
    "任务饱满，社区希望增派夜班力量。",
    "现场组织有序，已当面提醒注意休息。",
    "",
)
SPOTS = ("", "", "东门卡口", "物资点", "地下车库入口", "核酸采样点外围")


@dataclass
class Book:
    """Rows on their way to the tables."""

    visits: list[Any] = field(default_factory=list)
    results: list[Any] = field(default_factory=list)
    findings: list[Any] = field(default_factory=list)
    steps: list[Any] = field(default_factory=list)
    attachments: list[Any] = field(default_factory=list)
    photos: list[Any] = field(default_factory=list)


def write_visits(world: World, copier: Copier) -> None:
    """After the ledger, the users and the dictionaries."""
    book, pictures = Book(), drawn_pictures()
    people = _people(world)
    items = dict(VisitItem.objects.values_list("code", "id"))
    for plan in world.campaigns:
        rng = world.chance(plan.code + " visits")
        by_day = _served(world, plan)
        often = OFTEN if len(world.units) >= MANY_UNITS else NOW if plan.is_drill else SELDOM
        for day in [day for day in plan.days if day <= world.today]:
            for group in sorted(by_day[day]):
                stop = _Stop(world, plan, day, group, people[group], rng)
                for _ in range(rng.choice(often)):
                    _visit(stop, by_day[day][group], items, book)
                    if rng.random() < WITH_PHOTO:
                        _hang(world, rng.choice(pictures), book)
    _copy(copier, book)


def _people(world: World) -> dict[int, list[int]]:
    """Accounts by the number of their group: group03, group03-1, group03-2."""
    found: dict[int, list[int]] = defaultdict(list)
    for name, key in world.users.items():
        if name.startswith("group"):
            found[int(name.removeprefix("group").partition("-")[0])].append(key)
    return found


def _served(world: World, plan: CampaignPlan) -> dict[dt.date, dict[int, list[Post]]]:
    """The posts of each group's units, day by day."""
    moving = moving_unit(world)
    found: dict[dt.date, dict[int, list[Post]]] = defaultdict(lambda: defaultdict(list))
    for post in plan.posts:
        for n in range((min(post.ends_on, world.today) - post.starts_on).days + 1):
            day = post.starts_on + n * DAY
            group = group_of(world, moving, day) if post.unit is moving else post.unit.group
            found[day][group].append(post)
    return found


@dataclass(frozen=True)
class _Stop:
    """One visit as it is being made up."""

    world: World
    plan: CampaignPlan
    day: dt.date
    group: int
    people: list[int]
    """The group's own, who go and who verify."""
    rng: Random

    def at(self, days: int, hour: int) -> dt.datetime | None:
        """That many days later at the hour; None where it is still ahead."""
        day = self.day + days * DAY
        if day > self.world.today:
            return None
        time = dt.time(hour, self.rng.randint(0, 49))
        return moment_on(day, min(time, MORNING) if day == self.world.today else time)


def _visit(stop: _Stop, posts: list[Post], items: dict[str, int], book: Book) -> None:
    world, rng = stop.world, stop.rng
    post = rng.choice(posts)
    verdicts = {code: _verdict(rng) for code in items}
    expected = len(batch(post, (stop.day - post.starts_on).days))
    is_short = Verdict.BAD in (verdicts["arrival"], verdicts["absence"])
    present = max(expected - (rng.randint(1, 2) if is_short else 0), 0)
    key, by = world.next_id("visit"), rng.choice(stop.people)
    at = stop.at(0, rng.randint(9, 16))
    book.visits.append(
        (
            key, UUID(int=rng.getrandbits(128), version=4), stop.plan.id, world.groups[stop.group],
            post.unit.id, post.place.id, post.id, rng.choice(SPOTS), stop.day,
            dt.time(8, 15) if stop.day == world.today else dt.time(rng.randint(9, 16), 20),
            world.names[by], expected, present, rng.choice(SUMMARIES), by, at,
        )
    )  # fmt: skip
    for code, verdict in verdicts.items():
        book.results.append((world.next_id("visit result"), key, items[code], verdict))
        if verdict == Verdict.BAD:
            text = rng.choice(PROBLEMS[code]).format(n=max(expected - present, 1))
            _find(stop, post, (key, items[code], text), (by, at), book)


def _verdict(rng: Random) -> Verdict:
    drawn = rng.random()
    if drawn < BAD:
        return Verdict.BAD
    return Verdict.UNCHECKED if drawn < BAD + UNCHECKED else Verdict.OK


def _find(
    stop: _Stop, post: Post, about: tuple[int, int, str], found: tuple[int, Any], book: Book
) -> None:
    """From what was found as far as the days since then allow; in the drill some are slow."""
    world, rng = stop.world, stop.rng
    key, unit = world.next_id("finding"), world.users[f"unit{post.unit.code}"]
    by, at = found
    steps: list[tuple[FindingState, str, Any, int]] = [(FindingState.OPEN, "", at, by)]
    is_slow = stop.plan.is_drill and rng.random() < 0.25
    is_returned = rng.random() < RETURNED
    way = [(1, FindingState.ANSWERED, rng.choice(ANSWERS), unit)]
    if is_returned:
        way.append((2, FindingState.RETURNED, rng.choice(REASONS), by))
        way.append((3, FindingState.ANSWERED, ANSWERS[-1], unit))
    way.append((way[-1][0] + rng.choice((0, 1)), FindingState.VERIFIED, "", by))
    for days, state, text, who in [] if is_slow else way:
        moment = stop.at(days, 10 if state == FindingState.ANSWERED else 16)
        # What is of this morning waits for the group.
        if moment is None or (state != FindingState.ANSWERED and moment <= steps[-1][2]):
            break
        steps.append((state, text, moment, who))
    answered = next((step for step in reversed(steps) if step[0] == FindingState.ANSWERED), None)
    verified = steps[-1] if steps[-1][0] == FindingState.VERIFIED else None
    due_on = stop.day + TERM * (2 if len(steps) > 2 and is_returned else 1)
    book.findings.append(
        (
            key, *about, due_on, steps[-1][0],
            answered[1] if answered else "", answered[2] if answered else None,
            answered[3] if answered else None,
            verified[2] if verified else None, verified[3] if verified else None,
        )
    )  # fmt: skip
    for state, text, moment, who in steps:
        book.steps.append((world.next_id("finding step"), key, state, text, moment, who))


def _hang(world: World, drawing: Drawing, book: Book) -> None:
    """One picture on the last visit."""
    last = book.visits[-1]
    visit, by, at = last[0], last[-2], last[-1]
    key = world.next_id("attachment")
    book.attachments.append(
        (
            key, f"走访{visit}-1.jpg", drawing.sha256, drawing.size, drawing.content_type,
            drawing.path, by, at,
        )
    )  # fmt: skip
    book.photos.append((visit, key))


def _copy(copier: Copier, book: Book) -> None:
    copier.load(
        Visit,
        "id submission campaign group unit community deployment place on at visitors expected "
        "present summary by recorded_at",
        book.visits,
    )
    copier.load(VisitResult, "id visit item verdict", book.results)
    copier.load(
        Finding,
        "id visit item text due_on state answer answered_at answered_by verified_at verified_by",
        book.findings,
    )
    copier.load(FindingStep, "id finding after text at by", book.steps)
    copier.load(
        Attachment,
        "id name sha256 size content_type file uploaded_by uploaded_at",
        book.attachments,
    )
    copier.load(Visit.photos.through, "visit attachment", book.photos)
