"""What the desks count of a day, each by a statement that a lock and a preview take into theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.core.statements import array, fetched

from .enums import ScopeKind
from .rows import FigureRow


@dataclass(frozen=True)
class DeskCount:
    """One desk's tallies of a day.

    `sql` answers (name, level, key, category, value, n, of): `level` is the bit mask of
    GROUPING(unit, group, category, district), `n` of `of` rows had an entry, and `codes` says
    which indicator a tally feeds; what feeds none is left out. `given` are its parameters; those
    that desks have in common, campaign and day, are named alike.
    """

    sql: str
    codes: Mapping[str, str]
    given: Mapping[str, Any]


_TOLD = """
SELECT m.code, CASE t.level WHEN 7 THEN 'unit' WHEN 11 THEN 'group' WHEN 13 THEN 'category'
                            WHEN 14 THEN 'district' ELSE 'total' END AS scope,
       CASE WHEN t.category IS NULL THEN t.key END AS key, t.category, t.value::numeric AS value,
       t.n::int AS n, t.of::int AS of
  FROM ({sql}) AS t (name, level, key, category, value, n, of)
  JOIN unnest(%(names_{n})s::text[], %(codes_{n})s::text[]) AS m (name, code) ON m.name = t.name
"""


def counted(desks: Sequence[DeskCount]) -> tuple[str, dict[str, Any]]:
    """The statement of all desks and its parameters: (code, scope, key, category, value, n, of).

    A category is a code, other places are ids, a total has neither.
    """
    given: dict[str, Any] = {}
    for n, desk in enumerate(desks):
        given |= desk.given
        given |= {f"names_{n}": array(desk.codes), f"codes_{n}": array(desk.codes.values())}
    told = (_TOLD.format(sql=desk.sql, n=n) for n, desk in enumerate(desks))
    return "UNION ALL".join(told), given


def rows_of(desk: DeskCount) -> list[FigureRow]:
    """What one desk says, by itself."""
    sql, given = counted([desk])
    return [
        FigureRow(code, ScopeKind(scope), category if key is None else key, value, n, of)
        for code, scope, key, category, value, n, of in fetched(sql, **given)
    ]
