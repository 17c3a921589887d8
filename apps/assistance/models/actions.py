"""Acts of help (次)."""

from typing import ClassVar

from django.db import models

from apps.accounts.fields import person_field
from apps.campaigns.models import Campaign
from apps.units.models import Unit

from ..enums import Mode, ServiceType
from .beneficiaries import Beneficiary
from .cases import AssistanceCase
from .scope import AssistedQuerySet


class AssistanceAction(models.Model):
    """One act of help (次). Households are counted from these, distinct, never added up."""

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="assistance_actions", verbose_name="应急任务"
    )
    beneficiary = models.ForeignKey(
        Beneficiary, models.PROTECT, related_name="actions", verbose_name="帮扶对象"
    )
    case = models.ForeignKey(
        AssistanceCase,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="actions",
        verbose_name="帮扶事项",
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="assistance_actions", verbose_name="帮扶单位"
    )
    service_type = models.CharField("服务类型", max_length=10, choices=ServiceType)
    mode = models.CharField("方式", max_length=8, choices=Mode, default=Mode.ONSITE)
    on = models.DateField("日期")
    note = models.CharField("内容", max_length=200, blank=True)
    submission = models.UUIDField(
        "提交标识", db_index=True, help_text="一次登记多个对象的，标识相同。"
    )
    by = person_field("登记人", is_known=True)
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects: ClassVar = AssistedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "帮扶记录"
        ordering: ClassVar = ["-on", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["submission", "beneficiary"], name="action_once_per_submission"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["campaign", "on"], name="action_by_day"),
            models.Index(fields=["unit", "-on"], name="action_by_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.get_service_type_display()} {self.on}"
