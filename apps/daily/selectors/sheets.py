"""One report as the sheet its unit fills in: what is asked, yesterday, the ledger, the wording."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from apps.assistance.selectors import CODES as RECORDED
from apps.assistance.selectors import unit_day
from apps.campaigns.models import Campaign
from apps.core.scope import scope_of
from apps.deployments.models import Assignment, DeploymentDay
from apps.deployments.selectors import INDICATORS
from apps.figures.enums import IndicatorKind, Measure, Qualifier
from apps.figures.models import CampaignIndicator, Indicator, IndicatorDefinition
from apps.figures.values import qualifier_word

from ..enums import COUNTED, ReportState
from ..models import DailyReport, ReportValue

# Those tallies of the ledger that a single unit has.
UNIT_TALLIES = ("present", "local", "teams", "communities", "people", "covered")


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator of the sheet. `before` is yesterday's value, None when there was none."""

    indicator: Indicator
    is_typed: bool
    is_required: bool
    definition: str
    before: Decimal | None
    before_qualifier: str
    ledger: Decimal | None
    has_ledger: bool
    is_on_post: bool = False

    @property
    def code(self) -> str:
        return self.indicator.code

    @property
    def name(self) -> str:
        return self.indicator.name

    @property
    def unit(self) -> str:
        return str(Measure(self.indicator.measure).label)

    @property
    def is_stock(self) -> bool:
        return self.indicator.kind == IndicatorKind.STOCK

    @property
    def is_flow(self) -> bool:
        return self.indicator.kind == IndicatorKind.FLOW

    @property
    def is_restricted(self) -> bool:
        return self.indicator.is_restricted

    @property
    def can_carry(self) -> bool:
        """Stock alone is carried, and only where there was a value yesterday."""
        return self.is_typed and self.is_stock and self.before is not None


def sees_restricted(user: Any, report: DailyReport) -> bool:
    """限工委和本单位可见: the office and the unit itself, not its liaison group."""
    scope = scope_of(user)
    return scope.everything or report.unit_id in scope.own_units


def lines_for(report: DailyReport, user: Any) -> list[Line]:
    """`report_lines` as `user` may see them: restricted ones without yesterday's and the ledger."""
    if sees_restricted(user, report):
        return report_lines(report)
    return [
        replace(line, before=None, ledger=None) if line.is_restricted else line
        for line in report_lines(report)
    ]


def on_post(lines: Iterable[Line]) -> Line | None:
    """The line by which the ledger has people on post, whom 今日无下沉 would deny."""
    return next((line for line in lines if line.is_on_post and line.ledger), None)


def report_lines(report: DailyReport) -> list[Line]:
    """The lines `report` asks for on its day, in the campaign's order. Nine queries at most."""
    asked = (
        CampaignIndicator.objects.filter(campaign=report.campaign)
        .on(report.on)
        .select_related("indicator")
        .order_by("position")
    )
    wording = _definitions(report)
    before = values_of_day_before(report)
    codes = INDICATORS.get(report.campaign.kind, {})
    of_unit = {codes[name] for name in UNIT_TALLIES if name in codes} | RECORDED
    today = unit_ledger(report, on=report.on)
    yesterday = unit_ledger(report, on=report.on - dt.timedelta(days=1))
    lines = []
    for row in asked:
        code = row.indicator.code
        if not row.is_typed and code in codes.values() and code not in of_unit:
            continue  # counted by community, such as 社区需求缺口: no unit has one
        typed_before = before.get(code, (None, Qualifier.EXACT))
        lines.append(
            Line(
                indicator=row.indicator,
                is_typed=row.is_typed,
                is_required=row.is_required,
                definition=wording.get(row.indicator_id, ""),
                before=typed_before[0] if row.is_typed else yesterday.get(code),
                before_qualifier=qualifier_word(typed_before[1]) if row.is_typed else "",
                ledger=today.get(code),
                has_ledger=code in of_unit,
                is_on_post=code == codes.get("present"),
            )
        )
    return lines


def _definitions(report: DailyReport) -> dict[int, str]:
    rows = IndicatorDefinition.objects.filter(
        indicator__campaignindicator__campaign=report.campaign
    ).on(report.on)
    return {
        indicator: f"{text}（{version}，{basis}）" if basis else text
        for indicator, text, version, basis in rows.order_by("starts_on").values_list(
            "indicator", "text", "version", "basis"
        )
    }


def values_of_day_before(report: DailyReport) -> dict[str, tuple[Decimal | None, str]]:
    """What the unit reported for the day before, by code, with its qualifier."""
    rows = ReportValue.objects.filter(
        revision__report__campaign=report.campaign,
        revision__report__unit=report.unit_id,
        revision__report__on=report.on - dt.timedelta(days=1),
        revision__report__state__in=[*COUNTED, ReportState.LATE],
        revision__report__current=F("revision"),
    )
    return {
        code: (value, qualifier)
        for code, value, qualifier in rows.values_list("indicator__code", "value", "qualifier")
    }


def unit_ledger(report: DailyReport, *, on: dt.date) -> dict[str, Decimal]:
    """What the desks' records say of the report's unit on `on`, by indicator code."""
    return ledger_of(report.campaign, report.unit_id, on=on)


def ledger_of(campaign: Campaign, unit: int, *, on: dt.date) -> dict[str, Decimal]:
    """What the desks' records say of `unit` on `on`, by indicator code."""
    codes = INDICATORS.get(campaign.kind, {})
    tallies = _day_tallies(campaign, unit, on)
    found = {
        codes[name]: Decimal(value)
        for name, value in tallies.items()
        if name in codes and value is not None
    }
    return found | unit_day(campaign, unit=unit, on=on)


def _day_tallies(campaign: Campaign, unit: int, on: dt.date) -> dict[str, int | None]:
    days = DeploymentDay.objects.filter(deployment__campaign=campaign, deployment__unit=unit)
    there = Q(present__gt=0)
    day = days.filter(on=on).aggregate(
        entries=Count("pk"),
        heads=Sum("present"),
        local=Sum("present", filter=Q(deployment__is_local=True), default=0),
        teams=Count("deployment__team", distinct=True, filter=there),
        communities=Count("deployment__community", distinct=True, filter=there),
    )
    heads = day.pop("heads")
    day = {**day, "present": heads} if day.pop("entries") else {}
    served = days.filter(there, deployment=OuterRef("deployment"), on__lte=on)
    people = Assignment.objects.filter(
        Exists(served), deployment__campaign=campaign, unit=unit, starts_on__lte=on
    )
    return {
        **day,
        "covered": days.filter(there, on__lte=on).aggregate(
            n=Count("deployment__community", distinct=True)
        )["n"],
        "people": people.aggregate(n=Count("member", distinct=True))["n"],
    }
