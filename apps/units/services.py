"""Dated changes of belonging: one ends, the next begins, past days stay as they were."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, models, transaction

from apps.core.errors import ConflictError, DomainError
from apps.core.formats import day as written

from .models import GroupMembership, LiaisonGroup, Member, Membership, PartyBranch, Unit
from .settled import is_settled


class UnchangedBelongingError(DomainError):
    """The new belonging is the present one."""


class PastBelongingError(DomainError):
    """The change would rewrite days already reported under the old belonging."""


class SettledGroupError(DomainError):
    """The day has begun under the present group: a report of the unit stands."""


class LaterBelongingError(DomainError):
    """A change is already entered for a later day."""


@transaction.atomic
def move_unit(unit: Unit, *, group: LiaisonGroup, since: dt.date, on: dt.date) -> GroupMembership:
    """Let `unit` belong to `group` from `since`; the former membership ends the day before.

    `on` is the business day: nothing earlier may be changed. Raises UnchangedBelongingError,
    PastBelongingError, LaterBelongingError; SettledGroupError when the unit's report of `since`
    stands already; ConflictError when somebody else moved the unit meanwhile.
    """
    if since >= on and is_settled(unit, on=since):
        raise SettledGroupError(
            f"{written(since)}的日报已按现在的联络组生成，请自次日起变更。", field="since"
        )
    rows = GroupMembership.objects.filter(unit=unit)
    return _succeed(rows, {"group": group}, {"unit": unit}, since=since, on=on)


@transaction.atomic
def transfer_member(
    member: Member,
    *,
    unit: Unit,
    branch: PartyBranch | None = None,
    since: dt.date,
    on: dt.date,
) -> Membership:
    """Let `member` belong to `unit` and `branch` from `since`; as `move_unit`."""
    if branch is not None and branch.unit_id != unit.pk:
        raise DomainError(f"“{branch}”不是{unit}的党支部，请重新选择。", field="branch")
    rows = Membership.objects.filter(member=member)
    new = {"unit": unit, "branch": branch}
    return _succeed(rows, new, {"member": member}, since=since, on=on)


def _succeed(
    rows: models.QuerySet[Any],
    new: dict[str, Any],
    owner: dict[str, Any],
    *,
    since: dt.date,
    on: dt.date,
) -> Any:
    if since < on:
        raise PastBelongingError("起始日期不能早于今天，以前各日的归属保持不变。", field="since")
    standing = list(rows.select_for_update().order_by("starts_on"))
    later = next((row for row in standing if row.starts_on > since), None)
    if later is not None:
        raise LaterBelongingError(
            f"已登记自{written(later.starts_on)}起的变动，请先处理该条。", field="since"
        )
    former = standing[-1] if standing and _reaches(standing[-1], since) else None
    if former is not None and all(getattr(former, name) == value for name, value in new.items()):
        raise UnchangedBelongingError("与现在的归属相同，不需要变动。")
    if former is not None and former.starts_on == since:
        return _replace(former, new)
    if former is not None:
        former.ends_on = since - dt.timedelta(days=1)
        former.save(update_fields=["ends_on"])
    return _begin(rows.model, {**owner, **new, "starts_on": since})


def _reaches(row: Any, day: dt.date) -> bool:
    return row.ends_on is None or row.ends_on >= day


def _replace(row: Any, new: dict[str, Any]) -> Any:
    """A change of the same first day is a slip put right: nothing has been under it yet."""
    for name, value in new.items():
        setattr(row, name, value)
    row.save(update_fields=list(new))
    return row


def _begin(model: type[models.Model], values: dict[str, Any]) -> Any:
    try:
        with transaction.atomic():
            return model._default_manager.create(**values)
    except IntegrityError as error:
        raise ConflictError("他人刚刚改过归属，请刷新后再办理。") from error
