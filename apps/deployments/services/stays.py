"""The rules of who is where for one stay that is put right by hand."""

from __future__ import annotations

import datetime as dt

from apps.core.errors import DomainError
from apps.core.formats import day as written
from apps.units.models import Member, Membership

from ..models import Assignment, Deployment
from ..whereabouts import clashes, place_of
from .crossing import refuse_crossing


class StayRefusedError(DomainError):
    """The stay would break a rule of the ledger; the message says which, `field` where."""


def refuse_stay(
    deployment: Deployment,
    member: Member,
    *,
    starts_on: dt.date,
    ends_on: dt.date | None,
    besides: Assignment | None,
    today: dt.date,
) -> None:
    """Raises StayRefusedError, or CrossesClosureError for days from `today` on.

    `besides` is the stay itself as it stands: it does not keep its own person from it.
    """
    if ends_on is not None and ends_on < starts_on:
        raise StayRefusedError("离岗日期不得早于到岗日期，请核对。", field="ends_on")
    if starts_on < deployment.starts_on:
        first = written(deployment.starts_on)
        raise StayRefusedError(f"该任务自{first}起，请核对到岗日期。", field="starts_on")
    if deployment.ends_on is not None and (ends_on is None or ends_on > deployment.ends_on):
        last = written(deployment.ends_on)
        raise StayRefusedError(f"该任务至{last}，请核对离岗日期。", field="ends_on")
    unit = besides.unit_id if besides else deployment.unit_id
    if not Membership.objects.filter(member=member, unit=unit).on(starts_on).exists():
        day = written(starts_on)
        raise StayRefusedError(f"{member}在{day}不属于派出单位，不能由其派出。", field="member")
    others = clashes(
        [member.pk], starts_on=starts_on, ends_on=ends_on, is_drill=deployment.is_drill
    )
    busy = [row for row in others if besides is None or row.pk != besides.pk]
    if busy:
        raise StayRefusedError(f"{place_of(busy[0])}。请先办理离岗，或核对日期。", field="member")
    since = max(starts_on, today)
    if ends_on is None or ends_on >= since:
        refuse_crossing(deployment, [member.pk], since=since, ends_on=ends_on)
