"""Cases apart from their steps: opening with a number, due date, notes and pictures."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from pathlib import PurePath

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import IntegerField, Max
from django.db.models.functions import Cast, Substr

from apps.accounts.models import User
from apps.campaigns.models import Campaign
from apps.core.errors import ConflictError, DomainError
from apps.core.formats import day as written
from apps.office import services as office
from apps.office.models import Attachment
from apps.office.photos import MAX_BYTES, prepare_photo

from ..enums import LIVE_CASES, CaseEventKind, CaseState
from ..models import AssistanceCase, CaseEvent
from .notices import tell_due_changed

MOST_PHOTOS = 6


class CaseRefusedError(DomainError):
    """The case cannot be opened or changed as asked."""


class CaseMovedError(ConflictError):
    """The case is in another state than the step needs; the message says in which."""


@transaction.atomic
def open_case(case: AssistanceCase, *, by: User, now: dt.datetime) -> AssistanceCase:
    """Store the new `case`, filled in but for its number and state.

    The same submission again answers with the case it made. Numbers run on within a campaign's
    day without a gap. Raises CaseRefusedError when the campaign is over.
    """
    # Whoever registers in this campaign at the same moment waits here for the next number.
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=case.campaign_id)
    known: AssistanceCase | None = AssistanceCase.objects.filter(submission=case.submission).first()
    if known is not None:
        return known
    if not campaign.is_reporting:
        raise CaseRefusedError(f"“{campaign}”不在进行中，不能新增事项。")
    case.state = CaseState.OPEN
    case.number = _next_number(campaign, case.opened_on)
    case.full_clean()
    case.save(force_insert=True)
    add_event(case, CaseEventKind.REGISTERED, by=by, now=now, after=CaseState.OPEN)
    return case


def _next_number(campaign: Campaign, on: dt.date) -> str:
    """BF20210805-0012."""
    head = f"BF{on:%Y%m%d}-"
    tail = Cast(Substr("number", len(head) + 1), IntegerField())
    of_day = AssistanceCase.objects.filter(campaign=campaign, number__startswith=head)
    last = of_day.aggregate(last=Max(tail))["last"] or 0
    return f"{head}{last + 1:04d}"


def add_event(
    case: AssistanceCase,
    kind: CaseEventKind,
    *,
    by: User,
    now: dt.datetime,
    text: str = "",
    before: str = "",
    after: str = "",
) -> CaseEvent:
    """One more line of the case's timeline."""
    return CaseEvent.objects.create(
        case=case, kind=kind, before=before, after=after, text=text, at=now, by=by
    )


@transaction.atomic
def change_due(
    case: AssistanceCase, *, due_on: dt.date, reason: str, by: User, now: dt.datetime
) -> None:
    """Another day by which the case is to be done, with its reason.

    Raises CaseMovedError once it is done, CaseRefusedError before the day it was opened.
    """
    if due_on < case.opened_on:
        raise CaseRefusedError("办结时限不得早于受理日期。", field="due_on")
    before = case.due_on
    if before == due_on:
        return
    done = AssistanceCase.objects.filter(pk=case.pk, state__in=LIVE_CASES, due_on=before).update(
        due_on=due_on
    )
    if not done:
        case.refresh_from_db()
        raise CaseMovedError(
            f"{case.number}现为“{case.get_state_display()}”，时限{written(case.due_on)}，请核对后再调整。"
        )
    case.due_on = due_on
    text = f"{written(before)}改为{written(due_on)}：{reason}"
    event = add_event(case, CaseEventKind.DUE_CHANGED, by=by, now=now, text=text)
    tell_due_changed(case, event, before=before)


@transaction.atomic
def note_progress(case: AssistanceCase, *, text: str, by: User, now: dt.datetime) -> None:
    """A line on how it goes. Raises CaseMovedError once the case is done.

    The same words of the same person as last are not said twice.
    """
    _refuse_done(case)
    last = CaseEvent.objects.filter(case=case).order_by("-at", "-pk").first()
    if last and (last.kind, last.text, last.by_id) == (CaseEventKind.NOTE, text, by.pk):
        return
    add_event(case, CaseEventKind.NOTE, by=by, now=now, text=text)


def _refuse_done(case: AssistanceCase) -> None:
    fresh = AssistanceCase.objects.select_for_update(no_key=True).get(pk=case.pk)
    if fresh.state not in LIVE_CASES:
        raise CaseMovedError(f"{fresh.number}{fresh.get_state_display()}，不能再登记。")


@transaction.atomic
def attach_photos(
    case: AssistanceCase, *, photos: Sequence[UploadedFile], by: User, now: dt.datetime
) -> int:
    """Keep pictures with the case, drawn anew; how many were new. The same one is kept once.

    Raises CaseMovedError once it is done, CaseRefusedError beyond six, PictureRefusedError.
    """
    _refuse_done(case)
    known = set(case.attachments.values_list("sha256", flat=True))
    fresh = {}
    for upload in photos:
        data = upload.read(MAX_BYTES + 1)
        photo = prepare_photo(data, name=PurePath(upload.name or "照片").name)
        fresh[hashlib.sha256(photo.data).hexdigest()] = photo
    new = [photo for digest, photo in fresh.items() if digest not in known]
    if len(known) + len(new) > MOST_PHOTOS:
        raise CaseRefusedError(f"每个事项最多 {MOST_PHOTOS} 张照片。", field="photos")
    added = [office.store_photo(photo, name=f"{case.number}照片", by=by) for photo in new]
    case.attachments.add(*added)
    if added:
        add_event(case, CaseEventKind.NOTE, by=by, now=now, text=f"上传照片 {len(added)} 张")
    return len(added)


@transaction.atomic
def remove_photo(case: AssistanceCase, photo: Attachment, *, by: User, now: dt.datetime) -> None:
    """Take a picture off the case, such as one that shows a face or a door."""
    case.attachments.remove(photo)
    add_event(case, CaseEventKind.NOTE, by=by, now=now, text="移除照片 1 张")
