"""News at any hour: 动态报告."""

from typing import Any, ClassVar, Self

from django.db import models
from django.urls import reverse

from apps.accounts.fields import person_field
from apps.campaigns.models import Campaign
from apps.core.scope import ScopedQuerySet, scope_of
from apps.office.models import Attachment
from apps.units.models import Unit

from ..enums import (
    FlashKind,
)


class FlashReportQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        scope = scope_of(user)
        return self if scope.everything else self.filter(unit__in=scope.units)


class FlashReport(models.Model):
    """News at any hour (突发即报). It holds no casualties, losses or case counts."""

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="flashes", verbose_name="应急任务"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="flashes", verbose_name="单位")
    kind = models.CharField("类别", max_length=10, choices=FlashKind)
    happened_at = models.DateTimeField("发生时间")
    place = models.CharField("地点", max_length=60, blank=True)
    text = models.CharField("情况", max_length=500)
    injured = models.PositiveSmallIntegerField("下沉人员伤病（人）", default=0)
    told_duty_room_at = models.DateTimeField("已报告值班室时间", null=True, blank=True)
    submission = models.UUIDField("提交标识", unique=True)
    by = person_field("报告人", is_known=True)
    at = models.DateTimeField("报告时间")
    handled_by = person_field("处理人")
    handled_at = models.DateTimeField("处理时间", null=True, blank=True)
    handling = models.CharField("处理情况", max_length=300, blank=True)
    photos = models.ManyToManyField(Attachment, blank=True, related_name="+", verbose_name="照片")

    objects: ClassVar = FlashReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "动态报告"
        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.unit} {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("daily:flash_detail", args=[self.pk])
