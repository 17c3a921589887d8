"""A day of a flood at four in the afternoon, with one unit that reports: what report tests share."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
import time_machine

from apps.campaigns.models import Campaign
from apps.core.dates import moment_on
from apps.daily.models import DailyReport
from apps.daily.services import reports as services
from apps.figures.enums import IndicatorKind, IndicatorSource, Measure, Section
from tests.factories import (
    CampaignFactory,
    CampaignIndicatorFactory,
    IndicatorDefinitionFactory,
    IndicatorFactory,
    ReportRevisionFactory,
    ReportValueFactory,
    UnitActivationFactory,
)

DAY = dt.date(2021, 8, 5)
EVE = DAY - dt.timedelta(days=1)
AT_FOUR = moment_on(DAY, dt.time(16, 0))
AT_SIX = moment_on(DAY, dt.time(18, 0))


@pytest.fixture
def clock():
    """Four in the afternoon of 5 August 2021; `clock.move_to(...)` goes on."""
    with time_machine.travel(AT_FOUR, tick=False) as traveller:
        yield traveller


@pytest.fixture
def flood(clock, db):
    """A flood that asks for a stock, two flows, injuries, and one figure of the ledger."""
    campaign = CampaignFactory(code="flood-2021", name="2021年防汛救灾")
    asked = (
        ("F01", "在岗下沉党员", Measure.PEOPLE, IndicatorKind.STOCK, Section.FORCE, False),
        ("F06", "值守卡口", Measure.COUNT, IndicatorKind.STOCK, Section.FORCE, True),
        ("F03", "当日下沉", Measure.PERSON_TIMES, IndicatorKind.FLOW, Section.FORCE, True),
        ("F14", "下沉人员伤病", Measure.PEOPLE, IndicatorKind.FLOW, Section.FORCE, True),
        ("F08", "清淤", Measure.CUBIC_METRES, IndicatorKind.FLOW, Section.WORK, True),
    )
    for position, (code, name, measure, kind, section, typed) in enumerate(asked):
        indicator = IndicatorFactory(
            code=code,
            name=name,
            measure=measure,
            kind=kind,
            section=section,
            source=IndicatorSource.REPORTED if typed else IndicatorSource.BOTH,
            is_restricted=code == "F14",
            sort_order=position,
        )
        IndicatorDefinitionFactory(indicator=indicator, text=f"{name}的口径")
        CampaignIndicatorFactory(
            campaign=campaign,
            indicator=indicator,
            position=position,
            is_typed=typed,
            is_required=code == "F14",
        )
    return campaign


@pytest.fixture
def report(flood, unit):
    """What the unit of the cast owes today."""
    return expected(flood, unit)


def expected(campaign: Campaign, unit, on: dt.date = DAY) -> DailyReport:
    if not campaign.activations.filter(unit=unit).exists():
        UnitActivationFactory(campaign=campaign, unit=unit)
    services.open_day_reports(campaign, on=on)
    return DailyReport.objects.get(campaign=campaign, unit=unit, on=on)


def reported(campaign: Campaign, unit, on: dt.date, **values: object) -> DailyReport:
    """A report of `on` that stands as filed, with values by indicator code."""
    report = expected(campaign, unit, on)
    revision = ReportRevisionFactory(report=report)
    for row in campaign.indicators.filter(indicator__code__in=values).select_related("indicator"):
        ReportValueFactory(
            revision=revision,
            indicator=row.indicator,
            value=Decimal(str(values[row.indicator.code])),
        )
    return report


def typed(report: DailyReport, **fields: object) -> dict[str, object]:
    """The form as a browser sends it, everything answered; `F08="12"` changes a cell."""
    cells = {"F06": "9", "F03": "40", "F14": "0", "F08": "12.5"}
    other = {name: value for name, value in fields.items() if name not in cells}
    cells |= {name: str(value) for name, value in fields.items() if name in cells}
    return {
        "version": report.version,
        "submission": str(uuid.uuid4()),
        "opened_at": AT_FOUR.isoformat(),
        **{f"v-{code}": text for code, text in cells.items()},
        **other,
    }


def values_of(report: DailyReport) -> dict[str, Decimal | None]:
    report.refresh_from_db()
    return services.current_values(report)
