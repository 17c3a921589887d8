"""What a beneficiary needs done, and the timeline of it."""

import datetime as dt
import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from apps.accounts.fields import person_field
from apps.campaigns.models import Campaign
from apps.office.models import Attachment
from apps.units.models import Unit

from ..enums import LIVE_CASES, CaseEventKind, CaseSource, CaseState, ServiceType
from .beneficiaries import Beneficiary
from .scope import AssistedQuerySet


class CaseQuerySet(AssistedQuerySet):
    def live(self) -> Self:
        return self.filter(state__in=LIVE_CASES)

    def overdue(self, *, on: dt.date) -> Self:
        return self.live().filter(due_on__lt=on)


class AssistanceCase(models.Model):
    """Something a beneficiary needs done, with somebody who answers for it by a day."""

    number = models.CharField("事项编号", max_length=20, editable=False)
    submission = models.UUIDField("提交标识", default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="cases", verbose_name="应急任务"
    )
    beneficiary = models.ForeignKey(
        Beneficiary, models.PROTECT, related_name="cases", verbose_name="帮扶对象"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="cases", verbose_name="承办单位")
    source = models.CharField("来源", max_length=12, choices=CaseSource)
    service_type = models.CharField("服务类型", max_length=10, choices=ServiceType)
    title = models.CharField(
        "事项", max_length=60, help_text="不写姓名、门牌和病情，如“需要配送婴儿奶粉”。"
    )
    owner = person_field("责任人")
    due_on = models.DateField("办结时限")
    state = models.CharField(
        "状态", max_length=10, choices=CaseState, default=CaseState.OPEN, db_index=True
    )
    result = models.CharField("办理结果", max_length=300, blank=True)
    opened_on = models.DateField("受理日期")
    answered_by = person_field("填报人")
    verified_by = person_field("核验人")
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    attachments = models.ManyToManyField(
        Attachment, blank=True, related_name="+", verbose_name="附件"
    )

    objects: ClassVar = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "帮扶事项"
        ordering: ClassVar = ["-opened_on", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="case_due_after_opening",
                condition=Q(due_on__gte=models.F("opened_on")),
                violation_error_message="办结时限不得早于受理日期。",
            ),
            models.CheckConstraint(
                name="case_closed_through_its_steps",
                condition=~Q(state=CaseState.CLOSED)
                | Q(closed_at__isnull=False, answered_by__isnull=False, verified_by__isnull=False)
                & ~Q(result=""),
                violation_error_message="办结须先填报办理结果，再经核验。",
            ),
            models.CheckConstraint(
                name="case_verified_by_somebody_else",
                condition=Q(verified_by=None) | ~Q(verified_by=models.F("answered_by")),
                violation_error_message="填报人不能核验自己办理的事项。",
            ),
            models.UniqueConstraint(fields=["campaign", "number"], name="case_number_once"),
            models.CheckConstraint(
                name="case_assigned_has_owner",
                condition=Q(state__in=[CaseState.OPEN, CaseState.CANCELLED])
                | Q(owner__isnull=False),
                violation_error_message="交办须指定责任人。",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit", "state"], name="case_by_unit"),
            models.Index(fields=["due_on"], name="case_by_due"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("assistance:case_detail", args=[self.pk])


class CaseEventQuerySet(AssistedQuerySet):
    unit_path = "case__unit"


class CaseEvent(models.Model):
    """One entry of a case's timeline."""

    case = models.ForeignKey(
        AssistanceCase, models.CASCADE, related_name="events", verbose_name="帮扶事项"
    )
    kind = models.CharField("类别", max_length=12, choices=CaseEventKind)
    before = models.CharField("原状态", max_length=10, choices=CaseState, blank=True)
    after = models.CharField("新状态", max_length=10, choices=CaseState, blank=True)
    text = models.CharField("说明", max_length=300, blank=True)
    at = models.DateTimeField("时间")
    by = person_field("操作人", is_known=True)

    objects: ClassVar = CaseEventQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "办理记录"
        ordering: ClassVar = ["case", "-at", "-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.text}"
