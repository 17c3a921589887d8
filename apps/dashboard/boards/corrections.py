"""What changed a locked day since: the last corrections, and what came in late."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from apps.core import formats
from apps.core.addresses import address, by_key
from apps.core.statements import fetched
from apps.figures.enums import Measure, Stage
from apps.figures.selectors.scope_sql import VISIBLE, seen_by

from .frame import Frame

CORRECTIONS = 8


def corrections(frame: Frame, *, group: int | None = None) -> dict[str, Any]:
    """What changed the day's figures, or a group's, after the lock: old, new, why, who."""
    snapshot = frame.figures.snapshot
    asked = {"campaign": frame.campaign.code, "day": frame.on.isoformat()}
    found = {"corrections_url": f"{address('figures:correction_list')}?{urlencode(asked)}"}
    if snapshot is None or snapshot.stage != Stage.LOCKED:
        return {**found, "corrections": [], "corrections_count": 0, "is_locked": False}
    rows = fetched(CORRECTED, snapshot=snapshot.pk, group=group, **seen_by(frame.scope))
    known = [dict(zip(NAMES, row, strict=True)) for row in rows]
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


NAMES = (
    "state", "old", "new", "reason", "leaf", "unit_id", "unit", "indicator", "measure", "by",
    "reviewer",
)  # fmt: skip
# Whoever sees the figure sees what changed it; restricted ones only their own unit, as
# `Correction.objects.visible_to` has it.
CORRECTED = f"""
SELECT c.state, c.old, c.new, c.reason, f.id, u.id, u.short_name, i.name, i.measure, p.name, r.name
  FROM figures_correction c
  JOIN figures_figure f ON f.id = c.figure_id
  JOIN figures_indicator i ON i.id = f.indicator_id
  LEFT JOIN units_unit u ON u.id = f.unit_id
  LEFT JOIN accounts_user p ON p.id = c.proposed_by_id
  LEFT JOIN accounts_user r ON r.id = c.reviewed_by_id
 WHERE f.snapshot_id = %(snapshot)s AND c.state <> 'declined'
   AND (%(group)s::bigint IS NULL OR f.group_id = %(group)s)
   AND (%(everything)s OR NOT i.is_restricted OR f.unit_id = ANY(%(own_units)s::bigint[]))
   AND {VISIBLE}
 ORDER BY u.sort_order, i.sort_order, c.id DESC
"""  # noqa: S608 - put together from constants


def _correction(row: dict[str, Any]) -> dict[str, Any]:
    measure = str(Measure(row["measure"]).label)
    return {
        "row": row,
        "what": f"{row['unit']} {row['indicator']}",
        "url": by_key("daily:figure_detail")(row["leaf"]),
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
