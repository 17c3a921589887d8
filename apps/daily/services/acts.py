"""The four acts: pulled from the evidence of the desks, never pushed by them."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Sum

from apps.accounts.models import User
from apps.core.dates import business_day, day_bounds
from apps.deployments.allocating import SheetState
from apps.deployments.models import AllocationSheet
from apps.figures.models import Snapshot

from ..enums import ActKind, ActState, Fulfilment
from ..errors import ActRefusedError
from ..models import CityTalk, CityTalkItem, DailyReport, DailyRound, RoundAct

# An act may be settled this many days back; older rounds are history.
LOOK_BACK = dt.timedelta(days=7)

Evidence = tuple[dt.datetime, dict[str, Any]]


@transaction.atomic
def settle_acts(round_: DailyRound, *, now: dt.datetime) -> list[ActKind]:
    """Mark those pending acts of the round done whose evidence is there; returns which.

    What an act rests on is kept with it. An act whose moment of evidence lies after its due
    moment is 逾期办结.
    """
    settled = []
    for act in RoundAct.objects.filter(round=round_, state=ActState.PENDING):
        found = EVIDENCE[ActKind(act.kind)](round_, now)
        if found is not None and _settle(act, *found):
            settled.append(ActKind(act.kind))
    return settled


def settle_open_rounds(now: dt.datetime) -> int:
    """Settle every recent round with something pending; called each minute."""
    pending = RoundAct.objects.filter(round=OuterRef("pk"), state=ActState.PENDING)
    rounds = DailyRound.objects.filter(
        Exists(pending), on__gte=business_day(now) - LOOK_BACK
    ).select_related("campaign")
    return sum(len(settle_acts(round_, now=now)) for round_ in rounds)


@transaction.atomic
def waive_act(act: RoundAct, *, reason: str, by: User) -> None:
    """Excuse an act of the day (免办). Raises ActRefusedError without a reason or when done."""
    reason = reason.strip()
    if not reason:
        raise ActRefusedError("免办须填写原因。", field="reason")
    waived = RoundAct.objects.filter(pk=act.pk, state=ActState.PENDING).update(
        state=ActState.WAIVED, waive_reason=reason, evidence={"waived_by": by.name}
    )
    if not waived:
        raise ActRefusedError("该事项已办结或已免办。")


@transaction.atomic
def resume_act(act: RoundAct, *, now: dt.datetime) -> None:
    """Take a waiver back. Raises ActRefusedError when the act is not waived."""
    resumed = RoundAct.objects.filter(pk=act.pk, state=ActState.WAIVED).update(
        state=ActState.PENDING, waive_reason="", evidence={}
    )
    if not resumed:
        raise ActRefusedError("该事项未免办。")
    settle_acts(act.round, now=now)


@transaction.atomic
def assign_act(act: RoundAct, *, owner: User | None) -> None:
    """Name who answers for the act; None leaves it to the office."""
    RoundAct.objects.filter(pk=act.pk).update(owner=owner)


def _settle(act: RoundAct, at: dt.datetime, evidence: dict[str, Any]) -> bool:
    from .locking import LOCK_SLACK  # the two rooms know each other

    slack = LOCK_SLACK if act.kind == ActKind.SUMMARY else dt.timedelta()
    state = ActState.DONE if at <= act.due_at + slack else ActState.DONE_LATE
    return bool(
        RoundAct.objects.filter(pk=act.pk, state=ActState.PENDING).update(
            state=state, done_at=at, evidence=evidence
        )
    )


def _locked(round_: DailyRound, _now: dt.datetime) -> Evidence | None:
    snapshot = Snapshot.objects.locked().filter(campaign=round_.campaign_id, on=round_.on).first()
    if snapshot is None:
        return None
    reports = DailyReport.objects.filter(campaign=round_.campaign_id).on(round_.on)
    return snapshot.taken_at, {
        "snapshot": snapshot.pk,
        "reported": reports.counted().count(),
        "asked": reports.asked().count(),
    }


def _talked(round_: DailyRound, now: dt.datetime) -> Evidence | None:
    """A talk took place, and every item of every talk has our answer."""
    talks = CityTalk.objects.filter(round=round_)
    items = CityTalkItem.objects.filter(talk__round=round_)
    unanswered = items.filter(reply="", fulfilment=Fulfilment.OPEN)
    if not talks.exists() or unanswered.exists():
        return None
    return now, {"talks": talks.count(), "items": items.count()}


def _signed(name: str) -> Callable[[DailyRound, dt.datetime], Evidence | None]:
    def evidence(round_: DailyRound, _now: dt.datetime) -> Evidence | None:
        record = getattr(DailyRound.objects.get(pk=round_.pk), name, None)
        if record is None or record.signed_at is None:
            return None
        return record.signed_at, {"signed_by": record.signed_by.name}

    return evidence


def _dispatched(round_: DailyRound, now: dt.datetime) -> Evidence | None:
    """The day's note is signed, or the sheets of the day are and none waits for a signature."""
    note = _signed("dispatch")(round_, now)
    if note is not None:
        return note
    start, end = day_bounds(round_.on)
    sheets = AllocationSheet.objects.filter(campaign=round_.campaign_id).exclude(
        state=SheetState.WITHDRAWN
    )
    if sheets.filter(state=SheetState.REVIEW, submitted_at__lt=end).exists():
        return None
    signed = sheets.filter(signed_at__gte=start, signed_at__lt=end)
    last = signed.select_related("signed_by").order_by("-signed_at").first()
    if last is None or last.signed_at is None:
        return None
    heads = signed.aggregate(heads=Sum("lines__heads", default=0))["heads"]
    return last.signed_at, {
        "signed_by": str(last.signed_by),
        "sheets": signed.count(),
        "heads": heads,
    }


EVIDENCE: dict[ActKind, Callable[[DailyRound, dt.datetime], Evidence | None]] = {
    ActKind.CITY_TALK: _talked,
    ActKind.SUMMARY: _locked,
    ActKind.JUDGMENT: _signed("judgment"),
    ActKind.DISPATCH: _dispatched,
}
