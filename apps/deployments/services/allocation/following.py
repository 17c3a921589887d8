"""What becomes of a sheet is read from the ledger each minute, never typed a second time."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from apps.campaigns.enums import REPORTING_STATES
from apps.core.dates import business_day

from ...allocating import SheetState
from ...enums import DeploymentState, NeedState
from ...models import AllocationLine, AllocationSheet, Deployment, DeploymentDay, Need
from ...needs import with_chain

WAITING = (SheetState.ISSUED, SheetState.ACCEPTED)


@transaction.atomic
def follow_sheets(now: dt.datetime) -> int:
    """已到岗 once every team of a sheet is on record with somebody, 已完成 or 部分完成 once all
    of them are over; needs met by those who came are 已落实. How many rows moved. Repeatable, a
    handful of statements."""
    today = business_day(now)
    return _arrive(now) + _finish(now, today) + _meet(now, today)


def _lines() -> Any:
    return AllocationLine.objects.filter(sheet=OuterRef("pk"), heads__gt=0)


def _arrive(now: dt.datetime) -> int:
    came = DeploymentDay.objects.filter(deployment=OuterRef("deployment"), present__gt=0)
    missing = _lines().filter(~Exists(came))
    return (
        AllocationSheet.objects.filter(state__in=WAITING)
        .filter(~Exists(missing))
        .update(state=SheetState.ARRIVED, arrived_at=now)
    )


def _finish(now: dt.datetime, today: dt.date) -> int:
    """A team that ever had fewer people on its best day than asked makes it 部分完成."""
    going = _lines().exclude(
        deployment__state__in=[DeploymentState.ENDED, DeploymentState.WITHDRAWN]
    )
    going = going.filter(Q(deployment__ends_on=None) | Q(deployment__ends_on__gte=today))
    days = DeploymentDay.objects.filter(deployment=OuterRef("deployment")).order_by()
    best = days.values("deployment").annotate(n=Max("present")).values("n")
    short = _lines().annotate(best=Coalesce(Subquery(best), 0)).filter(best__lt=F("heads"))
    over = AllocationSheet.objects.filter(state=SheetState.ARRIVED).filter(~Exists(going))
    partly = over.filter(Exists(short)).update(state=SheetState.PARTLY, finished_at=now)
    return partly + over.update(state=SheetState.DONE, finished_at=now)


def _meet(now: dt.datetime, today: dt.date) -> int:
    """Needs of running campaigns whose people are all there today; not those reopened by hand."""
    rows = Need.objects.filter(
        campaign__state__in=REPORTING_STATES, heads__gt=0, reopened_at=None
    ).open()
    served = Deployment.objects.filter(need=OuterRef("pk")).exclude(state=DeploymentState.WITHDRAWN)
    met = with_chain(rows.filter(Exists(served)), on=today).filter(arrived__gte=F("heads"))
    return Need.objects.filter(pk__in=met.values("pk")).update(state=NeedState.MET, settled_at=now)
