"""Who may still write on an item: one conditional UPDATE on state and version."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F

from apps.core import formats
from apps.core.errors import Difference

from ..enums import EDITABLE
from ..errors import NotEditableError, StaleItemError
from ..models import ItemStep, PublicityItem


def claim_edit(
    item: PublicityItem,
    *,
    version: int,
    values: dict[str, Any] | None = None,
    differences: Sequence[Difference] = (),
) -> None:
    """Write `values` if the item may be edited and still has the version that was read.

    Raises NotEditableError, or StaleItemError with `differences`. The row is read anew.
    """
    changed = PublicityItem.objects.filter(pk=item.pk, version=version, state__in=EDITABLE).update(
        **(values or {}), version=F("version") + 1
    )
    item.refresh_from_db()
    if changed:
        return
    if not item.is_editable:
        raise NotEditableError(f"稿件现为“{item.get_state_display()}”，投稿后须经退回才能修改。")
    raise StaleItemError(
        "他人刚刚改动了稿件，请核对后再保存。",
        differences=differences,
        marks={"version": item.version},
    )


def stale(item: PublicityItem) -> StaleItemError:
    """Why a step cannot be taken any more: who did what last, and when."""
    item.refresh_from_db()
    last = ItemStep.objects.filter(item=item).select_related("by").order_by("-at", "-id").first()
    if last is None:
        return StaleItemError("稿件已有改动，请刷新后核对再办理。")
    return StaleItemError(
        f"{last.by} 已于{formats.moment(last.at)}办理“{last}”，"
        f"稿件现为“{item.get_state_display()}”，请刷新后核对。"
    )
