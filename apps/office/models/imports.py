"""Tables that came back as files: what each says, and what became of it."""

from typing import Any, ClassVar, Self

from django.db import models
from django.urls import reverse

from apps.accounts.fields import person_field
from apps.core.scope import scope_of
from apps.core.submissions import submission_field

from ..enums import AT_WORK, ImportState, RowState


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, user: Any) -> Self:
        """Whoever works on all units' data sees all imports, others their own."""
        if not scope_of(user).roles:
            return self.none()
        return self if scope_of(user).everything else self.filter(by=user)


class ImportBatch(models.Model):
    """One uploaded file, from its check to its undoing.

    The file itself is kept sealed, until `removed_at`; `left_out` is what of it was not taken in.
    """

    submission = submission_field()
    sheet = models.CharField("表格", max_length=40)
    name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("摘要", max_length=64, db_index=True)
    size = models.PositiveIntegerField("大小（字节）")
    state = models.CharField(
        "状态", max_length=10, choices=ImportState, default=ImportState.CHECKING
    )
    by = person_field("导入人", is_known=True)
    at = models.DateTimeField("上传时间", auto_now_add=True)
    attempt = models.PositiveSmallIntegerField("次数", default=1)
    found = models.CharField("工作表", max_length=80, blank=True)
    columns = models.JSONField("列", default=list, blank=True)
    unknown = models.JSONField("未用的列", default=list, blank=True)
    left_out = models.JSONField("没有读取的内容", default=dict, blank=True)
    news = models.PositiveIntegerField("新增", default=0)
    changes = models.PositiveIntegerField("变更", default=0)
    same = models.PositiveIntegerField("无变化", default=0)
    wrongs = models.PositiveIntegerField("有错误", default=0)
    fingerprint = models.CharField("比对摘要", max_length=80, blank=True)
    message = models.TextField("说明", blank=True)
    checked_at = models.DateTimeField("核对时间", null=True, blank=True)
    applying_at = models.DateTimeField("开始导入", null=True, blank=True)
    applied_at = models.DateTimeField("导入时间", null=True, blank=True)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    undone_by = person_field("撤销人")

    removed_at = models.DateTimeField("原文件清除时间", null=True, blank=True)

    objects: ClassVar = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导入"
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["sheet", "-applied_at"], name="import_by_sheet"),
            models.Index(
                fields=["at"], name="import_to_remove", condition=models.Q(removed_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("office:import_detail", args=[self.pk])

    @property
    def scope(self) -> str:
        """Its line in the ledger of jobs; each attempt is a request of its own."""
        return f"import-{self.pk}-{self.attempt}"

    @property
    def trail(self) -> str:
        """The number under which the audit trail keeps what it wrote."""
        return f"import-{self.pk}"

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK


class ImportRowQuerySet(models.QuerySet["ImportRow"]):
    def visible_to(self, user: Any) -> Self:
        batches = ImportBatch.objects.visible_to(user)
        return self.filter(batch__in=batches.order_by().values("pk"))


class ImportRow(models.Model):
    """A line of the file that is new, changes something or is wrong.

    `changes` maps columns to old and new value, `problems` lists column, value and reason. Sealed
    columns enter without their value. `kept` holds the sealed values that were replaced.
    """

    batch = models.ForeignKey(
        ImportBatch,
        models.CASCADE,
        related_name="rows",
        verbose_name="导入",
        # the index by state serves it
        db_index=False,
    )
    row = models.PositiveIntegerField("行号")
    state = models.CharField("结果", max_length=9, choices=RowState)
    label = models.CharField("对象", max_length=120, blank=True)
    changes = models.JSONField("变动", default=dict, blank=True)
    problems = models.JSONField("错误", default=list, blank=True)
    kept = models.JSONField("原密文", null=True, blank=True, editable=False)

    objects: ClassVar = ImportRowQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导入的行"
        ordering: ClassVar = ["batch", "row"]
        indexes: ClassVar = [
            models.Index(fields=["batch", "state", "row"], name="import_rows"),
        ]

    def __str__(self) -> str:
        return f"第{self.row}行"
