"""The figures of one campaign's day, and what was corrected since, ready to be shown."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import DEFAULT_DB_ALIAS

from apps.campaigns.models import Campaign
from apps.core.formats import Blank
from apps.core.scope import Scope, scope_of
from apps.core.statements import fetched
from apps.units.enums import OFFICE_ROLES

from ..enums import IndicatorKind, Measure, Rollup, ScopeKind
from ..models import Figure, Indicator, Snapshot
from ..rows import Drawn
from ..values import qualifier_word
from .day_values import Asked, DayFigures, Value
from .moves import Key, Moves, key_of, moves_of
from .scope_sql import VISIBLE, seen_by

PORTAL = Scope(everything=True, roles=frozenset(OFFICE_ROLES))
"""Whoever draws a page for nobody in particular: jobs, mails, findings."""


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
    change = None
    if figure.compared is not None and figure.compared_before is not None:
        change = figure.compared - figure.compared_before
    return Value(
        asked=asked,
        scope=ScopeKind(figure.scope),
        key=key_of(figure),
        value=Blank.WITHHELD if withheld else figure.value,
        corrected=None if withheld or move is None else move.applied(figure.value, figure.reported),
        qualifier="" if withheld else qualifier_word(figure.qualifier),
        reported=figure.reported,
        of=figure.asked,
        change=None if withheld else change,
        compared_units=figure.compared_units,
        carried_over=None if withheld else figure.carried_over,
        corrections=move.n if move and not withheld else 0,
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
    """The day's 核定数 as it was published; None when it is not locked or has no total."""
    figure = Figure.objects.filter(
        snapshot__in=Snapshot.objects.locked().filter(campaign=campaign, on=on),
        indicator=indicator,
        scope=ScopeKind.TOTAL,
    ).first()
    return figure.value if figure else None
