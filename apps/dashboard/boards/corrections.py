"""What changed a locked day since: the last corrections, and what came in late."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.db.models import F
from django.urls import reverse

from apps.core import formats
from apps.figures.enums import CorrectionState, Measure, Stage
from apps.figures.models import Correction

from .frame import Frame

CORRECTIONS = 8


def corrections(frame: Frame, *, group: int | None = None) -> dict[str, Any]:
    """What changed the day's figures, or a group's, after the lock: old, new, why, who."""
    snapshot = frame.figures.snapshot
    asked = {"campaign": frame.campaign.code, "day": frame.on.isoformat()}
    found = {"corrections_url": f"{reverse('figures:correction_list')}?{urlencode(asked)}"}
    if snapshot is None or snapshot.stage != Stage.LOCKED:
        return {**found, "corrections": [], "corrections_count": 0, "is_locked": False}
    rows = (
        Correction.objects.visible_to(frame.user)
        .filter(figure__snapshot=snapshot)
        .exclude(state=CorrectionState.DECLINED)
        .order_by("figure__unit__sort_order", "figure__indicator__sort_order", "-id")
        .values("state", "old", "new", "reason", **CORRECTED)
    )
    if group is not None:
        rows = rows.filter(figure__group=group)
    known: list[Any] = list(rows)
    changed = [row for row in known if row["old"] is not None]
    arrived = groupby(
        (row for row in known if row["old"] is None), key=lambda row: (row["unit_id"], row["unit"])
    )
    late = [(unit, list(of_unit)) for unit, of_unit in arrived]
    lines = [_correction(row) for row in changed[:CORRECTIONS]] + [
        _late(name, of_unit, f"{found['corrections_url']}&unit={pk}")
        for (pk, name), of_unit in late[: max(CORRECTIONS - len(changed), 0)]
    ]
    return {
        **found,
        "corrections": lines,
        "corrections_count": len(known),
        "corrections_more": len(changed) + len(late) - len(lines),
        "is_locked": True,
    }


CORRECTED = {
    "leaf": F("figure"),
    "unit_id": F("figure__unit"),
    "unit": F("figure__unit__short_name"),
    "indicator": F("figure__indicator__name"),
    "measure": F("figure__indicator__measure"),
    "by": F("proposed_by__name"),
    "reviewer": F("reviewed_by__name"),
}


def _correction(row: dict[str, Any]) -> dict[str, Any]:
    measure = str(Measure(row["measure"]).label)
    return {
        "row": row,
        "what": f"{row['unit']} {row['indicator']}",
        "url": reverse("daily:figure_detail", args=[row["leaf"]]),
        "old": formats.figure(row["old"], measure),
        "new": formats.figure(row["new"], measure),
    }


def _late(unit: str, rows: list[dict[str, Any]], url: str) -> dict[str, Any]:
    """What a unit filed after the lock stands together: its figures had been missing."""
    return {
        "row": rows[0],
        "what": unit,
        "url": url,
        "old": formats.Blank.MISSING,
        "new": f"补报 {len(rows)} 项",
    }
