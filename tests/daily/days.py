"""A small campaign with two days of reports and a ledger, for the tests of the night."""

import datetime as dt
from decimal import Decimal

from apps.core.dates import moment_on
from apps.daily.models import DailyReport
from apps.daily.services import open_day
from apps.figures.enums import IndicatorKind, Measure, Rollup
from apps.figures.models import Figure
from apps.units.enums import UnitCategory
from tests.factories import (
    CampaignFactory,
    CampaignIndicatorFactory,
    IndicatorFactory,
    LiaisonGroupFactory,
    ReportRevisionFactory,
    ReportValueFactory,
    UnitActivationFactory,
    UnitFactory,
)

FIRST = dt.date(2021, 8, 4)
SECOND = dt.date(2021, 8, 5)
OPENING, EVENING, NIGHT = dt.time(0, 5), dt.time(19, 0), dt.time(22, 0)


def at(day, hour, minute=0):
    return moment_on(day, dt.time(hour, minute))


class World:
    """One campaign that asks for 道路清障 (typed) and 在岗 (ledger) of `units` units."""

    def __init__(self, units=4):
        self.campaign = CampaignFactory(code="flood-2021")
        self.groups = [LiaisonGroupFactory(number=number) for number in (1, 2)]
        categories = [UnitCategory.PROVINCIAL, UnitCategory.UNIVERSITY]
        self.units = [
            UnitFactory(group=self.groups[n % 2], category=categories[n // 2 % 2], sort_order=n)
            for n in range(units)
        ]
        for unit in self.units:
            UnitActivationFactory(campaign=self.campaign, unit=unit)
        self.clearing = self.ask("F07", "道路清障")
        self.present = self.ask(
            "F01",
            "在岗下沉党员",
            kind=IndicatorKind.STOCK,
            measure=Measure.PEOPLE,
            is_typed=False,
        )

    def ask(self, code, name, *, is_typed=True, **fields):
        fields = {"rollup": Rollup.SUM, "measure": Measure.SPOTS, **fields}
        indicator = IndicatorFactory(code=code, name=name, **fields)
        CampaignIndicatorFactory(campaign=self.campaign, indicator=indicator, is_typed=is_typed)
        return indicator

    def open(self, day):
        return open_day(self.campaign, on=day, now=moment_on(day, OPENING)).round

    def file(self, unit, day, value, *, indicator=None, **fields):
        """The unit reports `value` for `day`; None leaves the cell missing."""
        report = DailyReport.objects.get(campaign=self.campaign, unit=unit, on=day)
        revision = ReportRevisionFactory(report=report)
        ReportValueFactory(
            revision=revision,
            indicator=indicator or self.clearing,
            value=None if value is None else Decimal(value),
            **fields,
        )
        return revision


def figure(snapshot, indicator, scope, **place):
    return Figure.objects.get(snapshot=snapshot, indicator=indicator, scope=scope, **place)
