"""更正后: what stands beside a published figure once it was corrected. The figure never moves."""

import datetime as dt
from decimal import Decimal
from urllib.parse import urlencode

from apps.campaigns.models import Campaign
from apps.core import formats
from apps.core.addresses import address
from apps.core.html import Note

from .enums import CorrectionState, ScopeKind
from .selectors.day_values import DayFigures, Value
from .selectors.moves import Key

NARROWED = frozenset({ScopeKind.UNIT, ScopeKind.GROUP, ScopeKind.CATEGORY})
"""Scopes that the list of corrections can be narrowed to, each by the filter of its name."""


def corrected_text(value: Value) -> str:
    """更正后 318 人; empty where nothing was corrected."""
    return _text(value.corrected, value.asked.measure) if value.is_corrected else ""


def corrected_note(day: DayFigures, value: Value | None) -> Note | None:
    """The same, opening the corrections it was made from."""
    if value is None or not value.is_corrected:
        return None
    code, measure = value.asked.code, value.asked.measure
    at = (value.scope, value.key)
    return note_of(day.campaign, day.on, code, value.corrected, measure, at=at)


def note_of(
    campaign: Campaign,
    on: dt.date,
    code: str,
    corrected: Decimal | None,
    measure: str,
    *,
    at: tuple[ScopeKind, Key],
) -> Note:
    """For a figure that is known by its place alone, as those of a course are."""
    return Note(_text(corrected, measure), corrections_url(campaign, on, code, at=at))


def corrections_url(
    campaign: Campaign, on: dt.date | None, code: str, *, at: tuple[ScopeKind, Key]
) -> str:
    """What was accepted of one figure of a day, or of all its days."""
    scope, key = at
    asked = {
        "campaign": campaign.code,
        **({"day": on.isoformat()} if on else {}),
        "indicator": code,
        "state": CorrectionState.ACCEPTED.value,
        **({scope.value: key} if scope in NARROWED else {}),
    }
    return f"{address('figures:correction_list')}?{urlencode(asked)}"


def _text(corrected: Decimal | None, measure: str) -> str:
    return f"更正后 {formats.figure(corrected, f' {measure}')}"
