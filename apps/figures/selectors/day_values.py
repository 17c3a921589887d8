"""What a day's figures are once they are ready to be shown: indicators, values, all of a day."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from apps.campaigns.models import Campaign
from apps.core.formats import Blank

from ..enums import IndicatorKind, Measure, Rollup, ScopeKind, Stage
from ..models import Snapshot
from ..quantities import Quantity
from .moves import Key


@dataclass(frozen=True)
class Asked:
    """An indicator that the campaign asks for on the day."""

    id: int
    code: str
    name: str
    measure: str
    kind: IndicatorKind
    rollup: Rollup
    is_typed: bool
    is_restricted: bool
    counted_in: Measure
    """The measure itself, of which `measure` is the word."""


@dataclass(frozen=True)
class Value:
    """One figure as it is shown. `change` is over the units present on both days.

    `value` None is missing; a Blank says another reason. It is the published one and never moves:
    where `corrections` have been accepted since the lock, `corrected` is what they make of it.
    """

    asked: Asked
    scope: ScopeKind
    key: Key
    value: Decimal | Blank | None
    corrected: Decimal | None = None
    qualifier: str = ""
    reported: int = 0
    of: int = 0
    change: Decimal | None = None
    compared_units: int = 0
    carried_over: Decimal | None = None
    corrections: int = 0
    figure: int | None = None
    unit: int | None = None
    group: int | None = None
    category: str = ""
    revision: int | None = None

    @property
    def number(self) -> Decimal | None:
        """The value where there is one to count with."""
        return self.value if isinstance(self.value, Decimal) else None

    @property
    def blank(self) -> Blank:
        """Why there is no number where it is missing: no report, or no entry in the ledger."""
        return Blank.MISSING if self.asked.is_typed else Blank.NOT_ENTERED

    @property
    def is_corrected(self) -> bool:
        """Whether corrections made another value of it: a zero that came late makes none."""
        return self.corrections > 0 and self.corrected != self.value

    @property
    def quantity(self) -> Quantity | None:
        """The value with its measure: what totals are added from."""
        return None if self.number is None else Quantity(self.number, self.asked.counted_in)

    @property
    def with_carried(self) -> Quantity | None:
        """暂按昨日数计: what is there and, for missing units, what they had the day before."""
        if self.quantity is None or not self.carried_over:
            return None
        return self.quantity + Quantity(self.carried_over, self.asked.counted_in)

    @property
    def before(self) -> Decimal | None:
        """Yesterday's value of a leaf that has one on both days."""
        if self.number is None or self.change is None:
            return None
        return self.number - self.change


@dataclass(frozen=True)
class DayFigures:
    """All figures of a day by (code, scope, key)."""

    campaign: Campaign
    on: dt.date
    snapshot: Snapshot | None
    asked: Mapping[str, Asked]
    values: Mapping[tuple[str, ScopeKind, Key], Value] = field(default_factory=dict)

    @property
    def stage(self) -> Stage | None:
        """None is a live preview."""
        return Stage(self.snapshot.stage) if self.snapshot else None

    def value(self, code: str | None, scope: ScopeKind, key: Key = None) -> Value | None:
        return self.values.get((code, scope, key)) if code else None

    def leaves(self, code: str) -> list[Value]:
        return [
            value
            for (name, scope, _), value in self.values.items()
            if name == code and scope == ScopeKind.UNIT
        ]
