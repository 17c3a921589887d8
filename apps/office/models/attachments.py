"""Files that belong to a record of another app."""

from typing import ClassVar

from django.conf import settings
from django.db import models


def _place(row: "Attachment", _name: str) -> str:
    # Stored under its content's hash: the uploader's file name never reaches the disk.
    return f"attachments/{row.sha256[:2]}/{row.sha256}"


class Attachment(models.Model):
    """One stored file. It has no address of its own: the record that holds it serves it."""

    name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("摘要", max_length=64, db_index=True)
    size = models.PositiveIntegerField("大小（字节）")
    content_type = models.CharField("类型", max_length=100)
    file = models.FileField("文件", upload_to=_place, max_length=200)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="上传人",
        help_text="空为平台自动生成。",
    )
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name
