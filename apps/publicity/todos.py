"""What the publicity desk has waiting for each role, asked of the items themselves."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Min, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse

from apps.campaigns.enums import CampaignState
from apps.core import formats
from apps.core.boards import Todo
from apps.core.dates import business_day
from apps.core.html import Tone

from .enums import ItemState
from .models import ItemStep, PublicityItem
from .selectors.adoption import unsigned_months
from .selectors.items import returned_to, reviewable_by


def first_reviews(request: HttpRequest) -> Iterator[Todo]:
    yield from _reviews(request, ItemState.SUBMITTED, "待初审")


def second_reviews(request: HttpRequest) -> Iterator[Todo]:
    yield from _reviews(request, ItemState.FIRST, "待复审")


def signatures(request: HttpRequest) -> Iterator[Todo]:
    yield from _reviews(request, ItemState.SECOND, "待签发")


def placements(_request: HttpRequest) -> Iterator[Todo]:
    """Signed items that have appeared nowhere yet."""
    rows = PublicityItem.objects.filter(state=ItemState.SIGNED)
    yield from _by_campaign(rows, ItemState.SIGNED, "待刊发", "blue")


def _reviews(request: HttpRequest, state: ItemState, label: str) -> Iterator[Todo]:
    yield from _by_campaign(reviewable_by(request.user, state=state), state, label, "yellow")


def _by_campaign(rows: QuerySet[Any], state: ItemState, label: str, tone: Tone) -> Iterator[Todo]:
    """One line a campaign, with the list it opens and since when the first one waits."""
    found = (
        rows.exclude(campaign__state=CampaignState.CLOSED)
        .order_by("campaign")
        .values("campaign__code", "campaign__name")
        .annotate(n=Count("pk"), since=Min("submitted_at"))
    )
    for row in found:
        query = urlencode({"state": state.value, "campaign": row["campaign__code"]})
        yield Todo(
            label=label,
            tone=tone,
            text=f"{row['campaign__name']}稿件 {row['n']} 篇{label}",
            url=f"{reverse('publicity:item_list')}?{query}",
            when=f"最早 {formats.moment(row['since'])}投稿",
        )


def returned(request: HttpRequest) -> Iterator[Todo]:
    """Items of one's own unit that came back, each by its title."""
    last = ItemStep.objects.filter(item=OuterRef("pk"), state=ItemState.RETURNED)
    rows = (
        returned_to(request.user)
        .exclude(campaign__state=CampaignState.CLOSED)
        .annotate(at=Subquery(last.order_by("-at").values("at")[:1]))
        .order_by("at")
    )
    for item in rows:
        yield Todo(
            label="退回",
            tone="red",
            text=f"稿件“{item}”退回修改",
            url=item.get_absolute_url(),
            when=formats.moment(item.at) if item.at else "",
        )


def adoption_notices(_request: HttpRequest) -> Iterator[Todo]:
    """Months that are over and whose notice nobody has signed."""
    for row in unsigned_months(today=business_day()):
        month = row["month"]
        query = urlencode({"campaign": row["code"], "month": f"{month:%Y-%m}"})
        yield Todo(
            label="待签发",
            tone="yellow",
            text=f"{row['campaign']}{month.year}年{month.month}月采用通报待签发",
            url=f"{reverse('publicity:adoption')}?{query}",
        )
