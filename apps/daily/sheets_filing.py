"""One row of a table of reports, filed as a form would be."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from apps.campaigns.models import Campaign
from apps.figures.models import Indicator
from apps.figures.values import parse_value
from apps.units.models import Unit

from .enums import ReportSource
from .models import DailyReport, ReportValue
from .selectors.sheets import sees_restricted, values_of_day_before
from .services.reports import (
    Entry,
    Filing,
    Origin,
    enter_for_unit,
    report_of,
    submit_report,
)
from .sheets_values import SAME, ValueColumn, text_of


@dataclass(frozen=True)
class FiledRow:
    """What a row says: `texts` are its numbers by column, `said` its words."""

    number: int
    unit: int
    campaign: int
    on: dt.date
    is_zero: bool
    said: Mapping[str, str]
    texts: Mapping[str, str]

    def without(self, columns: Collection[str]) -> FiledRow:
        """The row with these numbers left blank."""
        texts = {name: "" if name in columns else text for name, text in self.texts.items()}
        return replace(self, texts=texts)

    def says(self, unread: Collection[str] | None) -> bool:
        """Whether it has a number or says there is none; without, nothing is filed."""
        return self.is_zero or any(
            text or name in (unread or ()) for name, text in self.texts.items()
        )

    def shown(self, column: str) -> str:
        """The cell as a problem quotes it."""
        if column == "on":
            return self.on.isoformat()
        return self.texts.get(column) or self.said.get(column) or ""


class RowFiler:
    """Files rows for one person, by the rules of the report's own services."""

    def __init__(self, user: Any, values: Sequence[ValueColumn], *, now: dt.datetime) -> None:
        self._user = user
        self._values = values
        self._now = now
        self._known: dict[tuple[int, dt.date], dict[str, Indicator]] = {}

    @cached_property
    def _campaigns(self) -> dict[int, Campaign]:
        return Campaign.objects.in_bulk()

    @cached_property
    def _units(self) -> dict[int, Unit]:
        return Unit.objects.in_bulk()

    def _report(self, row: FiledRow) -> DailyReport:
        campaign, unit = self._campaigns[row.campaign], self._units[row.unit]
        return report_of(campaign, unit, on=row.on, now=self._now)

    def file(self, row: FiledRow) -> None:
        """File the row's report, for the own unit or 代录. Raises the refusals of the services."""
        report = self._report(row)
        filing = self._filing(report, row)
        if self._user.has_perm("daily.file_report", report):
            submit_report(report, filing, by=self._user, now=self._now)
            return
        origin = Origin(ReportSource.TABLE, self._user.name[:40], self._now)
        enter_for_unit(report, filing, origin=origin, by=self._user, now=self._now)

    def _filing(self, report: DailyReport, row: FiledRow) -> Filing:
        is_blind = not sees_restricted(self._user, report)
        return Filing(
            version=report.version,
            submission=uuid.uuid4(),
            entries=self._entries(report, row, is_blind=is_blind),
            is_zero=row.is_zero,
            zero_reason=row.said["doubt_reason"],
            is_calm=report.current.is_calm if report.current else False,
            leader_on_duty=row.said["leader_on_duty"],
            night_phone=row.said["night_phone"],
            needs=row.said["needs"],
            explanation=row.said["explanation"],
            is_blind=is_blind,
        )

    def _entries(self, report: DailyReport, row: FiledRow, *, is_blind: bool) -> dict[str, Entry]:
        asked = self._asked(report)
        standing = self._standing(report)
        entries = {}
        for value in self._values:
            indicator, text = asked.get(value.indicator.name), row.texts[value.name]
            if indicator is None:
                continue
            if value.is_restricted and is_blind and not text and indicator.code in standing:
                # Who may not read it has left blank what the unit has said itself.
                entries[indicator.code] = standing[indicator.code]
                continue
            reading = parse_value(text, indicator.measure)
            entries[indicator.code] = Entry(
                reading.value, reading.qualifier, doubt_reason=row.said["doubt_reason"]
            )
        return entries

    def _asked(self, report: DailyReport) -> dict[str, Indicator]:
        """What the campaign has typed on the report's day, by name."""
        if (key := (report.campaign_id, report.on)) not in self._known:
            rows = report.campaign.indicators.on(report.on).filter(is_typed=True)
            self._known[key] = {
                one.indicator.name: one.indicator for one in rows.select_related("indicator")
            }
        return self._known[key]

    def _standing(self, report: DailyReport) -> dict[str, Entry]:
        rows = ReportValue.objects.filter(revision=report.current_id).select_related("indicator")
        return {
            one.indicator.code: Entry(one.value, one.qualifier, one.is_carried, one.doubt_reason)
            for one in rows
        }

    def not_asked(self, row: FiledRow) -> dict[str, str]:
        """Numbers the row's campaign does not want that day."""
        asked = self._asked(self._report(row))
        return {
            value.name: f"该任务当日不填报“{value.indicator.name}”，请留空。"
            for value in self._values
            if row.texts[value.name] and value.indicator.name not in asked
        }

    def as_yesterday(self, row: FiledRow) -> dict[str, str]:
        """What yesterday's values are, for cells that say 同昨日: they are to be confirmed."""
        if SAME not in row.texts.values():
            return {}
        report = self._report(row)
        before = values_of_day_before(report)
        is_blind = not sees_restricted(self._user, report)
        found = {}
        for value in self._values:
            if row.texts[value.name] != SAME:
                continue
            known = [before[code] for code in value.codes if code in before]
            shown = text_of(*known[0]) if known and not (is_blind and value.is_restricted) else ""
            if shown:
                reason = f"“{SAME}”须经核对：昨日为 {shown}，确认无误的请填 {shown}。"
            else:
                reason = f"“{SAME}”没有昨日的数可用，请填写数字。"
            found[value.name] = reason
        return found
