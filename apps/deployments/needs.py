"""Reads about needs: what was asked, what is on its way, who has come, what the community says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from apps.campaigns.enums import Hour
from apps.campaigns.models import Campaign
from apps.campaigns.selectors import Timetable

from .allocating import TOLD, SheetState
from .enums import DeploymentState, NeedState
from .models import (
    AllocationLine,
    AllocationSheet,
    Assignment,
    Deployment,
    DeploymentDay,
    NeedConfirmation,
    SigningLine,
)


def _total(rows: QuerySet[Any], by: str, expression: Any) -> Coalesce:
    summed = rows.order_by().values(by).annotate(n=expression).values("n")
    return Coalesce(Subquery(summed, output_field=IntegerField()), 0)


def with_chain(
    rows: QuerySet[Any], *, on: dt.date, states: Sequence[SheetState] = TOLD
) -> QuerySet[Any]:
    """Adds the heads of each step: `accepted` (调配), `arrived` (到岗 on the day), `confirmed`
    (社区确认 of the day: as registered for the need, else as signed by the community; None without),
    and `lacking` = asked − accepted, `gap` = asked − arrived.

    Accepted: heads of lines whose sheet was issued (or is in one of `states`), and people sent
    without a sheet. The gap is None where none is counted: goods, a closed need, a need that does not cover the day.
    """
    lines = AllocationLine.objects.filter(need=OuterRef("pk"), sheet__state__in=states)
    by_hand = Assignment.objects.filter(
        deployment__need=OuterRef("pk"), deployment__allocation=None
    ).on(on)
    present = DeploymentDay.objects.filter(on=on, deployment__need=OuterRef("pk"))
    said = NeedConfirmation.objects.filter(need=OuterRef("pk"), on=on).order_by()
    signed = (
        SigningLine.objects.filter(deployment__need=OuterRef("pk"), sheet__on=on)
        .order_by()
        .values("deployment__need")
        .annotate(n=Sum("heads"))
        .values("n")
    )
    rows = rows.annotate(
        accepted=_total(lines, "need", Sum("heads"))
        + _total(by_hand, "deployment__need", Count("pk")),
        arrived=_total(present, "deployment__need", Sum("present")),
        confirmed=Coalesce(
            Subquery(said.values("heads")[:1]),
            Subquery(signed, output_field=IntegerField()),
        ),
    )
    is_counted = (Q(ends_on=None) | Q(ends_on__gte=on)) & Q(starts_on__lte=on, heads__gt=0)
    gap = Case(
        When(is_counted & ~Q(state=NeedState.CLOSED), then=Greatest(F("heads") - F("arrived"), 0)),
        default=None,
        output_field=IntegerField(),
    )
    return rows.annotate(gap=gap, lacking=Greatest(F("heads") - F("accepted"), 0))


def by_urgency(rows: QuerySet[Any], *, on: dt.date) -> QuerySet[Any]:
    """Adds `standing`, the first key of the list: needs still short rise, the longest unmet and
    the most urgent first; those with enough on their way sink below, the settled to the bottom."""
    is_over = ExpressionWrapper(Q(ends_on__lt=on), output_field=BooleanField())
    rows = rows.alias(is_over=is_over)
    return rows.annotate(
        standing=Case(
            When(Q(state__in=[NeedState.MET, NeedState.CLOSED]), then=Value(4)),
            When(is_over=True, then=Value(3)),
            When(heads__gt=0, lacking=0, then=Value(2)),
            default=Value(1),
            output_field=IntegerField(),
        )
    )


def is_due(campaign: Campaign | None, *, on: dt.date) -> bool:
    """Whether the hour of 到岗确认 has struck on the day: before it nobody is late."""
    return campaign is not None and timezone.now() >= Timetable(campaign).moment(
        Hour.ARRIVAL, on=on
    )


def late_deployments(
    rows: QuerySet[Any], *, on: dt.date, campaign: Campaign | None
) -> QuerySet[Any]:
    """Adds `late`: teams that should be there on the day and are not on record with anybody."""
    if not is_due(campaign, on=on):
        return rows.annotate(late=Value(0))
    here = DeploymentDay.objects.filter(deployment=OuterRef("pk"), on=on, present__gt=0)
    missing = (
        Deployment.objects.filter(need=OuterRef("pk"), starts_on__lte=on)
        .filter(Q(ends_on=None) | Q(ends_on__gte=on))
        .exclude(state__in=[DeploymentState.WITHDRAWN, DeploymentState.ENDED])
        .filter(~Exists(here))
    )
    return rows.annotate(late=_total(missing, "need", Count("pk")))


@dataclass(frozen=True)
class Sent:
    """One team sent for a need, and how far it has come."""

    deployment: Deployment
    line: AllocationLine | None
    heads: int
    present: int | None
    is_late: bool

    @property
    def phone(self) -> str:
        """Whom to ring: the number given for this job, else the unit's duty room."""
        own = self.line.leader_phone if self.line else ""
        return own or self.deployment.unit.duty_phone

    @property
    def leader(self) -> Any:
        return self.deployment.leader or (self.line.leader if self.line else None)


def sent_for(rows: QuerySet[Deployment], *, on: dt.date, campaign: Campaign | None) -> list[Sent]:
    """`rows`, all of `campaign`, with heads, presence of the day and lateness, the late first.
    Three queries."""
    due = is_due(campaign, on=on)
    entry = DeploymentDay.objects.filter(deployment=OuterRef("pk"), on=on).order_by()
    named = Assignment.objects.filter(deployment=OuterRef("pk")).on(on)
    found = rows.annotate(
        present=Subquery(entry.values("present")[:1]),
        named=_total(named, "deployment", Count("pk")),
    ).select_related(
        "unit", "leader", "community__street__district", "task_type", "campaign", "need"
    )
    deployments: list[Any] = list(found.order_by("unit__sort_order", "pk"))
    lines = {
        line.deployment_id: line
        for line in AllocationLine.objects.filter(
            deployment__in=[one.pk for one in deployments]
        ).select_related("leader", "sheet")
    }
    sent = []
    for one in deployments:
        line = lines.get(one.pk)
        covers = one.starts_on <= on and (one.ends_on is None or one.ends_on >= on)
        is_off = one.state in (DeploymentState.WITHDRAWN, DeploymentState.ENDED)
        heads = line.heads if line else one.named
        is_late = due and covers and not is_off and not one.present
        sent.append(Sent(one, line, heads, one.present, is_late))
    return sorted(sent, key=lambda one: not one.is_late)


def sheets_of(campaign: Campaign, *, on: dt.date) -> QuerySet[AllocationSheet]:
    """Sheets that send people on `on`, with `heads`, those taken back left out."""
    rows = AllocationSheet.objects.filter(campaign=campaign, on=on)
    return (
        rows.exclude(state=SheetState.WITHDRAWN)
        .annotate(heads=Sum("lines__heads", default=0))
        .select_related("signed_by", "signature_by")
        .order_by("pk")
    )
