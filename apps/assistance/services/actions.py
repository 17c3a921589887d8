"""Acts of help (次): recorded one by one or for many at once, each submission once."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from apps.accounts.models import User
from apps.campaigns.models import Campaign
from apps.core.dates import business_day
from apps.core.errors import DomainError
from apps.core.formats import day as written
from apps.units.models import Unit

from ..enums import Mode, ServiceType
from ..models import AssistanceAction, AssistanceCase, Beneficiary


class ActionRefusedError(DomainError):
    """The act cannot be recorded, or not be taken back."""


@dataclass(frozen=True, slots=True)
class Act:
    """What was done, by which unit and on which day."""

    unit: Unit
    service_type: ServiceType
    mode: Mode
    on: dt.date
    note: str = ""


@transaction.atomic
def record_actions(
    campaign: Campaign,
    act: Act,
    *,
    beneficiaries: Sequence[Beneficiary],
    case: AssistanceCase | None = None,
    submission: uuid.UUID,
    by: User,
    today: dt.date,
) -> int:
    """Record the act for each of `beneficiaries`, a duplicate under the one it duplicates.

    The same `submission` again changes nothing; returns how many of its acts there are. Raises
    ActionRefusedError for days outside the campaign or ahead of `today`.
    """
    _check(campaign, act, today)
    firsts = {row.duplicate_of_id or row.pk for row in beneficiaries}
    if case is not None and case.campaign_id != campaign.pk:
        raise ActionRefusedError("该事项不属于当前应急任务。", field="case")
    AssistanceAction.objects.bulk_create(
        (
            AssistanceAction(
                campaign=campaign,
                beneficiary_id=pk,
                case=case,
                unit=act.unit,
                service_type=act.service_type,
                mode=act.mode,
                on=act.on,
                note=act.note,
                submission=submission,
                by=by,
            )
            for pk in sorted(firsts)
        ),
        ignore_conflicts=True,
    )
    return int(AssistanceAction.objects.filter(submission=submission, by=by).count())


def _check(campaign: Campaign, act: Act, today: dt.date) -> None:
    if not campaign.is_reporting:
        raise ActionRefusedError(f"“{campaign}”不在进行中，不能登记帮扶。")
    if act.on > today:
        raise ActionRefusedError("还没到这一天，不能登记。", field="on")
    if act.on < campaign.starts_on:
        raise ActionRefusedError(f"不得早于任务开始的{written(campaign.starts_on)}。", field="on")
    if campaign.ends_on is not None and act.on > campaign.ends_on:
        raise ActionRefusedError(f"不得晚于任务结束的{written(campaign.ends_on)}。", field="on")


@transaction.atomic
def withdraw_actions(submission: uuid.UUID, *, by: User, now: dt.datetime) -> int:
    """Take back what one submission recorded: by who recorded it, on the day it was recorded.

    Returns how many acts went; nothing left to take back is no error.
    """
    rows = list(
        AssistanceAction.objects.select_for_update().filter(submission=submission).order_by("pk")
    )
    if any(row.by_id != by.pk for row in rows):
        raise ActionRefusedError("只能撤回本人登记的帮扶记录。")
    today = business_day(now)
    if any(business_day(row.recorded_at) != today for row in rows):
        raise ActionRefusedError("登记的次日起不能撤回，请联系工委更正。")
    AssistanceAction.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)
