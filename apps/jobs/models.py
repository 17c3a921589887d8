"""The ledger that decides what runs: one row for each time a job is due."""

from typing import ClassVar

from django.db import models

from .enums import OPEN, OccurrenceState


class OccurrenceQuerySet(models.QuerySet["Occurrence"]):
    def visible_to(self, user: object) -> "OccurrenceQuerySet":
        """The ledger holds no business data: whoever may read it reads all of it."""
        return self if user.has_perm("jobs.view_occurrence") else self.none()  # type: ignore[attr-defined]

    def open(self) -> "OccurrenceQuerySet":
        """Not finished: to be run, running, or failed."""
        return self.filter(state__in=OPEN)


class Occurrence(models.Model):
    """One due run of one job for one day and scope, such as `flood-2021/group-03`."""

    job = models.CharField("任务", max_length=40)
    on = models.DateField("日期")
    scope = models.CharField("范围", max_length=80, blank=True)
    due_at = models.DateTimeField("应执行时间")
    state = models.CharField(
        "状态", max_length=10, choices=OccurrenceState, default=OccurrenceState.EXPECTED
    )
    claimed_by = models.CharField("执行者", max_length=80, blank=True)
    claimed_until = models.DateTimeField("占用至", null=True, blank=True)
    tries = models.PositiveSmallIntegerField("次数", default=0)
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    is_late = models.BooleanField("补跑", default=False)
    result = models.JSONField("结果", default=dict, blank=True)
    error = models.TextField("失败原因", blank=True)

    objects: ClassVar = OccurrenceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任务记录"
        ordering: ClassVar = ["-due_at", "job", "scope"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "on", "scope"], name="occurrence_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                name="occurrence_open",
                condition=models.Q(state__in=["expected", "running", "failed"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job} {self.on} {self.scope}"
