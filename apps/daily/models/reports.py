"""What units send: one report a day and its revisions."""

import datetime as dt
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from apps.accounts.fields import person_field
from apps.campaigns.models import Campaign
from apps.core.scope import ScopedQuerySet
from apps.deployments.models import DeploymentDay
from apps.figures.enums import Qualifier
from apps.figures.models import VALUE, Indicator
from apps.units.enums import UnitCategory
from apps.units.models import DatedQuerySet, LiaisonGroup, Unit

from ..enums import (
    COUNTED,
    FILEABLE,
    FILEABLE_AFTER_LOCK,
    OWED,
    ContactMethod,
    DoubtReason,
    ReportSource,
    ReportState,
)


class DailyReportQuerySet(ScopedQuerySet):
    def on(self, day: dt.date) -> Self:
        return self.filter(on=day)

    def asked(self) -> Self:
        """The denominator: expected rows without the exempt."""
        return self.exclude(state=ReportState.EXEMPT)

    def owed(self) -> Self:
        return self.filter(state__in=OWED)

    def counted(self) -> Self:
        return self.filter(state__in=COUNTED)

    def contradicted(self) -> Self:
        """今日无下沉 filed without a reason, though the ledger by now has people on post that day."""
        there = DeploymentDay.objects.filter(
            deployment__campaign=OuterRef("campaign"),
            deployment__unit=OuterRef("unit"),
            on=OuterRef("on"),
            present__gt=0,
        )
        standing = self.filter(state__in=[*COUNTED, ReportState.UNIT_REVIEW, ReportState.LATE])
        return standing.filter(Exists(there), current__is_zero=True, current__zero_reason="")


class DailyReport(models.Model):
    """The report a unit owes for a campaign and a day; it exists before anybody files it."""

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="reports", verbose_name="应急任务"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="reports", verbose_name="单位")
    on = models.DateField("日期")
    group = models.ForeignKey(
        LiaisonGroup,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name="当日联络服务小组",
    )
    category = models.CharField("当日类别", max_length=12, choices=UnitCategory)
    due_at = models.DateTimeField("截报时间")
    state = models.CharField(
        "状态", max_length=12, choices=ReportState, default=ReportState.MISSING
    )
    version = models.PositiveIntegerField(
        "版本", default=0, help_text="每次报送加一，防止互相覆盖。"
    )
    current = models.ForeignKey(
        "ReportRevision",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="现行报送",
    )
    draft = models.JSONField("草稿", null=True, blank=True)
    draft_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="草稿人",
    )
    first_filed_at = models.DateTimeField("首次报送时间", null=True, blank=True)
    frozen_at = models.DateTimeField("锁定时间", null=True, blank=True)
    return_reason = models.CharField("退回原因", max_length=200, blank=True)
    return_due_at = models.DateTimeField("重报时限", null=True, blank=True)
    reviewed_by = person_field("审核人")
    reviewed_at = models.DateTimeField("审核时间", null=True, blank=True)

    objects: ClassVar = DailyReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位日报"
        ordering: ClassVar = ["-on", "unit__sort_order"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "on", "unit"], name="report_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "-on"], name="report_by_unit")]

    def __str__(self) -> str:
        return f"{self.unit} {self.on} {self.get_state_display()}"

    def get_absolute_url(self) -> str:
        return reverse("daily:report_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether a submission could be taken as the report stands."""
        return self.state in (FILEABLE_AFTER_LOCK if self.frozen_at else FILEABLE)

    def can_be_withdrawn(self, now: dt.datetime) -> bool:
        """撤回修改: by the unit, before 截报."""
        is_filed = self.state in {ReportState.UNIT_REVIEW, ReportState.FILED}
        return is_filed and self.frozen_at is None and now < self.due_at


class ReportRevision(models.Model):
    """One submission, never changed afterwards."""

    report = models.ForeignKey(
        DailyReport, models.PROTECT, related_name="revisions", verbose_name="单位日报"
    )
    number = models.PositiveIntegerField("序号")
    submission = models.UUIDField("提交标识", unique=True)
    receipt = models.CharField("编号", max_length=40, unique=True)
    source = models.CharField("来源", max_length=8, choices=ReportSource, default=ReportSource.UNIT)
    source_name = models.CharField("来电（来件）人", max_length=40, blank=True)
    source_at = models.DateTimeField("来电（来件）时间", null=True, blank=True)
    by = person_field("报送人")
    at = models.DateTimeField("报送时间")
    opened_at = models.DateTimeField("打开表单时间", null=True, blank=True)
    is_late = models.BooleanField("逾期", default=False)
    is_after_lock = models.BooleanField("锁定后补报", default=False)
    is_zero = models.BooleanField("今日无下沉（零报告）", default=False)
    zero_reason = models.CharField(
        "零报告核对说明",
        max_length=12,
        choices=DoubtReason,
        blank=True,
        default="",
        help_text="当日台账登记有人在岗的，零报告须说明原因。",
    )
    is_calm = models.BooleanField("无突发情况（平安报）", default=False)
    leader_on_duty = models.CharField("带队领导", max_length=40, blank=True)
    night_phone = models.CharField("今晚值班电话", max_length=30, blank=True)
    needs = models.CharField("困难和需求", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "报送版本"
        ordering: ClassVar = ["report", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "number"], name="revision_number_once"),
        ]

    def __str__(self) -> str:
        return self.receipt


class ReportValue(models.Model):
    """One cell of a submission: a number, an explicit zero, or missing (None)."""

    revision = models.ForeignKey(
        ReportRevision, models.CASCADE, related_name="values", verbose_name="报送版本"
    )
    indicator = models.ForeignKey(Indicator, models.PROTECT, verbose_name="指标")
    value = models.DecimalField("数值", null=True, blank=True, **VALUE)
    qualifier = models.CharField("修饰", max_length=6, choices=Qualifier, blank=True)
    is_carried = models.BooleanField("沿用昨日", default=False)
    doubt_reason = models.CharField("核对说明", max_length=12, choices=DoubtReason, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "报送数值"
        ordering: ClassVar = ["revision", "indicator__sort_order"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["revision", "indicator"], name="report_value_once"),
            models.CheckConstraint(
                name="report_value_not_negative",
                condition=Q(value=None) | Q(value__gte=0),
                violation_error_message="数值不能为负。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.value}"


class Exemption(models.Model):
    """A unit need not report from a day to a day (免报), approved with a reason."""

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="+", verbose_name="应急任务"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="exemptions", verbose_name="单位")
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("截止日期")
    reason = models.CharField("原因", max_length=200)
    approved_by = person_field("批准人", is_known=True)

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "免报"
        ordering: ClassVar = ["-starts_on", "unit"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="exemption_ends_after_start",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message="截止日期不得早于起始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.starts_on}—{self.ends_on}"


class ContactNoteQuerySet(ScopedQuerySet):
    unit_path = "report__unit"


class ContactNote(models.Model):
    """A call about a report that is owed: who spoke, when, what was said (已联系)."""

    report = models.ForeignKey(
        DailyReport, models.CASCADE, related_name="contacts", verbose_name="单位日报"
    )
    method = models.CharField(
        "方式", max_length=8, choices=ContactMethod, default=ContactMethod.PHONE
    )
    note = models.CharField("情况", max_length=200)
    is_outage = models.BooleanField("停电断网", default=False, help_text="当日催报时略去。")
    at = models.DateTimeField("时间")
    by = person_field("联系人", is_known=True)

    objects: ClassVar = ContactNoteQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "联系记录"
        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return self.note
