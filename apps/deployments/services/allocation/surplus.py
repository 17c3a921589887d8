"""Whether a draft sends a need more people than it lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from ...allocating import BINDING
from ...models import AllocationLine, AllocationSheet, Need
from ...needs import with_chain
from .errors import CapacityError


def refuse_surplus(
    sheet: AllocationSheet, lines: Sequence[AllocationLine], *, edited: Collection[int]
) -> None:
    """Raises CapacityError for those `edited` of the sheet's `lines` whose need gets more people by
    them than it still lacks. What nobody has touched stays. One statement.
    """
    asked = Counter[int]()
    for line in lines:
        asked[line.need_id] += line.heads
    needs = {line.need_id for line in lines if line.pk in edited}
    rows = with_chain(Need.objects.filter(pk__in=needs), on=sheet.on, states=BINDING)
    lacking = dict(rows.values_list("pk", "lacking"))
    found = {
        line.pk: f"{line.community}该项需求还差 {lacking[line.need_id]} 人，本单共派"
        f" {asked[line.need_id]} 人，请减少人数；确需多派的，请先修改需求人数。"
        for line in lines
        if line.pk in edited and line.heads and asked[line.need_id] > lacking[line.need_id]
    }
    if found:
        raise CapacityError(found)
