"""A report for each unit and day as it stood when the day was locked."""

import datetime as dt
import json
import uuid
from dataclasses import dataclass, field
from random import Random

from apps.campaigns.enums import DEFAULT_HOURS, Hour
from apps.core.dates import moment_on
from apps.daily.enums import ContactMethod, ReportSource, ReportState
from apps.daily.models import (
    ContactNote,
    DailyReport,
    Exemption,
    FlashReport,
    ReportRevision,
    ReportValue,
)

from . import clock, fates
from .chance import person_name
from .copying import Copier, Row
from .flashes import flash_rows
from .typed import Typed, marks, slip, typed_values
from .units import group_of
from .world import CampaignPlan, UnitPlan, Work, World

NEEDS = ("", "", "", "", "雨靴、手套不足", "夜间值守缺照明", "请协调通行证", "午餐配送不便")
RETURNED_FOR = "与台账在岗人数相差较大，请核实是否多写一位。"


@dataclass(frozen=True)
class Owed:
    """One expected report, and what its unit reported the day before."""

    key: int
    plan: CampaignPlan
    unit: UnitPlan
    day: dt.date
    before: Typed


@dataclass(frozen=True)
class LateFiling:
    """A report that comes after the lock."""

    owed: Owed
    values: Typed


@dataclass
class Book:
    """Rows as they gather, and what has to wait for the locks."""

    world: World
    reports: list[Row] = field(default_factory=list)
    revisions: list[Row] = field(default_factory=list)
    values: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)
    late: list[LateFiling] = field(default_factory=list)

    def add_revision(
        self,
        rng: Random,
        owed: Owed,
        values: Typed,
        *,
        number: int,
        at: dt.datetime,
        source: ReportSource = ReportSource.UNIT,
        is_after_lock: bool = False,
    ) -> int:
        """One submission with its cells; its id."""
        key = self.world.next_id("revision")
        unit = owed.unit
        by = self.world.users[f"unit{unit.code}"]
        caller: tuple[str, dt.datetime | None] = ("", None)
        if source != ReportSource.UNIT:
            by = group_account(self.world, unit, owed.day)
            caller = (person_name(rng), at - dt.timedelta(minutes=rng.randint(5, 20)))
        submission = uuid.UUID(int=rng.getrandbits(128), version=4)
        is_zero = not any(values.values())
        opened_at = clock.before(at, _filling_in(rng.randint(2, 9), key))
        self.revisions.append(
            (
                key, owed.key, number, submission, receipt(owed, number), source, *caller, by,
                at, opened_at, at > due_at(owed.day),
                is_after_lock, is_zero, "", rng.random() < 0.97, person_name(rng),
                f"0371-0002{unit.id:04d}", rng.choice(NEEDS),
            )
        )  # fmt: skip
        for code, value in values.items():
            cell = marks(code, value, owed.before, rng)
            indicator = self.world.indicators[code]
            self.values.append((self.world.next_id("value"), key, indicator, value, *cell))
        return key


def _filling_in(draw: int, key: int) -> dt.timedelta:
    """25 to 240 seconds from opening the form to sending it: most of it is yesterday's already."""
    return dt.timedelta(seconds=25 + (draw - 2) * 18 + key * 37 % 90)


def group_account(world: World, unit: UnitPlan, day: dt.date) -> int:
    """The user who leads the unit's group of that day."""
    return world.users[f"group{group_of(world, unit, day):02d}"]


def due_at(day: dt.date) -> dt.datetime:
    return moment_on(day, DEFAULT_HOURS[Hour.FILING])


def receipt(owed: Owed, number: int) -> str:
    label = "DRILL" if owed.plan.is_drill else owed.plan.kind.upper()
    return f"{owed.day:%Y%m%d}-{label}-{owed.unit.code}-{number}"


def write_reports(world: World, copier: Copier) -> list[LateFiling]:
    """Copy the reports as they stand at each day's lock; what is to follow after the lock."""
    book = Book(world)
    exemptions = fates.exemptions(world)
    for plan in world.campaigns:
        _campaign(book, plan, exemptions)
    copier.load(Exemption, "id campaign unit starts_on ends_on reason approved_by", exemptions.rows)
    copier.load(
        DailyReport,
        "id campaign unit on group category due_at state version current draft draft_by "
        "first_filed_at return_reason return_due_at reviewed_by reviewed_at",
        book.reports,
    )
    copy_revisions(copier, book)
    copier.load(ContactNote, "id report method note at by is_outage", book.contacts)
    copier.load(
        FlashReport,
        "id campaign unit kind happened_at place text injured submission by at handled_by "
        "handled_at handling",
        flash_rows(world),
    )
    return book.late


