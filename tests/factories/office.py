import hashlib

import factory
from django.core.files.base import ContentFile
from django.utils import timezone

from apps.office.enums import ExportState, RowState
from apps.office.models import Attachment, ExportFile, ImportBatch, ImportRow

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


class ImportBatchFactory(factory.django.DjangoModelFactory):
    """A file that was checked; nothing of it lies on the disk."""

    class Meta:
        model = ImportBatch

    sheet = "units"
    name = "单位名录.xlsx"
    sha256 = factory.Sequence("{:064}".format)
    size = 1000
    by = factory.SubFactory(UserFactory)


class ImportRowFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ImportRow

    batch = factory.SubFactory(ImportBatchFactory)
    row = factory.Sequence(lambda n: n + 2)
    state = RowState.NEW
    label = "示例甲"


class ExportFileFactory(factory.django.DjangoModelFactory):
    """A list taken at once; no file lies on the disk."""

    class Meta:
        model = ExportFile

    title = "单位"
    address = "/units/"
    state = ExportState.SENT
    rows = 1
    by = factory.SubFactory(UserFactory)
    asked_at = factory.LazyFunction(timezone.now)
