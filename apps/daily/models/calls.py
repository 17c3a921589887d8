"""Ad-hoc requests for one to five numbers (临时报数), and what the units answered."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from apps.accounts.fields import person_field
from apps.campaigns.models import Campaign
from apps.core.scope import ScopedQuerySet, scope_of
from apps.figures.enums import Measure, Qualifier
from apps.figures.models import VALUE, Indicator
from apps.units.models import LiaisonGroup, Unit

from ..enums import CallState, ReplyState, ReportSource

MOST_ITEMS = 5
"""More than this is a report, not a call (office practice)."""


class DataCallQuerySet(models.QuerySet["DataCall"]):
    def visible_to(self, user: Any) -> Self:
        """All for the office; for groups and units those that ask one of theirs."""
        scope = scope_of(user)
        if scope.everything:
            return self
        asked = DataCallReply.objects.filter(unit__in=scope.units)
        return self.filter(pk__in=asked.values("call"))

    def open(self) -> Self:
        return self.filter(state=CallState.OPEN)


class DataCall(models.Model):
    """One request: what is asked, of whom, for what, until when."""

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="calls", verbose_name="应急任务"
    )
    title = models.CharField("事项", max_length=40)
    purpose = models.CharField("用途", max_length=100, help_text="报给谁、做什么用。")
    due_at = models.DateTimeField("截止时间")
    state = models.CharField("状态", max_length=10, choices=CallState, default=CallState.OPEN)
    made_by = person_field("发起人", is_known=True)
    made_at = models.DateTimeField("发起时间")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    ended_reason = models.CharField("撤销原因", max_length=100, blank=True)
    submission = models.UUIDField("提交标识", unique=True)

    objects: ClassVar = DataCallQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "临时报数"
        ordering: ClassVar = ["-made_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="call_due_after_made",
                condition=Q(due_at__gt=models.F("made_at")),
                violation_error_message="截止时间应晚于现在。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("daily:call_detail", args=[self.pk])


class DataCallItem(models.Model):
    """One number a call asks for; with an indicator the portal offers what it knows already."""

    call = models.ForeignKey(
        DataCall, models.CASCADE, related_name="items", verbose_name="临时报数"
    )
    position = models.PositiveSmallIntegerField("顺序")
    name = models.CharField("数据项", max_length=40)
    measure = models.CharField("计量单位", max_length=20, choices=Measure)
    definition = models.CharField("口径", max_length=200, blank=True)
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, null=True, blank=True, verbose_name="取自指标"
    )
    is_summed = models.BooleanField("合计", default=True, help_text="各单位可能重复计的，不合计。")

    class Meta:
        verbose_name = verbose_name_plural = "数据项"
        ordering: ClassVar = ["call", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["call", "position"], name="call_item_once"),
            models.CheckConstraint(
                name="call_has_few_items",
                condition=Q(position__gte=1, position__lte=MOST_ITEMS),
                violation_error_message=f"一次最多报 {MOST_ITEMS} 项。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.get_measure_display()}）"


class DataCallReplyQuerySet(ScopedQuerySet):
    def owed(self) -> Self:
        return self.filter(state=ReplyState.OWED)


class DataCallReply(models.Model):
    """What one unit was asked and answered; it exists before anybody answers."""

    call = models.ForeignKey(
        DataCall, models.CASCADE, related_name="replies", verbose_name="临时报数"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    group = models.ForeignKey(
        LiaisonGroup,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="联络服务小组",
    )
    state = models.CharField("状态", max_length=8, choices=ReplyState, default=ReplyState.OWED)
    version = models.PositiveIntegerField("版本", default=0)
    source = models.CharField("来源", max_length=8, choices=ReportSource, default=ReportSource.UNIT)
    source_name = models.CharField("来电（来件）人", max_length=40, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    opened_at = models.DateTimeField("打开时间", null=True, blank=True)
    filed_at = models.DateTimeField("报送时间", null=True, blank=True)
    filed_by = person_field("报送人")
    submission = models.UUIDField("提交标识", null=True, blank=True, unique=True)

    objects: ClassVar = DataCallReplyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报数答复"
        ordering: ClassVar = ["call", "unit__sort_order"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["call", "unit"], name="call_reply_once"),
            models.CheckConstraint(
                name="call_reply_filed_has_moment",
                condition=Q(state=ReplyState.OWED)
                | Q(state=ReplyState.FILED, filed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.call}"

    def get_absolute_url(self) -> str:
        return reverse("daily:call_reply", args=[self.pk])


class DataCallValue(models.Model):
    """One number of a reply; None is missing (未报), never zero."""

    reply = models.ForeignKey(
        DataCallReply, models.CASCADE, related_name="values", verbose_name="报数答复"
    )
    item = models.ForeignKey(
        DataCallItem, models.CASCADE, related_name="values", verbose_name="数据项"
    )
    value = models.DecimalField("数值", null=True, blank=True, **VALUE)
    qualifier = models.CharField("修饰", max_length=6, choices=Qualifier, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "报数数值"
        ordering: ClassVar = ["reply", "item__position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reply", "item"], name="call_value_once"),
        ]

    def __str__(self) -> str:
        return str(self.value)
