"""Whether a number that is about to be asked for is asked already (减负)."""

import re
from dataclasses import dataclass

from apps.campaigns.models import Campaign

from ..enums import Measure
from ..models import CampaignIndicator, Indicator

NOISE = re.compile(r"[\s“”\"'（）()、，·的数量人员情况当日累计今日]")
ALIKE = 0.5
"""Share of two-character pieces in common from which two names speak of one subject."""


@dataclass(frozen=True, slots=True)
class Alike:
    """An indicator of the same measure and subject; `is_asked` where the campaign asks it daily."""

    indicator: Indicator
    is_asked: bool

    @property
    def sentence(self) -> str:
        measure = self.indicator.get_measure_display()
        asked = "，本任务日报已报" if self.is_asked else ""
        return f"与指标“{self.indicator.code} {self.indicator}（{measure}）”相近{asked}"


def alike(
    name: str, measure: str, *, campaign: Campaign | None = None, but: int | None = None
) -> list[Alike]:
    """Indicators that share measure and subject with `name`, the likest first.

    `campaign` narrows to its kind of emergency and tells what it asks; `but` leaves one out.
    """
    rows = Indicator.objects.filter(measure=Measure(measure)).exclude(pk=but or 0)
    asked: set[int] = set()
    if campaign is not None:
        rows = rows.filter(campaign_kind=campaign.kind)
        asked = set(
            CampaignIndicator.objects.filter(campaign=campaign).values_list("indicator", flat=True)
        )
    scored = [(likeness(name, row.name), row) for row in rows]
    found = [(score, row) for score, row in scored if score >= ALIKE]
    return [Alike(row, row.pk in asked) for _, row in sorted(found, key=lambda one: -one[0])]


def likeness(one: str, other: str) -> float:
    """From 0 to 1: the two-character pieces of the shorter name that the other has as well."""
    a, b = pieces(one), pieces(other)
    if not a or not b:
        return 0.0
    return len(a & b) / min(len(a), len(b))


def pieces(name: str) -> set[str]:
    bare = NOISE.sub("", name)
    return {bare[at : at + 2] for at in range(len(bare) - 1)} or ({bare} if bare else set())
