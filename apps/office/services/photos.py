"""Writes of stored files."""

import hashlib
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile

from apps.accounts.models import User

from ..models import Attachment
from ..photos import MAX_BYTES, Photo, prepare_photo


def read_photo(upload: UploadedFile) -> Photo:
    """What is kept of an uploaded picture. Raises PictureRefusedError; stores nothing yet, so that
    one that is refused can refuse them all."""
    name = PurePath(upload.name or "照片").name[-60:]
    return prepare_photo(upload.read(MAX_BYTES + 1), name=name)


def store_photo(photo: Photo, *, name: str, by: User) -> Attachment:
    """Keep a prepared photo under its content's hash; `name` is ours, never the uploader's.

    The caller's record holds it and serves it.
    """
    digest = hashlib.sha256(photo.data).hexdigest()
    attachment = Attachment(
        name=name,
        sha256=digest,
        size=len(photo.data),
        content_type=photo.content_type,
        uploaded_by=by,
    )
    attachment.file.save(digest, ContentFile(photo.data), save=False)
    attachment.save(force_insert=True)
    return attachment
