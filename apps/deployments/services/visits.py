"""走访督导: a visit with what was checked, and the way of a finding to its end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.accounts.models import User
from apps.core.dates import TOO_FAR, business_day, latest_day, moment_on
from apps.core.errors import ConflictError, DomainError
from apps.office import services as office
from apps.office.models import Attachment
from apps.units.models import GroupMembership

from ..models import Deployment, Finding, FindingStep, Visit, VisitItem, VisitResult
from ..visits_enums import FINDING_STEPS, FindingState, Verdict
from ..whereabouts import active_on
from .visits_telling import tell_answered, tell_found, tell_returned

MOST_PHOTOS = 6


class VisitRefusedError(DomainError):
    """The visit, or what is said of it, cannot be taken as it stands."""


class FindingMovedError(ConflictError):
    """The finding is in another state than the step needs; the message says in which."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was found of one item; `problem` is what the unit has to put right."""

    item: VisitItem
    verdict: Verdict
    problem: str = ""


@transaction.atomic
def record_visit(
    visit: Visit,
    *,
    checks: Sequence[Check],
    other: str = "",
    due_on: dt.date,
    photos: Sequence[UploadedFile] = (),
    by: User,
    now: dt.datetime,
) -> Visit:
    """Store the new `visit`, filled in but for its group and deployment, with what was checked.

    What is not in order, and `other`, become findings the unit is told of, to be answered by
    `due_on`. The same submission again answers with the visit it made. Raises VisitRefusedError,
    PictureRefusedError.
    """
    known: Visit | None = Visit.objects.filter(submission=visit.submission).first()
    if known is not None:
        return known
    problems = _problems(checks, other)
    _refuse(visit, checks, problems, due_on=due_on, now=now)
    visit.group_id = _group_of_the_day(visit)
    visit.deployment_id = deployment_of_the_day(visit)
    visit.by, visit.recorded_at = by, now
    visit.full_clean(validate_unique=False)
    kept = store_photos(visit, photos, by=by)
    stored, is_new = _create_once(visit)
    if not is_new:
        return stored
    VisitResult.objects.bulk_create(
        VisitResult(visit=stored, item=check.item, verdict=check.verdict) for check in checks
    )
    stored.photos.set(kept)
    findings = [_find(stored, text, item, due_on, by, now) for text, item in problems.items()]
    tell_found(stored, findings, by=by, on=business_day(now))
    return stored


def _problems(checks: Sequence[Check], other: str) -> dict[str, VisitItem | None]:
    """Each problem once, with the item it is about."""
    found: dict[str, VisitItem | None] = {}
    for check in checks:
        if check.verdict == Verdict.BAD and check.problem:
            found.setdefault(check.problem, check.item)
    if other:
        found.setdefault(other, None)
    return found


def _refuse(
    visit: Visit,
    checks: Sequence[Check],
    problems: Collection[str],
    *,
    due_on: dt.date,
    now: dt.datetime,
) -> None:
    campaign, today = visit.campaign, business_day(now)
    if not campaign.is_reporting:
        raise VisitRefusedError(f"“{campaign}”不在进行中，不能登记走访。")
    if visit.on > today:
        raise VisitRefusedError("还没到这一天，走访后再登记。", field="on")
    if visit.at is not None and moment_on(visit.on, visit.at) > now:
        raise VisitRefusedError("还没到这个时间，走访后再登记。", field="at")
    if visit.on < campaign.starts_on or (campaign.ends_on and visit.on > campaign.ends_on):
        raise VisitRefusedError(f"走访日期不在“{campaign}”起止之内。", field="on")
    silent = [c.item.name for c in checks if c.verdict == Verdict.BAD and not c.problem]
    if silent:
        raise VisitRefusedError(f"请写明不符合的问题：{'、'.join(silent)}。")
    looked = any(check.verdict != Verdict.UNCHECKED for check in checks)
    if not (looked or problems or visit.summary or visit.present is not None):
        raise VisitRefusedError("请至少查一项、清点人数或写明走访情况。", field="summary")
    if problems:
        _refuse_term(due_on, today)


def _group_of_the_day(visit: Visit) -> int:
    rows = GroupMembership.objects.filter(unit=visit.unit_id).on(visit.on)
    group: int | None = rows.values_list("group", flat=True).first()
    if group is None:
        raise VisitRefusedError(
            f"{visit.unit}当日没有联络服务小组，请先由数据管理员编组。", field="unit"
        )
    return group


def deployment_of_the_day(visit: Visit) -> int | None:
    """The unit's deployment at the place visited, where there is one."""
    if visit.community_id is None:
        return None
    rows = Deployment.objects.filter(
        campaign=visit.campaign_id, unit=visit.unit_id, community=visit.community_id
    )
    found: int | None = active_on(rows, visit.on).values_list("pk", flat=True).first()
    return found


def _create_once(visit: Visit) -> tuple[Visit, bool]:
    """Two presses at the same moment make one visit; whoever is second gets the first one's."""
    values = {
        field.attname: getattr(visit, field.attname)
        for field in Visit._meta.concrete_fields
        if not field.primary_key and field.name != "submission"
    }
    found: tuple[Visit, bool] = Visit.objects.get_or_create(
        submission=visit.submission, defaults=values
    )
    return found


def store_photos(visit: Visit, photos: Sequence[UploadedFile], *, by: User) -> list[Attachment]:
    """Keep pictures of `visit`, all or none. Raises VisitRefusedError, PictureRefusedError."""
    return _stored(photos, f"{visit.on:%m%d}走访{visit.unit.code}", field="photos", by=by)


