"""Reads of requests for numbers: who was asked, what came back, what the portal knew already."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef

from apps.campaigns.models import Campaign
from apps.core.dates import business_day
from apps.core.scope import scope_of
from apps.figures.values import qualifier_word

from ..enums import COUNTED, FlashKind, ReplyState, ReportState
from ..models import DataCall, DataCallItem, DataCallReply, DataCallValue, FlashReport, ReportValue
from .sheets import ledger_of


@dataclass(frozen=True, slots=True)
class CallRow:
    """One unit's line of a call, as its table, its reminders and its totals need it."""

    pk: int
    unit: int
    name: str
    group_id: int | None
    group: int | None
    duty_phone: str
    state: ReplyState
    filed_at: dt.datetime | None
    source: str
    note: str
    is_leader_contact: bool
    has_outage: bool
    values: Mapping[int, tuple[Decimal | None, str]]

    @property
    def is_owed(self) -> bool:
        return self.state == ReplyState.OWED

    @property
    def line(self) -> str:
        return f"第{self.group}组" if self.group else ""

    @property
    def way(self) -> str:
        return "" if self.is_owed else self.source

    def cell(self, item: DataCallItem) -> tuple[Decimal | None, str]:
        """The number for `item` and the word that says how exact it is."""
        return self.values.get(item.pk, (None, ""))


def call_rows(call: DataCall, *, on: dt.date, user: Any = None) -> list[CallRow]:
    """Every unit asked, in official order, as far as `user` may see (None: all). Two queries."""
    replies = DataCallReply.objects.filter(call=call)
    if user is not None:
        replies = replies.visible_to(user)
    outage = FlashReport.objects.filter(
        campaign=call.campaign_id,
        unit=OuterRef("unit"),
        kind=FlashKind.OUTAGE,
        happened_at__date=on,
    )
    values: dict[int, dict[int, tuple[Decimal | None, str]]] = {}
    for reply, item, value, qualifier in DataCallValue.objects.filter(reply__call=call).values_list(
        "reply", "item", "value", "qualifier"
    ):
        values.setdefault(reply, {})[item] = (value, qualifier_word(qualifier))
    rows = replies.annotate(
        has_outage=Exists(outage),
        name=F("unit__short_name"),
        number=F("group__number"),
        phone=F("unit__duty_phone"),
        by_leader=F("unit__is_leader_contact"),
    ).order_by("unit__sort_order", "pk")
    return [
        CallRow(
            pk=row.pk,
            unit=row.unit_id,
            name=row.name,
            group_id=row.group_id,
            group=row.number,
            duty_phone=row.phone,
            state=ReplyState(row.state),
            filed_at=row.filed_at,
            source=str(row.get_source_display()),
            note=row.note,
            is_leader_contact=row.by_leader,
            has_outage=row.has_outage,
            values=values.get(row.pk, {}),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class CallTotal:
    """The sum of one item with its coverage; None where nobody answered or it is not added up."""

    item: DataCallItem
    value: Decimal | None
    reported: int
    asked: int


def call_totals(items: Sequence[DataCallItem], rows: Sequence[CallRow]) -> list[CallTotal]:
    """One total per item. Missing is never counted as zero."""
    totals = []
    for item in items:
        numbers = [value for row in rows if (value := row.cell(item)[0]) is not None]
        total = sum(numbers, Decimal()) if numbers and item.is_summed else None
        totals.append(CallTotal(item, total, len(numbers), len(rows)))
    return totals


def known_values(reply: DataCallReply, items: Sequence[DataCallItem]) -> dict[int, Decimal]:
    """What the portal knows of the unit today for those items that name an indicator.

    Today's ledger, else today's daily report; the unit confirms it before it counts.
    """
    wanted = {item.indicator.code: item.pk for item in items if item.indicator is not None}
    if not wanted:
        return {}
    on = business_day()
    campaign: Campaign = reply.call.campaign
    reported = ReportValue.objects.filter(
        revision__report__campaign=campaign,
        revision__report__unit=reply.unit_id,
        revision__report__on=on,
        revision__report__state__in=[*COUNTED, ReportState.LATE],
        revision__report__current=F("revision"),
        indicator__code__in=wanted,
        value__isnull=False,
    ).values_list("indicator__code", "value")
    known: dict[str, Any] = {**dict(reported), **ledger_of(campaign, reply.unit_id, on=on)}
    return {pk: known[code] for code, pk in wanted.items() if code in known}


def answers_itself(user: Any, reply: DataCallReply) -> bool:
    """Whether `user` answers for the own unit; otherwise it is 代录."""
    return reply.unit_id in scope_of(user).own_units
