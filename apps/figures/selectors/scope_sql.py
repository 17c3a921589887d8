"""The rule of `Figure.objects.visible_to` for statements written by hand over a figure `f`."""

from typing import Any

from apps.core.scope import Scope

VISIBLE = """(%(everything)s
    OR (f.scope IN ('group', 'unit') AND f.group_id = ANY(%(groups)s::bigint[]))
    OR (f.scope = 'unit' AND f.unit_id = ANY(%(own_units)s::bigint[])))"""


def seen_by(scope: Scope) -> dict[str, Any]:
    """What `VISIBLE` wants to know of the reader."""
    return {
        "everything": scope.everything,
        "groups": sorted(scope.groups),
        "own_units": sorted(scope.own_units),
    }
