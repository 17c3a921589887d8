"""Correcting what was entered of a visit, and adding pictures to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F

from apps.accounts.models import User
from apps.core import formats
from apps.core.errors import ConflictError, Difference

from ..models import Visit
from .visits import MOST_PHOTOS, VisitRefusedError, deployment_of_the_day, store_photos

REVISED = ("community", "place", "at", "visitors", "expected", "present", "summary")


@transaction.atomic
def revise_visit(
    visit: Visit,
    *,
    version: int,
    photos: Sequence[UploadedFile] = (),
    by: User,
    now: dt.datetime,
) -> None:
    """Store the changed facts of `visit`, read at `version`; nothing changed leaves no trace.

    Unit, day, what was checked and what was found stay: the unit has been told of them. Raises
    ConflictError with both values when somebody else changed it since, VisitRefusedError when the
    campaign is over or there are too many pictures, PictureRefusedError.
    """
    kept = Visit.objects.select_for_update(of=["self"], no_key=True)
    theirs: Visit = kept.select_related("campaign", "community").get(pk=visit.pk)
    if not theirs.campaign.is_reporting:
        raise VisitRefusedError(f"“{theirs.campaign}”不在进行中，不能修改走访。")
    found = [
        Difference(_label(name), _shown(visit, name), _shown(theirs, name))
        for name in REVISED
        if getattr(visit, name) != getattr(theirs, name)
    ]
    if not found and not photos:
        return
    if found and theirs.version != version:
        raise ConflictError(
            "他人刚刚修改了这次走访，请核对后再保存。",
            differences=found,
            marks={"version": theirs.version},
        )
    if theirs.photos.count() + len(photos) > MOST_PHOTOS:
        raise VisitRefusedError(f"每次走访最多 {MOST_PHOTOS} 张照片。", field="photos")
    visit.deployment_id = deployment_of_the_day(visit)
    changed = {name: getattr(visit, name) for name in (*REVISED, "deployment_id")}
    Visit.objects.filter(pk=visit.pk).update(
        **changed, version=F("version") + 1, revised_at=now, revised_by=by
    )
    visit.photos.add(*store_photos(visit, photos, by=by))


def _label(name: str) -> str:
    return str(Visit._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _shown(visit: Visit, name: str) -> object:
    value = getattr(visit, name)
    if isinstance(value, dt.time):
        return formats.clock(value)
    return value if isinstance(value, int) or value is None else str(value)