def copy_revisions(copier: Copier, book: Book) -> None:
    copier.load(
        ReportRevision,
        "id report number submission receipt source source_name source_at by at opened_at is_late "
        "is_after_lock is_zero zero_reason is_calm leader_on_duty night_phone needs",
        book.revisions,
    )
    copier.load(
        ReportValue,
        "id revision indicator value qualifier is_carried doubt_reason",
        book.values,
    )


def _campaign(book: Book, plan: CampaignPlan, exemptions: fates.Exemptions) -> None:
    world = book.world
    rng = world.chance(plan.code + " reports")
    known: dict[int, Typed] = {unit.id: {} for unit in world.units}
    for day in plan.days:
        for unit in world.units:
            fate = fates.draw(world, plan, unit, day, exemptions, rng)
            if fate is None:
                continue
            work = plan.work.get((unit.id, day), Work())
            values = typed_values(plan.kind, work, rng, known[unit.id])
            owed = Owed(world.next_id("report"), plan, unit, day, known[unit.id])
            _report(book, owed, fate, values, rng)
            known[unit.id] = values


def _report(book: Book, owed: Owed, fate: fates.Fate, values: Typed, rng: Random) -> None:
    world, unit, day = book.world, owed.unit, owed.day
    current, first_at, number = _submissions(book, owed, fate, values, rng)
    draft, draft_by = None, None
    if fate.state == ReportState.DRAFT:
        draft_by = world.users[f"unit{unit.code}"]
        draft = _draft(world.names[draft_by], day, values, rng)
    if fate.files_after_lock:
        book.late.append(LateFiling(owed, values))
    if fate.note:
        _contact(book, owed, fate.note, rng)
    is_returned = fate.state == ReportState.RETURNED
    last = fate.filed_at if is_returned or fate.state == ReportState.ACCEPTED else None
    book.reports.append(
        (
            owed.key, owed.plan.id, unit.id, day, world.groups[group_of(world, unit, day)],
            unit.category, due_at(day), fate.state, number, current, draft, draft_by, first_at,
            RETURNED_FOR if is_returned else "", due_at(day) if is_returned else None,
            group_account(world, unit, day) if last else None,
            last + dt.timedelta(minutes=rng.randint(3, 25)) if last else None,
        )
    )  # fmt: skip


def _submissions(
    book: Book, owed: Owed, fate: fates.Fate, values: Typed, rng: Random
) -> tuple[int | None, dt.datetime | None, int]:
    """The current revision, the moment of the first and their number."""
    current, first_at, number = None, None, 0
    at = fate.filed_at
    if fate.was_returned and at is not None:
        number, first_at = 1, at - dt.timedelta(minutes=rng.randint(35, 70))
        wrong = slip(values, rng)
        current = book.add_revision(rng, owed, wrong, number=1, at=first_at)
    if at is not None and fate.state != ReportState.RETURNED:
        number += 1
        current = book.add_revision(rng, owed, values, number=number, at=at, source=fate.source)
    return current, first_at or at, number


def _draft(name: str, day: dt.date, values: Typed, rng: Random) -> str:
    """Half a form, as the form itself keeps it."""
    half = list(values.items())[: rng.randint(1, len(values) - 1)]
    fields = {f"v-{code}": "" if value is None else f"{value:f}" for code, value in half}
    at = clock.moment_on(day, dt.time(9, rng.randint(0, 40)))
    return json.dumps({"at": at.isoformat(), "by": name, "fields": fields})


def _contact(book: Book, owed: Owed, note: str, rng: Random) -> None:
    by = group_account(book.world, owed.unit, owed.day)
    is_today = owed.day == book.world.today
    at = moment_on(owed.day, dt.time(9 if is_today else 17, rng.randint(5, 55)))
    method = rng.choice((ContactMethod.PHONE, ContactMethod.PHONE, ContactMethod.WECHAT))
    is_outage = "停电" in note
    book.contacts.append((book.world.next_id("contact"), owed.key, method, note, at, by, is_outage))
