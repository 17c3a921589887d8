"""What communities ask for."""

import uuid
from typing import Any, ClassVar, Self

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from apps.accounts.fields import person_field
from apps.campaigns.models import Campaign
from apps.communities.models import Community
from apps.core.scope import scope_of
from apps.figures.enums import Measure
from apps.units.enums import Role

from ..allocating import NeedSource, Urgency
from ..enums import NeedState


class TaskType(models.Model):
    """A kind of work at a community, counted in a measure of its own."""

    code = models.SlugField("代码", max_length=30, unique=True)
    name = models.CharField("任务类型", max_length=20, unique=True)
    measure = models.CharField("工作量单位", max_length=20, choices=Measure)
    sort_order = models.PositiveSmallIntegerField("排序")

    class Meta:
        verbose_name = verbose_name_plural = "任务类型"
        ordering: ClassVar = ["sort_order"]

    def __str__(self) -> str:
        return self.name


class NeedQuerySet(models.QuerySet["Need"]):
    def visible_to(self, user: Any) -> Self:
        """The office, the groups and the city see needs; a unit sees those it serves."""
        scope = scope_of(user)
        if scope.everything or scope.roles & {Role.LIAISON, Role.CITY}:
            return self
        return self.filter(deployments__unit__in=scope.units).distinct()

    def open(self) -> Self:
        return self.filter(state__in=[NeedState.OPEN, NeedState.PARTLY])


class Need(models.Model):
    """Hands or goods a community asks for through the city's committee.

    For hands `task_type` and `heads` are given, for goods `goods` and `quantity`.
    """

    submission = models.UUIDField(
        "提交标识", default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False
    )
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="needs", verbose_name="应急任务"
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="needs", verbose_name="社区"
    )
    task_type = models.ForeignKey(
        TaskType, models.PROTECT, null=True, blank=True, verbose_name="任务类型"
    )
    heads = models.PositiveIntegerField("需求（人）", default=0)
    goods = models.CharField(
        "所需物资",
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text="如：雨衣、矿泉水",
    )
    quantity = models.CharField(
        "数量", max_length=20, blank=True, default="", db_default="", help_text="如：200 件"
    )
    urgency = models.PositiveSmallIntegerField(
        "紧急程度", choices=Urgency, default=Urgency.NORMAL, db_default=Urgency.NORMAL
    )
    shift = models.CharField(
        "需要时段",
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text="如：08:00–20:00",
    )
    source = models.CharField(
        "来源",
        max_length=5,
        choices=NeedSource,
        default=NeedSource.CITY,
        db_default=NeedSource.CITY,
    )
    told_by = models.CharField(
        "提出人",
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text="电话或清单来自谁。",
    )
    raised_by = person_field("登记人")
    settled_at = models.DateTimeField("办结时间", null=True, blank=True)
    settled_by = person_field("办结人")
    settled_reason = models.CharField(
        "办结说明", max_length=200, blank=True, default="", db_default=""
    )
    reopened_at = models.DateTimeField("恢复时间", null=True, blank=True)
    reopened_by = person_field("恢复人", db_index=False)
    reopened_reason = models.CharField(
        "恢复原因", max_length=200, blank=True, default="", db_default=""
    )
    starts_on = models.DateField("需要日期")
    ends_on = models.DateField("截止日期", null=True, blank=True)
    raised_at = models.DateTimeField("提出时间")
    state = models.CharField("状态", max_length=8, choices=NeedState, default=NeedState.OPEN)
    note = models.CharField("说明", max_length=200, blank=True)

    objects: ClassVar = NeedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "社区需求"
        ordering: ClassVar = ["-raised_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="need_has_heads",
                condition=Q(heads__gt=0, task_type__isnull=False) | ~Q(goods=""),
                violation_error_message="请填写任务类型和大于 0 的人数，或填写所需物资。",
            ),
            models.CheckConstraint(
                name="need_ends_after_start",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message="截止日期不得早于需要日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.community} {self.wanted}"

    def get_absolute_url(self) -> str:
        return reverse("deployments:need_detail", args=[self.pk])

    @property
    def wanted(self) -> str:
        """排水除淤 24 人, 雨衣 200 件."""
        if self.task_type_id is None:
            return f"{self.goods} {self.quantity}".strip()
        return f"{self.task_type} {self.heads} 人"
