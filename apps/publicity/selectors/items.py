"""Items with what lists and boards show of them, and those that wait for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber

from apps.campaigns.models import Campaign
from apps.core.scope import scope_of
from apps.core.statements import fetched

from ..enums import REVIEWED, WAITS_FOR, ItemState
from ..models import ItemStep, Placement, PublicityItem
from ..permissions import NEXT_REVIEW

CARDS = 12
"""Cards of one column of the board; the list has them all."""


def with_placed(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Adds `placed`: how many times each item appeared (篇次); withdrawn it counts for nothing."""
    counted = (
        Placement.objects.standing()
        .filter(item=OuterRef("pk"))
        .order_by()
        .values("item")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return rows.annotate(placed=Coalesce(Subquery(counted, output_field=IntegerField()), 0))


def reviewable_by(user: Any, *, state: ItemState) -> QuerySet[PublicityItem]:
    """Items in `state` whose next review `user` may do: not his own, not seen in this chain."""
    mine = ItemStep.objects.filter(item=OuterRef("pk"), by=user)
    reviewed = mine.filter(chain=OuterRef("chain"), state__in=REVIEWED)
    handed_in = mine.filter(state=ItemState.SUBMITTED)
    rows: QuerySet[PublicityItem] = PublicityItem.objects.filter(
        ~Exists(reviewed), ~Exists(handed_in), ~Q(created_by=user), state=state
    )
    return rows.exclude(unit__in=scope_of(user).own_units)


@dataclass(frozen=True)
class BoardColumn:
    """One state of the desk's board: how many, and the cards that are shown."""

    state: ItemState
    label: str
    count: int
    items: list[PublicityItem]

    @property
    def more(self) -> int:
        return max(self.count - len(self.items), 0)


def item_board(campaign: Campaign | None, *, user: Any) -> list[BoardColumn]:
    """The columns in the order of the chain, longest waiting first; three statements."""
    rows = PublicityItem.objects.visible_to(user).filter(campaign=campaign, state__in=WAITS_FOR)
    counts = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    waiting = Window(RowNumber(), partition_by="state", order_by=[F("submitted_at"), F("pk")])
    latest = Window(
        RowNumber(), partition_by="state", order_by=[F("submitted_at").desc(), F("pk").desc()]
    )
    published = ItemState.PUBLISHED
    oldest = rows.exclude(state=published).annotate(rank=waiting).filter(rank__lte=CARDS)
    newest = rows.filter(state=published).annotate(rank=latest).filter(rank__lte=CARDS)
    by_state: dict[str, list[PublicityItem]] = {}
    for found in (oldest, newest):
        for item in found.select_related("unit").order_by("rank"):
            by_state.setdefault(item.state, []).append(item)
    return [
        BoardColumn(state, label, counts.get(state, 0), by_state.get(state, []))
        for state, label in WAITS_FOR.items()
    ]


def may_write(user: Any, item: PublicityItem) -> bool:
    """Whether `user` writes on this item: his own, or one of his own unit."""
    return item.created_by_id == user.pk or item.unit_id in scope_of(user).own_units


def count_waiting(user: Any) -> int:
    """Items that wait for `user`: a review he may do, a placement to enter, his to mend.

    Campaigns that are over ask for nothing any more. The menu asks on every page: one statement
    by hand, of the same rules as `reviewable_by` and `returned_to`.
    """
    [[count]] = fetched(
        WAITING,
        user=user.pk,
        own=sorted(scope_of(user).own_units),
        reviews=[state.value for state, name in NEXT_REVIEW.items() if user.has_perm(name)],
        reviewed=[state.value for state in REVIEWED],
        places=user.has_perm("publicity.place_item"),
    )
    return int(count)


WAITING = """
SELECT COUNT(*)
  FROM publicity_publicityitem i
  LEFT JOIN campaigns_campaign c ON c.id = i.campaign_id
 WHERE c.state IS DISTINCT FROM 'closed'
   AND (i.state = 'signed' AND %(places)s
        OR i.state = 'returned'
            AND (i.unit_id = ANY(%(own)s::bigint[]) OR i.created_by_id = %(user)s)
        OR i.state = ANY(%(reviews)s::text[])
            AND i.created_by_id IS DISTINCT FROM %(user)s
            AND (i.unit_id = ANY(%(own)s::bigint[])) IS NOT TRUE
            AND NOT EXISTS (
                SELECT FROM publicity_itemstep s
                 WHERE s.item_id = i.id AND s.by_id = %(user)s
                   AND (s.state = 'submitted'
                        OR s.chain = i.chain AND s.state = ANY(%(reviewed)s::text[]))))
"""


def returned_to(user: Any) -> QuerySet[PublicityItem]:
    """Items that came back to `user` or to his own unit."""
    mine = Q(unit__in=scope_of(user).own_units) | Q(created_by=user)
    rows: QuerySet[PublicityItem] = PublicityItem.objects.filter(mine, state=ItemState.RETURNED)
    return rows
