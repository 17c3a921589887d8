"""Writes of stored files."""

import hashlib
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile

from apps.accounts.models import User

from .images import MAX_BYTES, examine
from .models import Attachment
from .photos import Photo


def store_picture(upload: UploadedFile, *, by: User) -> Attachment:
    """Keep a JPEG or PNG under its content's hash, with the type its bytes have.

    Raises PictureRefusedError. The caller's record holds it and serves it.
    """
    name = PurePath(upload.name or "照片").name[-200:]
    data = upload.read(MAX_BYTES + 1)
    picture = examine(data, name=name)
    digest = hashlib.sha256(data).hexdigest()
    attachment = Attachment(
        name=name,
        sha256=digest,
        size=len(data),
        content_type=picture.content_type,
        uploaded_by=by,
    )
    attachment.file.save(digest, ContentFile(data), save=False)
    attachment.save(force_insert=True)
    return attachment


def store_photo(photo: Photo, *, name: str, by: User) -> Attachment:
    """Keep a prepared photo under its content's hash; `name` is ours, never the uploader's."""
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
