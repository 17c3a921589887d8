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

from . import fates
from .chance import person_name
from .copying import Copier, Row
from .flashes import flash_rows
from .typed import Typed, marks, slip, typed_values
from .units import group_of
from .world import CampaignPlan, UnitPlan, Work, World

PROXIES = (ReportSource.PHONE, ReportSource.PHONE, ReportSource.WECHAT, ReportSource.FAX)
NEEDS = ("", "", "", "", "雨靴、手套不足", "夜间值守缺照明", "请协调通行证", "午餐配送不便")
RETURNED_FOR = "与台账在岗人数相差较大，请核实是否多写一位。"


@dataclass
class LateFiling:
    """A report that comes after the lock."""

    report: int
    plan: CampaignPlan
    day: dt.date
    unit: UnitPlan
    values: Typed
    before: Typed


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
        *,
        plan: CampaignPlan,
        report: int,
        unit: UnitPlan,
        day: dt.date,
        number: int,
        at: dt.datetime,
        values: Typed,
        before: Typed,
        source: ReportSource = ReportSource.UNIT,
        is_after_lock: bool = False,
    ) -> int:
        """One submission with its cells; its id."""
        key = self.world.next_id("revision")
        by = self.world.users[f"unit{unit.code}"]
        caller: tuple[str, dt.datetime | None] = ("", None)
        if source != ReportSource.UNIT:
            by = self.world.users[f"group{group_of(self.world, unit, day):02d}"]
            caller = (person_name(rng), at - dt.timedelta(minutes=rng.randint(5, 20)))
        submission = uuid.UUID(int=rng.getrandbits(128), version=4)
        due = due_at(day)
        is_zero = not any(values.values())
        self.revisions.append(
            (
                key, report, number, submission, receipt(plan, day, unit, number), source,
                *caller, by, at, at - dt.timedelta(minutes=rng.randint(2, 9)), at > due,
                is_after_lock, is_zero, rng.random() < 0.97, person_name(rng),
                f"0371-0002{unit.id:04d}", rng.choice(NEEDS),
            )
        )  # fmt: skip
        for code, value in values.items():
            cell = marks(code, value, before, rng)
            indicator = self.world.indicators[code]
            self.values.append((self.world.next_id("value"), key, indicator, value, *cell))
        return key


def due_at(day: dt.date) -> dt.datetime:
    return moment_on(day, DEFAULT_HOURS[Hour.FILING])


def receipt(plan: CampaignPlan, day: dt.date, unit: UnitPlan, number: int) -> str:
    label = "DRILL" if plan.is_drill else plan.kind.upper()
    return f"{day:%Y%m%d}-{label}-{unit.code}-{number}"


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
    copier.load(ContactNote, "id report method note at by", book.contacts)
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
        "is_after_lock is_zero is_calm leader_on_duty night_phone needs",
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
            _report(book, plan, unit, day, fate, values, known[unit.id], rng)
            known[unit.id] = values


def _report(
    book: Book,
    plan: CampaignPlan,
    unit: UnitPlan,
    day: dt.date,
    fate: fates.Fate,
    values: Typed,
    before: Typed,
    rng: Random,
) -> None:
    world = book.world
    key = world.next_id("report")
    current, first_at, number = None, None, 0
    draft, draft_by = None, None
    at = fate.filed_at
    common = {"plan": plan, "report": key, "unit": unit, "day": day, "before": before}
    if fate.was_returned and at is not None:
        number, first_at = 1, at - dt.timedelta(minutes=rng.randint(35, 70))
        wrong = slip(values, rng)
        current = book.add_revision(rng, number=1, at=first_at, values=wrong, **common)
    if at is not None and fate.state != ReportState.RETURNED:
        number += 1
        current = book.add_revision(
            rng, number=number, at=at, values=values, source=fate.source, **common
        )
        first_at = first_at or at
    if fate.state == ReportState.DRAFT:
        draft_by = world.users[f"unit{unit.code}"]
        draft = _draft(world.names[draft_by], day, values, rng)
    if fate.files_after_lock:
        book.late.append(LateFiling(key, plan, day, unit, values, before))
    if fate.note:
        _contact(book, key, unit, day, fate.note, rng)
    is_returned = fate.state == ReportState.RETURNED
    reviewer = world.users[f"group{group_of(world, unit, day):02d}"]
    is_reviewed = is_returned or fate.state == ReportState.ACCEPTED
    last = at or first_at
    reviewed_at = last + dt.timedelta(minutes=rng.randint(3, 25)) if is_reviewed and last else None
    book.reports.append(
        (
            key, plan.id, unit.id, day, world.groups[group_of(world, unit, day)], unit.category,
            due_at(day), fate.state, number, current, draft, draft_by, first_at,
            RETURNED_FOR if is_returned or fate.was_returned else "",
            due_at(day) if is_returned else None,
            reviewer if is_reviewed else None, reviewed_at,
        )
    )  # fmt: skip


def _draft(name: str, day: dt.date, values: Typed, rng: Random) -> str:
    """Half a form, as the form itself keeps it."""
    half = list(values.items())[: rng.randint(1, len(values) - 1)]
    fields = {f"v-{code}": "" if value is None else f"{value:f}" for code, value in half}
    at = moment_on(day, dt.time(9, rng.randint(0, 40)))
    return json.dumps({"at": at.isoformat(), "by": name, "fields": fields})


def _contact(book: Book, report: int, unit: UnitPlan, day: dt.date, note: str, rng: Random) -> None:
    world = book.world
    by = world.users[f"group{group_of(world, unit, day):02d}"]
    is_today = day == world.today
    at = moment_on(day, dt.time(9 if is_today else 17, rng.randint(5, 55)))
    method = rng.choice((ContactMethod.PHONE, ContactMethod.PHONE, ContactMethod.WECHAT))
    book.contacts.append((world.next_id("contact"), report, method, note, at, by))
