"""What was written about the work, who checked it, and where it appeared."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from apps.assistance.models import AssistanceCase
from apps.campaigns.enums import CampaignKind
from apps.core.dates import moment_on
from apps.office.models import Attachment
from apps.publicity.enums import ItemKind, ItemState
from apps.publicity.models import Channel, ItemPhoto, ItemStep, Placement, PublicityItem

from .chance import apportion, person_name
from .copying import Copier
from .pictures import Drawing, drawn_pictures
from .publicity_channels import channels_of, place_in
from .publicity_texts import CAPTIONS, RETURNED, TITLES, WITHDRAWN, body
from .world import CampaignPlan, Post, World

S = ItemState
# How far items came: of the campaigns that are over most appeared, of the drill all is under way.
OVER = {
    S.PUBLISHED: 66,
    S.SIGNED: 4,
    S.WITHDRAWN: 5,
    S.RETURNED: 11,
    S.SUBMITTED: 8,
    S.FIRST: 3,
    S.SECOND: 3,
}
UNDER_WAY = {
    S.PUBLISHED: 26,
    S.SIGNED: 14,
    S.WITHDRAWN: 4,
    S.RETURNED: 10,
    S.SUBMITTED: 18,
    S.FIRST: 12,
    S.SECOND: 8,
    S.DRAFT: 8,
}
CHAIN = (S.SUBMITTED, S.FIRST, S.SECOND, S.SIGNED)
TWICE = 0.15
"""Share of items that came back once and were handed in again."""
WITH_PHOTOS = 0.45


@dataclass
class Book:
    """Rows of every table, gathered before they are copied."""

    items: list[tuple[object, ...]] = field(default_factory=list)
    steps: list[tuple[object, ...]] = field(default_factory=list)
    attachments: list[tuple[object, ...]] = field(default_factory=list)
    photos: list[tuple[object, ...]] = field(default_factory=list)
    placements: list[tuple[object, ...]] = field(default_factory=list)
    deployments: list[tuple[int, int]] = field(default_factory=list)
    cases: list[tuple[int, int]] = field(default_factory=list)


def write_publicity(world: World, copier: Copier) -> None:
    """After the ledger and the cases: items tell of both."""
    book, pictures = Book(), drawn_pictures()
    cases: dict[tuple[int, int], list[int]] = defaultdict(list)
    for key, campaign, unit in AssistanceCase.objects.order_by("id").values_list(
        "id", "campaign", "unit"
    ):
        cases[campaign, unit].append(key)
    for plan in world.campaigns:
        for made in _items(world, plan, book):
            _tell_of(made, book, cases)
            _hang_photos(world, made, book, pictures)
    _copy(copier, book)


def _copy(copier: Copier, book: Book) -> None:
    copier.load(
        PublicityItem,
        "id number campaign unit kind title author body state version chain submission created_by "
        "created_at submitted_at",
        book.items,
    )
    copier.load(ItemStep, "id item chain state by at note", book.steps)
    copier.load(
        Attachment,
        "id name sha256 size content_type file uploaded_by uploaded_at",
        book.attachments,
    )
    copier.load(ItemPhoto, "id item attachment caption position", book.photos)
    copier.load(Placement, "id item channel on place by", book.placements)
    copier.load(PublicityItem.deployments.through, "publicityitem deployment", book.deployments)
    copier.load(PublicityItem.cases.through, "publicityitem assistancecase", book.cases)


@dataclass
class Made:
    """One item while its rows are being written."""

    id: int
    number: str
    post: Post
    plan: CampaignPlan
    by: int
    at: dt.datetime
    rng: Random


def _items(world: World, plan: CampaignPlan, book: Book) -> Iterator[Made]:
    rng = world.chance(plan.code + " publicity")
    shares = UNDER_WAY if plan.is_drill else OVER
    counts = apportion(plan.scale.items, list(shares.values()), at_least=1)
    fates = [state for state, count in zip(shares, counts, strict=True) for _ in range(count)]
    rng.shuffle(fates)
    posts = [post for post in plan.posts if post.starts_on <= _last(world, plan)]
    dated = [(_day(world, plan, rng, fate), fate) for fate in fates]
    dated.sort(key=lambda pair: pair[0])
    numbers: dict[dt.date, int] = defaultdict(int)
    shown = channels_of(plan)
    for day, fate in dated:
        going = [post for post in posts if post.starts_on <= day] or posts
        post = rng.choice(going)
        numbers[day] += 1
        made = Made(
            id=world.next_id("item"),
            number=f"XC{day:%Y%m%d}-{_offset(plan) + numbers[day]:04d}",
            post=post,
            plan=plan,
            by=world.users[f"{'unitleader' if rng.random() < 0.2 else 'unit'}{post.unit.code}"],
            at=moment_on(day, dt.time(7 if day == world.today else 9, rng.randint(0, 49))),
            rng=rng,
        )
        _write(world, made, fate, book, shown)
        yield made


def _last(world: World, plan: CampaignPlan) -> dt.date:
    return min(plan.days[-1], world.today)


def _day(world: World, plan: CampaignPlan, rng: Random, fate: ItemState) -> dt.date:
    """The day of 投稿: today only for what has not been read yet."""
    is_fresh = fate in {S.SUBMITTED, S.DRAFT}
    days = [day for day in plan.days if day < world.today or (is_fresh and day == world.today)]
    return rng.choice(days[len(days) // 3 :] if plan.is_drill else days)


def _offset(plan: CampaignPlan) -> int:
    """The two campaigns of 2021 share days: numbers of one follow those of the other."""
    return 500 if plan.kind == CampaignKind.EPIDEMIC else 0


def _write(world: World, made: Made, fate: ItemState, book: Book, shown: list[Channel]) -> None:
    rng, post = made.rng, made.post
    kind = rng.choices(list(ItemKind), (7, 2, 1))[0]
    title = rng.choice(TITLES[made.plan.kind]).format(
        unit=post.unit.short_name, place=post.place.name
    )
    is_again = fate not in {S.DRAFT, S.RETURNED, S.SUBMITTED} and rng.random() < TWICE
    chain = 0 if fate == S.DRAFT else 2 if is_again else 1
    submitted = made.at + dt.timedelta(minutes=rng.randint(5, 40)) if chain else None
    steps = _steps(world, made, fate, chain, submitted)
    book.items.append(
        (
            made.id,
            made.number,
            made.plan.id,
            post.unit.id,
            kind,
            title,
            person_name(rng),
            body(made.plan.kind, post.unit.short_name, post.place.name, rng),
            fate,
            len(steps),
            chain,
            uuid.UUID(int=rng.getrandbits(128), version=4),
            made.by,
            made.at,
            submitted,
        )
    )
    book.steps += [(world.next_id("item step"), made.id, *step) for step in steps]
    if fate == S.PUBLISHED or (fate == S.WITHDRAWN and steps[-2][1] == S.PUBLISHED):
        _place(world, made, steps, book, shown)


Step = tuple[int, ItemState, int, dt.datetime, str]


def _steps(
    world: World, made: Made, fate: ItemState, chain: int, submitted: dt.datetime | None
) -> list[Step]:
    """Everything up to `fate`, within one day; a withdrawn item had appeared, or had been signed."""
    if submitted is None:
        return []
    rng, at, found = made.rng, submitted, []
    by = {
        S.SUBMITTED: made.by,
        S.FIRST: world.users["editor"],
        S.SECOND: world.users[rng.choice(("staff", "staff2"))],
        S.SIGNED: world.users[rng.choice(("leader", "leader2"))],
        S.PUBLISHED: world.users["editor"],
        S.WITHDRAWN: world.users["staff"],
    }

    def step(state: ItemState, number: int, person: int, note: str = "") -> None:
        nonlocal at
        found.append((number, state, person, at, note))
        at += dt.timedelta(minutes=rng.randint(20, 110))

    if chain == 2:
        step(S.SUBMITTED, 1, by[S.SUBMITTED])
        step(S.RETURNED, 1, by[S.FIRST], rng.choice(RETURNED))
    far = S.SIGNED if fate in {S.PUBLISHED, S.WITHDRAWN} else fate
    for state in CHAIN[: CHAIN.index(far) + 1] if far in CHAIN else CHAIN[: rng.randint(1, 3)]:
        step(state, chain, by[state])
    if fate == S.RETURNED:
        reader = by[CHAIN[len(found)]]
        step(S.RETURNED, chain, reader, rng.choice(RETURNED))
    if fate == S.PUBLISHED or (fate == S.WITHDRAWN and rng.random() < 0.5):
        step(S.PUBLISHED, chain, by[S.PUBLISHED])
    if fate == S.WITHDRAWN:
        step(S.WITHDRAWN, chain, by[S.WITHDRAWN], rng.choice(WITHDRAWN))
    return found


def _place(world: World, made: Made, steps: list[Step], book: Book, shown: list[Channel]) -> None:
    """One to three channels; the first goes round, so that each has had something."""
    rng = made.rng
    signed = next(at for _, state, _, at, _ in steps if state == S.SIGNED).date()
    first = shown[made.id % len(shown)]
    others = [channel for channel in shown if channel != first]
    for channel in [first, *rng.sample(others, rng.choice((0, 0, 1, 2)))]:
        on = min(signed + dt.timedelta(days=rng.choice((0, 0, 1, 2, 5))), world.today)
        book.placements.append(
            (
                world.next_id("placement"),
                made.id,
                channel.pk,
                on,
                place_in(channel, made.plan.kind, on, rng),
                world.users["editor"],
            )
        )


def _tell_of(made: Made, book: Book, cases: dict[tuple[int, int], list[int]]) -> None:
    if made.rng.random() < 0.7:
        book.deployments.append((made.id, made.post.id))
    of_unit = cases.get((made.plan.id, made.post.unit.id), [])
    if of_unit and made.rng.random() < 0.25:
        book.cases.append((made.id, made.rng.choice(of_unit)))


def _hang_photos(world: World, made: Made, book: Book, pictures: list[Drawing]) -> None:
    rng = made.rng
    if rng.random() >= WITH_PHOTOS:
        return
    for position in range(1, rng.choice((1, 1, 2, 3)) + 1):
        drawing, key = rng.choice(pictures), world.next_id("attachment")
        book.attachments.append(
            (
                key,
                f"{made.number}-{position}.jpg",
                drawing.sha256,
                drawing.size,
                drawing.content_type,
                drawing.path,
                made.by,
                made.at,
            )
        )
        book.photos.append(
            (
                world.next_id("item photo"),
                made.id,
                key,
                rng.choice(CAPTIONS[made.plan.kind]),
                position,
            )
        )
