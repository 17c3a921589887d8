"""The figures of one campaign's day, with the corrections accepted since, ready to be shown."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Q

from apps.campaigns.models import Campaign
from apps.core.formats import Blank
from apps.core.scope import Scope, scope_of
from apps.core.statements import fetched
from apps.units.enums import OFFICE_ROLES

from ..enums import IndicatorKind, Measure, Rollup, ScopeKind, Stage
from ..models import Figure, Indicator, Snapshot
from ..quantities import Quantity
from ..rows import Drawn
from ..values import qualifier_word
from .moves import Key, Moves, key_of, moves_of
from .scope_sql import VISIBLE, seen_by

PORTAL = Scope(everything=True, roles=frozenset(OFFICE_ROLES))
"""Whoever draws a page for nobody in particular: jobs, mails, findings."""


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

    `value` None is missing; a Blank says another reason. `corrections` have been accepted since
    the lock and are in the value; `locked` is without them.
    """

    asked: Asked
    scope: ScopeKind
    key: Key
    value: Decimal | Blank | None
    locked: Decimal | None = None
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


def standing_snapshot(campaign: Campaign, *, on: dt.date) -> Snapshot | None:
    """The locked figures of the day, else the provisional ones, else None."""
    rows = fetched(STANDING, campaign=campaign.pk, on=on)
    if not rows:
        return None
    found: Snapshot = Snapshot.from_db(DEFAULT_DB_ALIAS, SNAPSHOT, rows[0])
    found.campaign = campaign
    return found


SNAPSHOT = [field.attname for field in Snapshot._meta.concrete_fields]
STANDING = f"""
SELECT {", ".join(f'"{name}"' for name in SNAPSHOT)}
  FROM figures_snapshot
 WHERE campaign_id = %(campaign)s AND "on" = %(on)s AND withdrawn_at IS NULL
 ORDER BY stage = 'locked' DESC
 LIMIT 1
"""  # noqa: S608 - put together from constants


def asked_indicators(campaign: Campaign, *, on: dt.date) -> dict[str, Asked]:
    """By code, in the campaign's order."""
    rows = fetched(ASKED, campaign=campaign.pk, on=on)
    return {code: _asked(pk, code, *asked) for pk, code, *asked in rows}


ASKED = """
SELECT i.id, i.code, i.name, i.measure, i.kind, i.rollup, a.is_typed, i.is_restricted
  FROM figures_campaignindicator a
  JOIN figures_indicator i ON i.id = a.indicator_id
 WHERE a.campaign_id = %(campaign)s AND a.starts_on <= %(on)s
   AND (a.ends_on IS NULL OR a.ends_on >= %(on)s)
 ORDER BY a.position
"""


def _asked(
    pk: int,
    code: str,
    name: str,
    measure: str,
    kind: str,
    rollup: str,
    is_typed: bool,
    is_restricted: bool,
) -> Asked:
    return Asked(
        id=pk,
        code=code,
        name=name,
        measure=str(Measure(measure).label),
        kind=IndicatorKind(kind),
        rollup=Rollup(rollup),
        is_typed=is_typed,
        is_restricted=is_restricted,
        counted_in=Measure(measure),
    )


def stored_figures(
    snapshot: Snapshot,
    *,
    user: Any,
    scopes: Collection[ScopeKind] | None = None,
    group: int | None = None,
    by_place: Collection[str] | None = None,
) -> DayFigures:
    """What `user` may see of a snapshot, all of it for None; three queries.

    `scopes` and `group` (of that day) leave out the others: a board of totals need not fetch
    thousands of leaves. `by_place` names the indicators that are wanted beside the totals, of a
    group beside its own.
    """
    asked = asked_indicators(snapshot.campaign, on=snapshot.on)
    figures = fetched(
        FIGURES,
        snapshot=snapshot.pk,
        scopes=None if scopes is None else [scope.value for scope in scopes],
        group=group,
        whole=whole_scope(group),
        by_place=None
        if by_place is None
        else [asked[code].id for code in by_place if code in asked],
        **seen_by(PORTAL if user is None else scope_of(user)),
    )
    return DayFigures(
        campaign=snapshot.campaign,
        on=snapshot.on,
        snapshot=snapshot,
        asked=asked,
        values=shown(
            map(Drawn._make, figures),
            asked,
            user=user,
            moves=moves_of(snapshot),
        ),
    )


def whole_scope(group: int | None) -> str:
    """Where all is wanted when only some indicators are asked for by place."""
    return (ScopeKind.TOTAL if group is None else ScopeKind.GROUP).value


