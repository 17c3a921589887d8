"""What accepted corrections changed of a day's frozen figures."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from apps.core.statements import fetched

from ..enums import ScopeKind
from ..models import Figure, Snapshot
from ..rows import Drawn

Key: TypeAlias = int | str | None
"""Id of a unit, group or district, code of a category, None for the total."""


@dataclass(frozen=True)
class Move:
    """What accepted corrections changed: by how much, and whether a missing value came in."""

    by: Decimal
    arrived: int
    n: int

    def applied(self, value: Decimal | None, reported: int) -> Decimal | None:
        """What a value that `reported` units had a part in becomes; None where it is missing."""
        if value is None and self.arrived <= 0:
            return None
        return (value or Decimal()) + self.by if reported + self.arrived > 0 else None


@dataclass(frozen=True)
class Moves:
    """Accepted corrections of a snapshot, by (indicator id, scope, key)."""

    found: Mapping[tuple[int, str, Key], Move] = field(default_factory=dict)

    def of(self, figure: Figure | Drawn) -> Move | None:
        return self.found.get((figure.indicator_id, figure.scope, key_of(figure)))


def key_of(figure: Figure | Drawn) -> Key:
    if figure.scope == ScopeKind.UNIT:
        return figure.unit_id
    return figure.group_id or figure.district_id or figure.category or None


LATEST = """
SELECT DISTINCT ON (c.figure_id)
       f.indicator_id, f.unit_id, f.group_id, f.category, f.value, c.new
  FROM figures_correction c JOIN figures_figure f ON f.id = c.figure_id
 WHERE f.snapshot_id = %(snapshot)s AND c.state = 'accepted'
 ORDER BY c.figure_id, c.reviewed_at DESC, c.id DESC
"""


def moves_of(snapshot: Snapshot) -> Moves:
    """The latest accepted correction of each leaf, added up for the scopes the leaf belongs to."""
    latest = fetched(LATEST, snapshot=snapshot.pk)
    found: dict[tuple[int, str, Key], Move] = defaultdict(lambda: Move(Decimal(), 0, 0))
    for indicator, unit, group, category, was, new in latest:
        by = (new or Decimal()) - (was or Decimal())
        arrived = (new is not None) - (was is not None)
        for scope, key in (
            (ScopeKind.UNIT, unit),
            (ScopeKind.GROUP, group),
            (ScopeKind.CATEGORY, category),
            (ScopeKind.TOTAL, None),
        ):
            before = found[indicator, scope, key]
            found[indicator, scope, key] = Move(
                before.by + by, before.arrived + arrived, before.n + 1
            )
    return Moves(found)
