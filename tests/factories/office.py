import hashlib

import factory
from django.core.files.base import ContentFile

from apps.office.models import Attachment

from .accounts import UserFactory


class AttachmentFactory(factory.django.DjangoModelFactory):
    """A stored file; `content` (bytes) fixes its digest and size."""

    class Meta:
        model = Attachment

    class Params:
        content = b"attachment"

    name = "现场照片.jpg"
    content_type = "image/jpeg"
    sha256 = factory.LazyAttribute(lambda row: hashlib.sha256(row.content).hexdigest())
    size = factory.LazyAttribute(lambda row: len(row.content))
    file = factory.LazyAttribute(lambda row: ContentFile(row.content, row.name))
    uploaded_by = factory.SubFactory(UserFactory)
