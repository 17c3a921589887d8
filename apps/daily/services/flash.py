"""动态报告 (突发即报): taken at any hour, told at once to the group and the office."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.accounts.models import User
from apps.campaigns.models import Campaign
from apps.core import formats
from apps.core.dates import business_day
from apps.core.errors import DomainError
from apps.messaging import services as messaging
from apps.messaging.enums import MessageKind
from apps.messaging.services import Note
from apps.office import services as office
from apps.units.enums import Role
from apps.units.models import GroupMembership, Posting, Unit

from ..enums import FlashKind
from ..models import FlashReport
from ..selectors.addresses import group_addressees, office_addressees
from .letters import Occasion, letters

MOST_PHOTOS = 6
TOLD = (Role.LEADER, Role.STAFF, Role.DUTY)


class FlashRefusedError(DomainError):
    """The news cannot be taken as it stands."""


class FlashHandledError(DomainError):
    """Somebody has dealt with it already."""

    status = 409


@dataclass(frozen=True, slots=True)
class News:
    """What happened, where and when. No casualties, losses or case counts belong in it."""

    kind: FlashKind
    happened_at: dt.datetime
    text: str
    place: str = ""
    injured: int = 0
    told_duty_room_at: dt.datetime | None = None


@transaction.atomic
def file_flash(
    campaign: Campaign,
    unit: Unit,
    news: News,
    *,
    submission: uuid.UUID,
    photos: Sequence[UploadedFile] = (),
    by: User,
    now: dt.datetime,
) -> FlashReport:
    """Take the news and tell the group and the office, at night too.

    The same `submission` again answers with the report it made.
    """
    done: FlashReport | None = FlashReport.objects.filter(submission=submission).first()
    if done is not None:
        return done
    _check(campaign, news, photos, now=now)
    prepared = [office.read_photo(photo) for photo in photos]
    flash = FlashReport(
        campaign=campaign,
        unit=unit,
        kind=news.kind,
        happened_at=news.happened_at,
        place=news.place,
        text=news.text,
        injured=news.injured,
        told_duty_room_at=news.told_duty_room_at,
        submission=submission,
        by=by,
        at=now,
    )
    flash.full_clean(validate_unique=False)
    created: bool
    flash, created = FlashReport.objects.get_or_create(
        submission=submission,
        defaults={
            field.attname: getattr(flash, field.attname)
            for field in FlashReport._meta.concrete_fields
            if not field.primary_key and field.name != "submission"
        },
    )
    if created:
        flash.photos.set(
            [
                office.store_photo(photo, name=f"动态报告{flash.pk}-{number}", by=by)
                for number, photo in enumerate(prepared, start=1)
            ]
        )
        tell_at_once(flash)
    return flash


def _check(
    campaign: Campaign, news: News, photos: Sequence[UploadedFile], *, now: dt.datetime
) -> None:
    if not campaign.is_reporting:
        raise FlashRefusedError(f"“{campaign}”{campaign.get_state_display()}，不再接收动态报告。")
    if news.happened_at > now:
        raise FlashRefusedError("发生时间不能晚于现在。", field="happened_at")
    if news.told_duty_room_at and news.told_duty_room_at > now:
        raise FlashRefusedError("已报告值班室时间不能晚于现在。", field="told_duty_room_at")
    if (news.injured or news.kind == FlashKind.INJURY) and not news.told_duty_room_at:
        raise FlashRefusedError(
            "涉及人员伤病的，请先按规定时限报告值班室和主管部门，再登记已报告时间。",
            field="told_duty_room_at",
        )
    if len(photos) > MOST_PHOTOS:
        raise FlashRefusedError(f"照片最多 {MOST_PHOTOS} 张。", field="photos")


def tell_at_once(flash: FlashReport) -> None:
    """Mail and inbox to the unit's group of today and to the office; no quiet hours."""
    on = business_day(flash.at)
    group = GroupMembership.objects.filter(unit=flash.unit).on(on).values_list("group", flat=True)
    group_id = group.first()
    subject = f"动态报告：{flash.unit} {flash.get_kind_display()}"
    where = f"（{flash.place}）" if flash.place else ""
    text = (
        f"{flash.unit}{formats.moment(flash.at, now=flash.at)}报告{flash.get_kind_display()}{where}，"
        f"发生于{formats.moment(flash.happened_at, now=flash.at)}。请即了解情况并登记处理。"
    )
    boxes = {
        box.address: box
        for box in [
            *(group_addressees(on=on).get(group_id, []) if group_id else []),
            *office_addressees(on=on, roles=TOLD),
        ]
    }
    key = f"flash-{flash.pk}"
    written = letters(
        Occasion(MessageKind.FLASH, on, key, flash.campaign.is_drill),
        list(boxes.values()),
        subject=subject,
        link=("查看动态报告", flash.get_absolute_url()),
        paragraphs=[text],
    )
    messaging.queue(letter.mail for letter in written)
    marked = f"【演练】{subject}" if flash.campaign.is_drill else subject
    messaging.notify(
        Note(
            user_id=user,
            kind=MessageKind.FLASH,
            dedupe_key=key,
            subject=marked,
            text=text,
            path=flash.get_absolute_url(),
        )
        for user in _people(group_id, on)
    )


def _people(group: int | None, on: dt.date) -> set[int]:
    """Everybody who is told, whether or not they have a mailbox."""
    posted = Posting.objects.on(on).filter(user__is_active=True)
    office_people = posted.filter(role__in=TOLD).values_list("user", flat=True)
    group_people = posted.filter(role=Role.LIAISON, group=group).values_list("user", flat=True)
    return {*office_people, *group_people}


@transaction.atomic
def handle_flash(flash: FlashReport, *, handling: str, by: User, now: dt.datetime) -> None:
    """处理: what was done about it, once. Raises FlashHandledError when somebody was first."""
    done = FlashReport.objects.filter(pk=flash.pk, handled_at=None).update(
        handling=handling, handled_by=by, handled_at=now
    )
    flash.refresh_from_db()
    if not done:
        raise FlashHandledError(
            f"{flash.handled_by} 已于{formats.moment(flash.handled_at)}处理，无需重复登记。"  # type: ignore[arg-type]
        )
