"""An editor's home: what waits to be read, what waits to appear, what appeared."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core import formats
from apps.core.boards import LIVE, Kpi
from apps.core.tables import Column, Table
from apps.publicity.enums import ItemState
from apps.publicity.models import Placement, PublicityItem
from apps.publicity.selectors.items import reviewable_by
from apps.publicity.selectors.placements import day_placements

from .day import Day

SHOWN = 6

ITEMS = (
    Column("title", "标题", link="publicity:item_detail", phone="title"),
    Column("unit__short_name", "投稿单位"),
    Column("author", "作者", phone="hide"),
    Column("submitted_at", "投稿时间", kind="moment"),
)


def where(row: Placement) -> SafeString:
    """Channel over day, in one narrow column."""
    return format_html(
        '<span>{}</span> <small class="num muted nowrap">{}</small>',
        row.channel,
        formats.day(row.on),
    )


PLACEMENTS = (
    Column("item__title", "稿件", link="publicity:item_detail", link_by="item_id", phone="title"),
    Column("channel", "渠道", value=where),
)


def editor(day: Day) -> dict[str, Any]:
    """Context of `dashboard/_editor.html`, of the campaign in hand."""
    items = PublicityItem.objects.filter(campaign=day.campaign).select_related("unit")
    to_read = reviewable_by(day.user, state=ItemState.SUBMITTED).filter(campaign=day.campaign)
    to_place = items.filter(state=ItemState.SIGNED)
    in_review = items.filter(state__in=[ItemState.FIRST, ItemState.SECOND]).count()
    appeared = day_placements(day.campaign, on=day.on)
    reading, placing = to_read.count(), to_place.count()
    latest = Placement.objects.standing().filter(item__campaign=day.campaign)
    return {
        "editor_kpis": [
            _kpi("待初审", reading, "篇", state=ItemState.SUBMITTED),
            Kpi("复审、签发中", in_review, "篇", url=reverse("publicity:board"), tag=LIVE),
            _kpi("待刊发", placing, "篇", state=ItemState.SIGNED),
            Kpi(
                "当日刊发",
                appeared.items,
                "篇",
                url=f"{reverse('publicity:placement_list')}?on={day.on.isoformat()}",
                notes=(f"{sum(appeared.kinds.values())} 篇次",),
            ),
        ],
        "editor_to_read": Table(
            ITEMS,
            to_read.select_related("unit").order_by("submitted_at")[:SHOWN],
            caption="待初审",
            empty="没有待初审的稿件。",
        ),
        "editor_to_place": Table(
            ITEMS,
            to_place.order_by("submitted_at")[:SHOWN],
            caption="待刊发",
            empty="没有待刊发的稿件。",
        ),
        "editor_latest": Table(
            PLACEMENTS,
            latest.select_related("item", "channel").order_by("-on", "-id")[:SHOWN],
            caption="最近刊发",
            empty="还没有刊发登记。",
        ),
        "editor_more": {
            "to_read": max(reading - SHOWN, 0),
            "to_place": max(placing - SHOWN, 0),
        },
    }


def _kpi(label: str, value: int, unit: str, *, state: ItemState) -> Kpi:
    url = f"{reverse('publicity:item_list')}?state={state.value}"
    return Kpi(label, value, unit, url=url, tag=LIVE)
