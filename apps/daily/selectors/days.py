"""The figures of a day for whoever asks: locked, provisional, or as they stand this minute."""

import datetime as dt
from collections.abc import Collection
from typing import Any, Literal

from apps.assistance.selectors import CODES as RECORDED
from apps.campaigns.models import Campaign
from apps.core.boards import FLASH, FROZEN, LIVE, Kpi
from apps.core.formats import Blank
from apps.core.html import Tag
from apps.deployments.selectors import DESK_BASES
from apps.figures.corrected import corrected_note
from apps.figures.enums import IndicatorKind, ScopeKind, Stage
from apps.figures.keys import KEYS
from apps.figures.models import Snapshot
from apps.figures.selectors.day_values import DayFigures, Value
from apps.figures.selectors.days import (
    asked_indicators,
    home_scope,
    shown,
    standing_snapshot,
    stored_figures,
)
from apps.figures.selectors.moves import Key

from .links import figure_url
from .preview import preview_figures

GAPS = frozenset(keys.gap for keys in KEYS.values() if keys.gap)
FEWER_IS_BETTER = frozenset({"F13", "F14", "E14", "F18", "E18"})


def day_figures(
    campaign: Campaign,
    *,
    on: dt.date,
    user: Any,
    scopes: Collection[ScopeKind] | None = None,
    group: int | None = None,
    by_place: Collection[str] | None = None,
    snapshot: Snapshot | Literal["unknown"] | None = "unknown",
) -> DayFigures:
    """What `user` may see of the day; `stage` None is a live preview. None sees everything.

    With `scopes` or `group` only figures of those are fetched; with `by_place` only these codes
    beside the totals, or beside the group's. Who has the day's snapshot gives it.
    """
    if snapshot == "unknown":
        snapshot = standing_snapshot(campaign, on=on)
    if snapshot is not None:
        return stored_figures(snapshot, user=user, scopes=scopes, group=group, by_place=by_place)
    asked = asked_indicators(campaign, on=on)
    figures = preview_figures(campaign, on=on, scopes=scopes, group=group, by_place=by_place)
    values = shown(figures, asked, user=user)
    return DayFigures(campaign=campaign, on=on, snapshot=None, asked=asked, values=values)


def stage_tag(day: DayFigures) -> Tag:
    return {Stage.LOCKED: FROZEN, Stage.FLASH: FLASH}.get(day.stage, LIVE)  # type: ignore[arg-type]


def headline(
    day: DayFigures,
    *,
    user: Any,
    codes: list[str] | None = None,
    at: tuple[ScopeKind, Key] | None = None,
) -> list[Kpi]:
    """The strip of key figures at the user's own scope: value, coverage, comparable change.

    `codes` picks and orders the indicators; without, all the campaign asks for. `at` names
    another place within the user's scope, such as one of their groups.
    """
    scope, key = at or home_scope(user)
    return [
        _kpi(day, code, day.value(code, scope, key))
        for code in codes or day.asked
        if code in day.asked
    ]


def _kpi(day: DayFigures, code: str, value: Value | None) -> Kpi:
    asked = day.asked[code]
    if value is None:
        # Nothing drew this indicator: nobody was asked, or its ledger has no row that counts.
        why = (Blank.NOT_ASKED, "无应报单位") if asked.is_typed else (Blank.NO_TASK, "台账尚无记录")
        return Kpi(asked.name, None, asked.measure, notes=why[1:], reason=why[0])
    return Kpi(
        label=asked.name,
        value=value.value,
        unit=asked.measure,
        url=value_url(day, value),
        tag=stage_tag(day),
        change=value.change,
        basis=compared_note(value),
        good="down" if asked.code in FEWER_IS_BETTER else "up",
        notes=tuple(coverage_notes(value)),
        qualifier=value.qualifier,
        reason=value.blank,
        corrected=corrected_note(day, value),
    )


def value_url(day: DayFigures, value: Value) -> str:
    """The rows behind a value: of the day, narrowed to its group or category."""
    chosen = {ScopeKind.GROUP: "group", ScopeKind.CATEGORY: "category"}.get(value.scope)
    return figure_url(
        day.campaign, day.on, value.asked.code, **({chosen: value.key} if chosen else {})
    )


def coverage_notes(value: Value) -> list[str]:
    """当日 or 累计, how many of how many."""
    asked = value.asked
    notes = [str(asked.kind.label)]
    if asked.code in RECORDED:
        notes.append("按帮扶记录计")
    elif asked.code in GAPS:
        notes.append(f"计 {value.of} 项需求")
    elif asked.code in DESK_BASES:
        notes.append(DESK_BASES[asked.code].format(n=value.reported, of=value.of))
    elif asked.kind != IndicatorKind.CUMULATIVE:
        what = "家已报" if asked.is_typed else "任务已登记"
        notes.append(f"{value.reported}/{value.of} {what}")
    return notes


def compared_note(value: Value) -> str:
    """Over how many units the change is; empty without one, or where no unit has a part in it."""
    if value.change is None or not value.compared_units:
        return ""
    return f"同口径 {value.compared_units} 家"