def _stored(photos: Sequence[UploadedFile], name: str, *, field: str, by: User) -> list[Attachment]:
    """All of the pictures, or none when one of them is refused."""
    if len(photos) > MOST_PHOTOS:
        raise VisitRefusedError(f"照片最多 {MOST_PHOTOS} 张。", field=field)
    read = [office.read_photo(photo) for photo in photos]
    return [
        office.store_photo(photo, name=f"{name}-{number}", by=by)
        for number, photo in enumerate(read, start=1)
    ]


def _refuse_term(due_on: dt.date, today: dt.date) -> None:
    if due_on < today:
        raise VisitRefusedError("答复时限不得早于今天。", field="due_on")
    if due_on > latest_day(today):
        raise VisitRefusedError(TOO_FAR, field="due_on")


def _find(
    visit: Visit, text: str, item: VisitItem | None, due_on: dt.date, by: User, now: dt.datetime
) -> Finding:
    finding = Finding(visit=visit, item=item, text=text, due_on=due_on)
    finding.full_clean(exclude=["visit", "item"])
    finding.save(force_insert=True)
    _add_step(finding, FindingState.OPEN, by=by, now=now)
    return finding


def _add_step(
    finding: Finding,
    after: FindingState,
    *,
    text: str = "",
    photos: Sequence[Attachment] = (),
    by: User,
    now: dt.datetime,
) -> FindingStep:
    step = FindingStep.objects.create(finding=finding, after=after, text=text, at=now, by=by)
    step.photos.set(photos)
    return step


@transaction.atomic
def add_finding(visit: Visit, *, text: str, due_on: dt.date, by: User, now: dt.datetime) -> Finding:
    """补记问题 of a visit that is entered already; the same words again change nothing.

    Raises VisitRefusedError when the campaign is over or the day has passed.
    """
    # Whoever adds to the same visit at the same moment waits here.
    Visit.objects.select_for_update(no_key=True).get(pk=visit.pk)
    known: Finding | None = Finding.objects.filter(visit=visit, text=text).first()
    if known is not None:
        return known
    if not visit.campaign.is_reporting:
        raise VisitRefusedError(f"“{visit.campaign}”不在进行中，不能补记问题。")
    today = business_day(now)
    _refuse_term(due_on, today)
    finding = _find(visit, text, None, due_on, by, now)
    tell_found(visit, [finding], by=by, on=today)
    return finding


@transaction.atomic
def answer_finding(
    finding: Finding,
    *,
    answer: str,
    photos: Sequence[UploadedFile] = (),
    by: User,
    now: dt.datetime,
) -> None:
    """整改答复 of the unit, with pictures; the group is told.

    The same answer again changes nothing. Raises FindingMovedError unless it waits for an answer,
    PictureRefusedError.
    """
    is_repeated = (finding.state, finding.answer, finding.answered_by_id) == (
        FindingState.ANSWERED, answer, by.pk,
    )  # fmt: skip
    if is_repeated:
        return
    _move(
        finding,
        FindingState.ANSWERED,
        refusal="不能答复",
        answer=answer,
        answered_at=now,
        answered_by_id=by.pk,
    )
    kept = _stored(photos, f"整改{finding.pk}", field="photos", by=by)
    step = _add_step(finding, FindingState.ANSWERED, text=answer, photos=kept, by=by, now=now)
    tell_answered(finding, step, on=business_day(now))


@transaction.atomic
def verify_finding(finding: Finding, *, by: User, now: dt.datetime) -> None:
    """核实: the group has seen it done. Once more by the same person changes nothing.

    Raises FindingMovedError unless it was answered, VisitRefusedError for one's own answer.
    """
    if (finding.state, finding.verified_by_id) == (FindingState.VERIFIED, by.pk):
        return
    if finding.state == FindingState.ANSWERED and finding.answered_by_id == by.pk:
        raise VisitRefusedError("整改由您答复，须由他人核实。")
    _move(
        finding,
        FindingState.VERIFIED,
        refusal="须先由单位答复，再核实",
        verified_at=now,
        verified_by_id=by.pk,
    )
    _add_step(finding, FindingState.VERIFIED, by=by, now=now)


@transaction.atomic
def return_finding(
    finding: Finding, *, reason: str, due_on: dt.date, by: User, now: dt.datetime
) -> None:
    """退回重办: the answer does not do; the unit is told why and until when.

    Raises FindingMovedError unless it was answered, VisitRefusedError when the day has passed.
    """
    _refuse_term(due_on, business_day(now))
    _move(finding, FindingState.RETURNED, refusal="不能退回", due_on=due_on)
    step = _add_step(finding, FindingState.RETURNED, text=reason, by=by, now=now)
    tell_returned(finding, step, on=business_day(now))


def _move(finding: Finding, to: FindingState, *, refusal: str, **changes: Any) -> None:
    """From the state the person saw to `to`, when that may follow and nobody was in between."""
    before = FindingState(finding.state)
    may = to in FINDING_STEPS[before]
    moved = may and Finding.objects.filter(pk=finding.pk, state=before).update(state=to, **changes)
    if not moved:
        finding.refresh_from_db(fields=["state"])
        raise FindingMovedError(f"该问题现为“{finding.get_state_display()}”，{refusal}。")
    for name, value in {**changes, "state": to}.items():
        setattr(finding, name, value)
