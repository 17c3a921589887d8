"""What left as files: who took what, and the larger ones until they expire."""

from typing import Any, ClassVar, Self

from django.db import models
from django.urls import reverse

from apps.accounts.fields import person_field

from ..enums import ExportShape, ExportState


class ExportFileQuerySet(models.QuerySet["ExportFile"]):
    def owned_by(self, user: Any) -> Self:
        """What the person took; nobody else ever gets the file."""
        return self.filter(by=user.pk)

    def visible_to(self, user: Any) -> Self:
        """One's own; whoever keeps watch sees that each was taken, without what is in it."""
        if user.has_perm("office.view_exportfile"):
            return self
        return self.owned_by(user)


class ExportFile(models.Model):
    """One list, sheet or bundle that a person took away as a file, as it was asked for.

    `address` is where it was asked for: the list with its filters, the form with what was chosen.
    """

    title = models.CharField("名称", max_length=100)
    address = models.TextField("地址")
    campaign = models.CharField("应急任务代码", max_length=40, blank=True)
    shape = models.CharField("类别", max_length=10, choices=ExportShape, blank=True)
    conditions = models.TextField("条件", blank=True)
    measure = models.CharField("计量", max_length=4, default="条")
    state = models.CharField(
        "状态", max_length=10, choices=ExportState, default=ExportState.WAITING
    )
    rows = models.PositiveIntegerField("数量", null=True, blank=True)
    size = models.PositiveBigIntegerField("大小（字节）", null=True, blank=True)
    file = models.CharField("文件", max_length=100, blank=True)
    message = models.TextField("说明", blank=True)
    by = person_field("导出人", is_known=True)
    asked_at = models.DateTimeField("导出时间")
    made_at = models.DateTimeField("完成时间", null=True, blank=True)
    expires_at = models.DateTimeField("保留至", null=True, blank=True)

    objects: ClassVar = ExportFileQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导出"
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(
                fields=["expires_at"],
                name="export_to_expire",
                condition=models.Q(state="ready"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("office:export_detail", args=[self.pk])

    @property
    def scope(self) -> str:
        """Its line in the ledger of jobs."""
        return f"export-{self.pk}"

    @property
    def is_ready(self) -> bool:
        return self.state == ExportState.READY

    @property
    def is_bundle(self) -> bool:
        return self.shape == ExportShape.BUNDLE

    @property
    def suffix(self) -> str:
        return ".zip" if self.is_bundle else ".xlsx"
