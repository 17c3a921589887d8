"""Telling units in inbox and mail, and the community's contact in words to phone or copy."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Min, Q

from apps.communities.models import AreaStatus, Community
from apps.core.dates import business_day
from apps.messaging import services as messaging
from apps.messaging.enums import MessageKind
from apps.messaging.services import Mail, Note
from apps.units.enums import UNIT_ROLES
from apps.units.models import Posting, Unit

from ..models import Sealing, SealingChange
from ..sealing import described
from ..sealing_enums import ChangeKind, SealingState

NAMED = 4
"""Measures said one by one; of the rest the number."""
WORDS = {
    ChangeKind.MOVED: "转为在居住社区就地下沉",
    ChangeKind.WITHDRAWN: "撤回",
    ChangeKind.RETURNED: "返回原岗",
}


def tell_units(sealing: Sealing, *, now: dt.datetime) -> int:
    """Tell each unit that sent somebody, and the unit they belong to now, what was done or, once
    `sealing` is undone, that it was taken back; how many units."""
    on = business_day(now)
    undone = sealing.state == SealingState.UNDONE
    told = f"{sealing.pk}-undone" if undone else f"{sealing.pk}"
    counts, causes = _counts_by_unit(sealing, on)
    units = Unit.objects.in_bulk(counts)
    reasons = _Reasons(sealing)
    texts = {
        pk: _unit_text(units[pk], found, reasons.of(causes[pk]), sealing)
        for pk, found in counts.items()
    }
    subject = f"封闭区域人员调整（{sealing.get_kind_display()}）{'已撤销' if undone else ''}"
    drill = "【演练】" if sealing.is_drill else ""
    postings = Posting.objects.on(on).filter(unit__in=counts, role__in=UNIT_ROLES)
    messaging.notify(
        Note(
            user_id=user,
            kind=MessageKind.SEALING,
            dedupe_key=f"sealing|{told}|{unit}",
            subject=f"{drill}{subject}",
            text=texts[unit],
            path=sealing.get_absolute_url(),
        )
        for user, unit in postings.values_list("user", "unit").distinct()
    )
    messaging.queue(
        Mail(
            kind=MessageKind.SEALING,
            on=on,
            slot=f"sealing-{told}",
            address=units[pk].duty_email,
            recipient=str(units[pk]),
            subject=f"{drill}{subject}",
            text=f"{text}\n查看名单：{settings.SITE_URL}{sealing.get_absolute_url()}",
            html="",
            is_drill=sealing.is_drill,
        )
        for pk, text in texts.items()
        if units[pk].duty_email
    )
    return len(counts)


Counts = dict[int, dict[str, int]]
Causes = dict[int, set[int]]
"""The measures that changed something for each unit or community."""


def _counts_by_unit(sealing: Sealing, on: dt.date) -> tuple[Counts, Causes]:
    """People by kind for each unit that sent them or that they belong to; two queries."""
    counts: Counts = defaultdict(lambda: dict.fromkeys(ChangeKind.values, 0))
    causes: Causes = defaultdict(set)
    elsewhere = (
        sealing.changes.filter(
            Q(member__memberships__ends_on=None) | Q(member__memberships__ends_on__gte=on),
            member__memberships__starts_on__lte=on,
        )
        .annotate(belongs_to=F("member__memberships__unit"))
        .exclude(belongs_to=F("deployment__unit"))
    )
    for rows, unit in ((sealing.changes.all(), "deployment__unit"), (elsewhere, "belongs_to")):
        counted = rows.order_by().values_list(unit, "kind", "status").annotate(n=Count("pk"))
        for told, kind, status, n in counted:
            counts[told][kind] += n
            causes[told].add(status)
    return dict(counts), causes


class _Reasons:
    """The measures of a sealing in words; whoever is told hears of those that concern them."""

    def __init__(self, sealing: Sealing) -> None:
        rows = AreaStatus.objects.filter(pk__in=sealing.changes.values("status"))
        found = rows.with_places()
        self.words = {row.pk: described(row) for row in found.order_by("starts_at", "pk")}

    def of(self, causes: Collection[int]) -> str:
        told = [words for pk, words in self.words.items() if pk in causes]
        return "；".join(told[:NAMED]) + (f"等{len(told)}处" if len(told) > NAMED else "")


def _unit_text(unit: Unit, counts: dict[str, int], reason: str, sealing: Sealing) -> str:
    parts = "，".join(f"{counts[kind]}人{WORDS[kind]}" for kind in ChangeKind if counts[kind])
    if sealing.state == SealingState.UNDONE:
        ask = "的调整已撤销，有关人员恢复原派出，请通知本人。"
    else:
        ask = "，请通知本人并核对名单。"
    return f"{unit}：{reason}。贵单位{parts}{ask}{_signature(sealing)}"


def _signature(sealing: Sealing) -> str:
    drill = "（演练）" if sealing.is_drill else ""
    return f"{settings.ORGAN_NAME} {settings.DUTY_PHONE}".strip() + drill


@dataclass(frozen=True)
class PlaceText:
    """What to tell one community's contact, who has no account."""

    community: Community
    text: str

    @property
    def copy_id(self) -> str:
        return f"told-{self.community.pk}"


