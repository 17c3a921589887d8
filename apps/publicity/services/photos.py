"""The pictures of an item: added, captioned, put in order, taken out."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max

from apps.accounts.models import User
from apps.core.errors import Difference
from apps.office import services as office
from apps.office.photos import Photo

from ..errors import ItemRefusedError
from ..models import ItemPhoto, PublicityItem
from .claims import claim_edit

MOST_PHOTOS = 9
SUFFIXES = {"image/png": "png", "image/jpeg": "jpg"}


@dataclass(frozen=True, slots=True)
class PhotoEdit:
    """What the form says of a picture that is there already."""

    pk: int
    caption: str
    position: int
    is_removed: bool = False


def prepare_photos(uploads: Sequence[UploadedFile]) -> list[Photo]:
    """All pictures drawn anew before any is stored: one that is refused refuses them all."""
    if len(uploads) > MOST_PHOTOS:
        raise ItemRefusedError(f"每篇最多 {MOST_PHOTOS} 张图片。", field="photos")
    return [office.read_photo(upload) for upload in uploads]


def store_photos(item: PublicityItem, photos: Sequence[Photo], *, by: User) -> None:
    """Hang prepared pictures on the item, after those it has."""
    last = item.photos.aggregate(last=Max("position"))["last"] or 0
    rows = [
        ItemPhoto(
            item=item,
            # Named by us: the name a phone or a person gave may tell more than it should.
            attachment=office.store_photo(
                photo, name=f"{item.number}-{number}.{SUFFIXES[photo.content_type]}", by=by
            ),
            position=number,
        )
        for number, photo in enumerate(photos, start=last + 1)
    ]
    ItemPhoto.objects.bulk_create(rows)


@transaction.atomic
def change_photos(
    item: PublicityItem,
    edits: Sequence[PhotoEdit],
    *,
    version: int,
    added: Sequence[UploadedFile] = (),
    by: User,
) -> None:
    """Caption, order and take out the pictures there are, then add new ones.

    Pictures of other items are left alone. Raises NotEditableError, StaleItemError,
    ItemRefusedError for too many and PictureRefusedError for what is no picture.
    """
    prepared = prepare_photos(added)
    claim_edit(item, version=version, differences=_differences(item, edits))
    own = {photo.pk: photo for photo in item.photos.all()}
    known = [edit for edit in edits if edit.pk in own]
    removed = [edit.pk for edit in known if edit.is_removed]
    if len(own) - len(removed) + len(prepared) > MOST_PHOTOS:
        raise ItemRefusedError(f"每篇最多 {MOST_PHOTOS} 张图片。", field="photos")
    kept = sorted((e for e in known if not e.is_removed), key=lambda e: (e.position, e.pk))
    for number, edit in enumerate(kept, start=1):
        own[edit.pk].caption, own[edit.pk].position = edit.caption, number
    ItemPhoto.objects.bulk_update([own[edit.pk] for edit in kept], ["caption", "position"])
    item.photos.filter(pk__in=removed).delete()
    store_photos(item, prepared, by=by)


def _differences(item: PublicityItem, edits: Sequence[PhotoEdit]) -> list[Difference]:
    """Captions that somebody else has saved differently."""
    typed = {edit.pk: edit.caption for edit in edits}
    return [
        Difference(f"第{number}张图片说明", typed[photo.pk], photo.caption)
        for number, photo in enumerate(item.photos.all(), start=1)
        if photo.pk in typed and typed[photo.pk] != photo.caption
    ]