FIGURES = f"""
SELECT id, {", ".join(Drawn._fields[1:])}
  FROM figures_figure f
 WHERE f.snapshot_id = %(snapshot)s
   AND (%(scopes)s::text[] IS NULL OR f.scope = ANY(%(scopes)s))
   AND (%(group)s::bigint IS NULL OR f.group_id = %(group)s)
   AND (%(by_place)s::bigint[] IS NULL OR f.scope = %(whole)s OR f.indicator_id = ANY(%(by_place)s))
   AND {VISIBLE}
 ORDER BY f.indicator_id, f.scope, f.id
"""  # noqa: S608 - put together from constants


def shown(
    figures: Iterable[Drawn],
    asked: Mapping[str, Asked],
    *,
    user: Any,
    moves: Moves | None = None,
) -> dict[tuple[str, ScopeKind, Key], Value]:
    """Those figures `user` may see, as values; what is restricted is withheld from most.

    `user` None is the portal itself.
    """
    by_id = {row.id: row for row in asked.values()}
    scope = PORTAL if user is None else scope_of(user)
    moves = moves or Moves()
    values = {}
    for figure in figures:
        row = by_id.get(figure.indicator_id)
        if row is not None and _in_scope(figure, scope):
            value = _value(figure, row, moves, withheld=row.is_restricted and hides(figure, scope))
            values[row.code, value.scope, value.key] = value
    return values


def _value(figure: Drawn, asked: Asked, moves: Moves, *, withheld: bool) -> Value:
    move = moves.of(figure)
    # A distinct total cannot be moved by a leaf's correction: only its desk can count it again.
    if move is not None and asked.rollup != Rollup.SUM and figure.scope != ScopeKind.UNIT:
        move = None
    value: Decimal | Blank | None = figure.value
    if move is not None and (figure.value is not None or move.arrived > 0):
        value = (figure.value or Decimal()) + move.by
        if figure.reported + move.arrived == 0:
            value = None
    change = None
    if figure.compared is not None and figure.compared_before is not None:
        change = figure.compared - figure.compared_before
    return Value(
        asked=asked,
        scope=ScopeKind(figure.scope),
        key=key_of(figure),
        value=Blank.WITHHELD if withheld else value,
        locked=None if withheld else figure.value,
        qualifier="" if withheld else qualifier_word(figure.qualifier),
        reported=figure.reported + (move.arrived if move else 0),
        of=figure.asked,
        change=None if withheld else change,
        compared_units=figure.compared_units,
        carried_over=None if withheld else figure.carried_over,
        corrections=move.n if move else 0,
        figure=figure.pk,
        unit=figure.unit_id,
        group=figure.group_id,
        category=figure.category,
        revision=figure.revision_id,
    )


def _in_scope(figure: Drawn, scope: Scope) -> bool:
    """The rule of `Figure.objects.visible_to`, for figures that are not stored."""
    if scope.everything:
        return True
    in_group = figure.scope in (ScopeKind.GROUP, ScopeKind.UNIT) and figure.group_id in scope.groups
    return in_group or (figure.scope == ScopeKind.UNIT and figure.unit_id in scope.own_units)


def hides(figure: Figure | Drawn, scope: Scope) -> bool:
    """限工委和本单位可见: the groups and the administrators do not see it."""
    if scope.roles & OFFICE_ROLES:
        return False
    return figure.scope != ScopeKind.UNIT or figure.unit_id not in scope.own_units


def home_scope(user: Any) -> tuple[ScopeKind, Key]:
    """Where a person's headline stands: the total, their group, or their unit. None is everybody."""
    scope = PORTAL if user is None else scope_of(user)
    if scope.everything:
        return ScopeKind.TOTAL, None
    if scope.groups:
        return ScopeKind.GROUP, min(scope.groups)
    return ScopeKind.UNIT, min(scope.own_units, default=None)


def locked_total(campaign: Campaign, *, on: dt.date, indicator: Indicator) -> Decimal | None:
    """The day's 核定数 with accepted corrections; None when it is not locked or has no total."""
    snapshot = Snapshot.objects.locked().filter(campaign=campaign, on=on).first()
    if snapshot is None:
        return None
    figure = Figure.objects.filter(
        Q(snapshot=snapshot, indicator=indicator, scope=ScopeKind.TOTAL)
    ).first()
    if figure is None or figure.value is None:
        return None
    move = moves_of(snapshot).of(figure) if indicator.rollup == Rollup.SUM else None
    return figure.value + (move.by if move else Decimal())
