"""The home of the city's committee: what its communities ask for, and where hands are short."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from apps.core import formats
from apps.core.boards import LIVE, Kpi
from apps.core.dates import day_bounds
from apps.core.tables import Column, Table
from apps.deployments.models import Need
from apps.deployments.whereabouts import with_gap

from ..selectors.links import needs_url
from .day import Day

MOST = 10
"""Needs shown at home; the list has them all."""

SHOWN = ("wanted", "unmet")
"""Needs whose gap is counted on the day, and those of them that lack people."""

ROW = "deployments:need_detail"
NEEDS = (
    Column("community__name", "社区", link=ROW, phone="title"),
    Column("community__street__district__short_name", "区县"),
    Column("community__street__name", "街道"),
    Column("task_type__name", "任务"),
    Column("heads", "需求", kind="number", unit="人", link=ROW),
    Column("arrived", "到岗", kind="number", unit="人", link=ROW),
    Column("gap", "缺口", kind="number", unit="人", link=ROW, css="worse strong p-end"),
)


def city(day: Day) -> dict[str, Any]:
    """Context of `dashboard/_city.html`; three queries."""
    seen = Need.objects.visible_to(day.user).filter(campaign=day.campaign)
    needs: QuerySet[Any] = with_gap(seen, on=day.on)
    start, end = day_bounds(day.on)
    counts = seen.aggregate(
        raised=Count("pk"),
        today=Count("pk", filter=Q(raised_at__gte=start, raised_at__lt=end)),
    )
    counted = list(needs.filter(gap__isnull=False).values_list("heads", "arrived", "gap"))
    counts |= {
        "counted": len(counted),
        "short": sum(lacking > 0 for _, _, lacking in counted),
        "wanted": sum(heads for heads, _, _ in counted),
        "there": sum(arrived for _, arrived, _ in counted),
        "gap": sum(lacking for _, _, lacking in counted),
    }
    rows = needs.filter(gap__gt=0).select_related("community__street__district", "task_type")
    return {
        "city_kpis": _kpis(day, counts),
        "short_needs": Table(
            NEEDS,
            rows.order_by("-gap", "community__sort_key", "pk")[:MOST],
            caption="缺口最大的需求",
            empty="没有缺口。",
            is_compact=True,
        ),
        "short_more": max(counts["short"] - MOST, 0),
        "unmet_url": needs_url(day.campaign, unmet=day.on.isoformat()),
    }


def _kpis(day: Day, counts: dict[str, int]) -> list[Kpi]:
    wanted, unmet = (needs_url(day.campaign, **{which: day.on.isoformat()}) for which in SHOWN)
    raised = f"当日登记 {counts['today']} 项"
    total = f"累计 {formats.number(counts['raised'])} 项"
    return [
        Kpi("计缺口的需求", counts["counted"], "项", url=wanted, tag=LIVE, notes=(raised, total)),
        Kpi("需求人数", counts["wanted"], "人", url=wanted),
        Kpi("到岗", counts["there"], "人", url=wanted),
        Kpi(
            "缺口",
            counts["gap"],
            "人",
            url=unmet,
            notes=(f"{counts['short']} 项未补足",),
            alert=counts["gap"] > 0,
        ),
    ]
