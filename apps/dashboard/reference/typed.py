"""What a unit types into its report, grown out of what its people did that day."""

from collections.abc import Mapping
from decimal import Decimal
from random import Random

from apps.campaigns.enums import CampaignKind
from apps.daily.doubts import is_doubtful
from apps.daily.enums import DoubtReason
from apps.figures.enums import Qualifier

from .world import Work

Typed = dict[str, Decimal | None]

STOCKS = frozenset({"E06", "E14"})
# Measured by eye: these come with 约 or 余 now and then.
ROUGH = frozenset({"F08", "F10", "E10"})
REQUIRED = frozenset({"F14"})


def typed_values(kind: CampaignKind, work: Work, rng: Random, before: Typed) -> Typed:
    """Values by indicator; a cell in forty stays empty (missing, not zero)."""
    values = _flood(work, rng) if kind == CampaignKind.FLOOD else _epidemic(work, rng, before)
    return {
        code: None if code not in REQUIRED and rng.random() < 0.025 else value
        for code, value in values.items()
    }


def _whole(value: float) -> Decimal:
    return Decimal(int(value))


def _tenths(value: float) -> Decimal:
    return Decimal(int(value * 10)) / 10


def _flood(work: Work, rng: Random) -> Typed:
    return {
        "F03": _whole(work.present + work.night),
        "F07": _whole(work.output["road-clearing"]),
        "F08": _tenths(work.output["drainage"]),
        "F09": _whole(work.posts["drainage"] * rng.randint(1, 4)),
        "F10": _tenths(work.output["refuse"]),
        "F11": _whole(work.output["carrying"]),
        "F12": _whole(work.present * rng.uniform(1.5, 6)),
        "F14": _whole(1 if work.present > 20 and rng.random() < 0.02 else 0),
    }


def _epidemic(work: Work, rng: Random, before: Typed) -> Typed:
    kept = before.get("E14")
    unable = rng.randint(0, 12) if kept is None else max(int(kept) + rng.randint(-2, 2), 0)
    return {
        "E06": _whole(work.posts["checkpoint"]),
        "E07": _whole(work.output["checkpoint"]),
        "E08": _whole(work.posts["testing"]),
        "E09": _whole(work.output["testing"]),
        "E10": _whole(work.output["disinfection"]),
        "E11": _whole(work.output["delivery"]),
        "E14": _whole(unable),
    }


def slip(values: Typed, rng: Random) -> Typed:
    """The same report with one figure ten times too large: what a group returns."""
    filled = [code for code, value in values.items() if value]
    if not filled:
        return values
    wrong = rng.choice(filled)
    return {**values, wrong: (values[wrong] or Decimal(0)) * 10}


def marks(
    code: str, value: Decimal | None, before: Mapping[str, Decimal | None], rng: Random
) -> tuple[str, bool, str]:
    """Qualifier, whether yesterday's was carried, and the reason given for a doubtful value."""
    previous = before.get(code)
    qualifier = Qualifier.EXACT
    if code in ROUGH and value and rng.random() < 0.08:
        qualifier = rng.choice((Qualifier.ABOUT, Qualifier.OVER))
    carried = code in STOCKS and value is not None and value == previous and rng.random() < 0.6
    reason = ""
    if value is not None and is_doubtful(value, previous):
        grew = previous is not None and value > previous
        reason = DoubtReason.NEW_TASK if grew else DoubtReason.ENDED
    return qualifier, carried, reason