def community_texts(
    sealing: Sealing, changes: Iterable[SealingChange] | None = None
) -> list[PlaceText]:
    """For each community that gains or loses people: units and totals, no names; five queries."""
    rows: Any = changes if changes is not None else sealing.changes.all()
    come = _by_place(rows, "target__community", {ChangeKind.MOVED, ChangeKind.RETURNED})
    leave = _by_place(rows, "deployment__community", {ChangeKind.WITHDRAWN})
    places = Community.objects.filter(pk__in={*come, *leave}).select_related("street__district")
    reasons, causes = _Reasons(sealing), _causes_by_place(rows)
    return [
        PlaceText(
            place,
            _place_text(
                place,
                come.get(place.pk, []),
                leave.get(place.pk, []),
                reasons.of(causes[place.pk]),
                sealing,
            ),
        )
        for place in places
    ]


def _causes_by_place(rows: Any) -> Causes:
    causes: Causes = defaultdict(set)
    found = rows.order_by().values_list(
        "kind", "target__community", "deployment__community", "status"
    )
    for kind, target, post, status in found.distinct():
        causes[post if kind == ChangeKind.WITHDRAWN else target].add(status)
    return causes


Counted = tuple[str, int, dt.date]


def _by_place(rows: object, path: str, kinds: set[ChangeKind]) -> dict[int, list[Counted]]:
    found: dict[int, list[Counted]] = defaultdict(list)
    counted = (
        rows.filter(kind__in=kinds)  # type: ignore[attr-defined]
        .order_by()
        .values_list(path, "deployment__unit__short_name", "deployment__unit__sort_order")
        .annotate(n=Count("member", distinct=True), first=Min("since"))
        .order_by("deployment__unit__sort_order")
    )
    for place, unit, _, n, first in counted:
        found[place].append((unit, n, first))
    return found


def _place_text(
    place: Community, come: list[Counted], leave: list[Counted], reason: str, sealing: Sealing
) -> str:
    parts = []
    if come:
        first = min(day for _, _, day in come)
        told = "、".join(f"{unit}{n}人" for unit, n, _ in come)
        where = "在贵社区就地下沉" if sealing.kind == "sealed" else "返回贵社区下沉"
        parts.append(f"自{first.month}月{first.day}日起，{told}{where}")
    if leave:
        first = min(day for _, _, day in leave)
        told = "、".join(f"{unit}{n}人" for unit, n, _ in leave)
        parts.append(f"自{first.month}月{first.day}日起，{told}撤回")
    name = f"{place}{place.contact}" if place.contact else str(place)
    return f"{name}：{reason}。{'；'.join(parts)}。请予对接。{_signature(sealing)}"
