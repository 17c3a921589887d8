"""Correcting what was registered of a case while it is open; the timeline keeps both values."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F

from apps.accounts.models import User
from apps.core.errors import ConflictError, Difference

from ..enums import LIVE_CASES, CaseEventKind, CaseState
from ..models import AssistanceCase
from .cases import CaseMovedError, CaseRefusedError, add_event

REVISED = ("title", "unit", "service_type", "source")


@transaction.atomic
def revise_case(case: AssistanceCase, *, version: int, by: User, now: dt.datetime) -> None:
    """Store the changed facts of `case`, read at `version`; nothing changed leaves no trace.

    Raises CaseMovedError once it is done, ConflictError with both values when somebody else
    changed it since, CaseRefusedError for another unit while somebody is in charge.
    """
    kept = AssistanceCase.objects.select_for_update(of=["self"], no_key=True)
    theirs: AssistanceCase = kept.select_related("unit").get(pk=case.pk)
    if theirs.state not in LIVE_CASES:
        raise CaseMovedError(f"{theirs.number}{theirs.get_state_display()}，不能再修改。")
    found = [
        Difference(_label(name), _shown(case, name), _shown(theirs, name))
        for name in REVISED
        if getattr(case, name) != getattr(theirs, name)
    ]
    if not found:
        return
    if theirs.version != version:
        raise ConflictError(
            "他人刚刚修改了该事项，请核对后再保存。",
            differences=found,
            marks={"version": theirs.version},
        )
    if case.unit_id != theirs.unit_id and theirs.state != CaseState.OPEN:
        raise CaseRefusedError(
            f"{theirs.number}已交办，须退回交办后才能更换承办单位。", field="unit"
        )
    AssistanceCase.objects.filter(pk=case.pk).update(
        **{name: getattr(case, name) for name in REVISED}, version=F("version") + 1
    )
    case.version = version + 1
    text = "；".join(f"{one.label}由“{one.theirs}”改为“{one.mine}”" for one in found)
    add_event(case, CaseEventKind.EDITED, by=by, now=now, text=text[:300])


def _label(name: str) -> str:
    return str(AssistanceCase._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _shown(case: AssistanceCase, name: str) -> str:
    display = getattr(case, f"get_{name}_display", None)
    return str(display() if display else getattr(case, name))
