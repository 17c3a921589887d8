"""The table of the day's summary (汇总): by category, by group, or by district from the ledger."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from apps.campaigns.models import Campaign
from apps.communities.models import District
from apps.core import formats
from apps.core.html import Note
from apps.core.statements import fetched
from apps.deployments.selectors import Attendance, attendance
from apps.figures.corrected import corrected_note
from apps.figures.enums import ScopeKind
from apps.figures.keys import keys_of
from apps.figures.selectors.day_values import DayFigures, Value
from apps.figures.selectors.moves import Key
from apps.publicity.selectors.placements import day_placements
from apps.units.enums import UnitCategory
from apps.units.models import LiaisonGroup

from ..enums import COUNTED
from .links import figure_url, missing_url, posts_url, reports_url
from .upward import told_line

NOBODY = Attendance(0, 0, 0, 0, 0)


@dataclass(frozen=True)
class Filed:
    """Reports of a scope: counted, filed after the lock, and asked for."""

    filed: int
    late: int
    asked: int


@dataclass(frozen=True)
class SummaryRow:
    """One line of the summary. `reports` is None where reports do not divide (districts)."""

    day: DayFigures
    label: str
    reports: Filed | None
    attendance: Attendance
    present: Value | None
    ever: Value | None
    url: str
    posts_url: str
    ever_url: str
    missing_url: str
    reports_url: str
    key: Key = None

    @property
    def corrected(self) -> Note | None:
        """更正后 beside the number on post."""
        return corrected_note(self.day, self.present)

    @property
    def change(self) -> Decimal | None:
        return self.present.change if self.present else None


@dataclass(frozen=True)
class Summary:
    rows: list[SummaryRow]
    total: SummaryRow

    @property
    def carried_line(self) -> str:
        """未报单位暂按昨日数计: a line of its own, never mixed in."""
        value = self.total.present
        about = value.with_carried if value else None
        if about is None:
            return ""
        return f"未登记单位暂按昨日数计，约{formats.number(about.value)}{about.measure.label}"


def summary(day: DayFigures, *, by: ScopeKind) -> Summary:
    """The day by CATEGORY, GROUP or DISTRICT, in the official order; six queries at most."""
    keys = keys_of(day.campaign.kind)
    filed = filed_reports(day.campaign, on=day.on, by=by)
    there = attendance(day.campaign, on=day.on, by=by)

    def row(label: str, scope: ScopeKind, key: Key, chosen: dict[str, Key]) -> SummaryRow:
        return SummaryRow(
            day=day,
            label=label,
            reports=None if scope == ScopeKind.DISTRICT else filed.get(key, Filed(0, 0, 0)),
            attendance=there.get(key, NOBODY),
            present=day.value(keys.on_post, scope, key),
            ever=day.value(keys.ever_on_post, scope, key),
            url=figure_url(day.campaign, day.on, keys.on_post, **chosen),
            posts_url=posts_url(day.campaign, day.on, **chosen),
            ever_url=figure_url(day.campaign, day.on, keys.ever_on_post, **chosen),
            missing_url=missing_url(day.campaign, day.on, **chosen),
            reports_url=reports_url(day.campaign, day=day.on.isoformat(), state="asked", **chosen),
            key=key,
        )

    return Summary(
        rows=[row(label, by, key, {by.value: key}) for key, label in _places(by, filed, there)],
        total=row("合计", ScopeKind.TOTAL, None, {}),
    )


FILED = """
SELECT {key}, COUNT(*) FILTER (WHERE state = ANY(%(counted)s)),
       COUNT(*) FILTER (WHERE state = 'late'), COUNT(*)
  FROM daily_dailyreport
 WHERE campaign_id = %(campaign)s AND "on" = %(on)s AND state <> 'exempt'
 GROUP BY {key}
"""
FILED_BY = {key: FILED.format(key=key) for key in ("group_id", "category")}


def filed_reports(campaign: Campaign, *, on: dt.date, by: ScopeKind) -> dict[Key, Filed]:
    """Reports by group id or category of the day, and of all under None."""
    rows = fetched(
        FILED_BY["group_id" if by == ScopeKind.GROUP else "category"],
        campaign=campaign.pk,
        on=on,
        counted=[state.value for state in COUNTED],
    )
    found: dict[Key, Filed] = {key: Filed(*counts) for key, *counts in rows}
    whole = Filed(
        *(sum(getattr(row, name) for row in found.values()) for name in ("filed", "late", "asked"))
    )
    return {**{key: row for key, row in found.items() if key is not None}, None: whole}


def _places(
    by: ScopeKind, filed: dict[Key, Filed], there: dict[int | str | None, Attendance]
) -> Iterable[tuple[Key, str]]:
    if by == ScopeKind.GROUP:
        groups = LiaisonGroup.objects.filter(pk__in=[key for key in filed if key is not None])
        return [(group.pk, str(group)) for group in groups]
    if by == ScopeKind.DISTRICT:
        districts = District.objects.filter(pk__in=[key for key in there if key is not None])
        return [(district.pk, district.name) for district in districts]
    return [(key, str(label)) for key, label in UnitCategory.choices if key in filed]


def summary_notes(table: Summary, campaign: Campaign, on: dt.date) -> list[str]:
    """The grey line under the summary: cumulative, comparable units, what appeared, what was told."""
    total = table.total
    notes = []
    if total.ever is not None and total.ever.number is not None:
        measure = total.ever.asked.measure
        notes.append(f"累计下沉 {formats.number(total.ever.number)} {measure}（去重）")
    if total.present is not None and total.present.compared_units:
        notes.append(f"同口径 {total.present.compared_units} 家")
    if total.reports is not None and total.reports.late:
        notes.append(f"另有锁定后补报 {total.reports.late} 家，经审核作更正")
    if table.carried_line:
        notes.append(table.carried_line)
    lines = (day_placements(campaign, on=on).sentence, told_line(campaign, on=on))
    return [*notes, *(line for line in lines if line)]
