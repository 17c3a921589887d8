"""What the pages of closures share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from apps.campaigns.current import current_campaign
from apps.core.boards import Kpi
from apps.core.html import Tone

from ..models import Sealing
from ..sealing_enums import ChangeKind, SealingState
from ..services.sealing_work import APPLY

__all__ = [
    "APPLY",
    "BOARD",
    "KIND_TONES",
    "STATE_TONES",
    "VIEW",
    "asks_for_drill",
    "kpis",
    "people",
]

VIEW = "deployments.view_sealing"
BOARD = "封闭区域人员调整"
KIND_TONES: dict[Any, Tone] = {
    ChangeKind.MOVED: "blue",
    ChangeKind.WITHDRAWN: "yellow",
    ChangeKind.RETURNED: "green",
}
STATE_TONES: dict[Any, Tone] = {
    SealingState.APPLYING: "blue",
    SealingState.APPLIED: "green",
    SealingState.REFUSED: "red",
    SealingState.UNDOING: "blue",
    SealingState.UNDONE: "grey",
}


def asks_for_drill(request: HttpRequest) -> bool:
    """The world asked for, else that of the campaign in hand."""
    asked = request.GET.get("drill", "")
    if asked:
        return asked == "1"
    campaign = current_campaign(request)
    return campaign is not None and campaign.is_drill


def people(of: Sealing | str, *, is_drill: bool = False, **chosen: Any) -> str:
    """The list of those a plan (by its page's name) or a sealing touches, narrowed."""
    if isinstance(of, Sealing):
        address = reverse("deployments:sealing_people", args=[of.pk])
    else:
        address, chosen = reverse(f"deployments:{of}"), {"drill": int(is_drill), **chosen}
    return f"{address}?{urlencode(chosen)}" if chosen else address


def kpis(counts: Mapping[str, int], units: int, of: Sealing | str, *, is_drill: bool) -> list[Kpi]:
    shown = [
        Kpi(
            str(ChangeKind(kind).label),
            counts[kind],
            "人",
            url=people(of, is_drill=is_drill, kind=kind),
            good="",
        )
        for kind in ChangeKind.values
        if counts[kind]
    ]
    by_unit = "#tab" if isinstance(of, Sealing) else "#by-unit"
    return [*shown, Kpi("涉及单位", units, "家", url=by_unit, good="")]
