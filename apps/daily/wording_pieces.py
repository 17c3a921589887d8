"""Pieces that 简报 and 报告 say alike: figures, records, words of people, clocks."""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal

from apps.campaigns.milestones import standing
from apps.campaigns.models import Campaign, Milestone
from apps.core import formats
from apps.core.dates import to_local
from apps.figures.enums import ScopeKind
from apps.figures.models import Figure
from apps.office.documents.content import Part, Piece, Quote, Reference, Source, day
from apps.units.enums import UnitCategory

from .selectors.briefs import BriefFacts, ReportFacts
from .selectors.links import figure_url


def figure(row: Figure, *, on: dt.date, campaign: Campaign, part: Part = Part.VALUE) -> Reference:
    """A frozen figure as it is printed, and the address of its leaves."""
    value, measure, qualifier = row.value or Decimal(), row.indicator.get_measure_display(), ""
    if part == Part.CHANGE:
        value = (row.compared or Decimal()) - (row.compared_before or Decimal())
    elif part == Part.COMPARED_UNITS:
        value, measure = Decimal(row.compared_units), "家"
    elif row.qualifier:
        qualifier = row.get_qualifier_display()
    chosen = {"category": row.category} if row.scope == ScopeKind.CATEGORY else {}
    return Reference(
        source=Source.FIGURE,
        value=value,
        measure=measure,
        name=row.indicator.name,
        part=part,
        qualifier=qualifier,
        ids=(row.pk,),
        indicator=row.indicator.code,
        scope=row.scope,
        place=str(UnitCategory(row.category).label) if row.category else "合计",
        on=on.isoformat(),
        url=figure_url(campaign, on, row.indicator.code, **chosen),
    )


def record(number: int | Decimal, measure: str, *, name: str, url: str = "") -> Reference:
    """Rows counted at the making, and the address that opens them."""
    return Reference(
        source=Source.RECORD, value=Decimal(number), measure=measure, name=name, url=url
    )


def by_category(facts: BriefFacts | ReportFacts, rows: Sequence[Figure]) -> Iterator[Piece]:
    """省直机关12人、高校8人, in the official order."""
    known = {row.category: row for row in rows}
    found = [known[code] for code in UnitCategory.values if code in known]
    for n, row in enumerate(found):
        yield f"{'、' if n else ''}{UnitCategory(row.category).label}"
        yield figure(row, on=facts.on, campaign=facts.campaign)


def quoted(lines: Sequence[str]) -> Iterator[Sequence[Piece]]:
    """What people wrote and a leader signed, line by line."""
    for line in lines:
        if line.strip():
            yield [Quote(line.strip())]


def clock(milestone: Milestone) -> list[Piece]:
    """供电恢复（72小时内）：据省电力公司通报，2021年7月23日18时30分如期实现。"""
    limit = f"（{milestone.limit_text}）" if milestone.limit_text not in milestone.name else ""
    named: list[Piece] = [Quote(f"{milestone}{limit}"), "："]
    if milestone.reached_at is None:
        return [*named, "尚未实现。"]
    word = standing(milestone, at=milestone.reached_at).word
    return [*named, Quote(milestone.source), "，", f"{_moment(milestone.reached_at)}{word}。"]


def _moment(at: dt.datetime) -> str:
    local = to_local(at)
    return f"{day(local.date())}{formats.oclock(local.time())}"
