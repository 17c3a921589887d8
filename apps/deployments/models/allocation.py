"""Who shall go where: the numbered sheet that sends people, its lines, and what was confirmed."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from apps.accounts.fields import person_field
from apps.campaigns.models import Campaign
from apps.communities.models import Community
from apps.core.scope import scope_of
from apps.core.submissions import submission_field
from apps.office.models import Document
from apps.units.enums import Role
from apps.units.models import Member, Unit

from ..allocating import TOLD, Nearness, NeedSource, SheetState
from ..enums import DutyNature
from .ledger import Deployment
from .needs import Need, TaskType


def _issued(path: str = "") -> Q:
    """What units were told: it stands, or was taken back from them."""
    back = {f"{path}state": SheetState.WITHDRAWN, f"{path}issued_at__isnull": False}
    return Q(**{f"{path}state__in": TOLD}) | Q(**back)


class SheetQuerySet(models.QuerySet["AllocationSheet"]):
    def visible_to(self, user: Any) -> Self:
        """The office sees all; a unit and its group those that send its people, once issued, and
        then also when they are withdrawn."""
        scope = scope_of(user)
        if scope.everything:
            return self
        lines = AllocationLine.objects.filter(
            sheet=OuterRef("pk"), unit__in=scope.units, heads__gt=0
        )
        return self.filter(Exists(lines), _issued())


class AllocationSheet(models.Model):
    """力量调配通知单: drafted from a proposal or by hand, signed, issued and followed to its end.

    `proposal` keeps what the proposal said as a whole; what it said of each line stands there.
    `version` counts the savings of the draft, so that nobody overwrites another.
    """

    submission = submission_field()
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="allocations", verbose_name="应急任务"
    )
    on = models.DateField("到岗日期")
    ends_on = models.DateField("截止日期", null=True, blank=True)
    year = models.PositiveSmallIntegerField("年份", null=True, blank=True)
    number = models.PositiveIntegerField("编号", null=True, blank=True)
    state = models.CharField("状态", max_length=9, choices=SheetState, default=SheetState.DRAFT)
    note = models.CharField("工作要求", max_length=200, blank=True)
    proposal = models.JSONField("建议方案", default=dict, blank=True)
    version = models.PositiveIntegerField("版本", default=1)
    is_drill = models.BooleanField("演练", default=False)
    document = models.OneToOneField(
        Document,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="allocation",
        verbose_name="公文",
    )
    made_at = models.DateTimeField("起草时间")
    made_by = person_field("起草人")
    submitted_at = models.DateTimeField("送审时间", null=True, blank=True)
    submitted_by = person_field("送审人")
    returned_reason = models.CharField("退回意见", max_length=200, blank=True)
    signed_at = models.DateTimeField("签发时间", null=True, blank=True)
    signed_by = person_field("签发领导")
    is_signed_on_behalf = models.BooleanField("代签", default=False)
    signature_by = person_field("经办签发")
    issued_at = models.DateTimeField("下发时间", null=True, blank=True)
    issued_by = person_field("下发人")
    accepted_at = models.DateTimeField("接单齐全时间", null=True, blank=True)
    arrived_at = models.DateTimeField("到岗齐全时间", null=True, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    finished_by = person_field("办结人")
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawn_by = person_field("撤回人")
    withdrawn_reason = models.CharField("撤回原因", max_length=200, blank=True)

    objects: ClassVar = SheetQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "力量调配通知单"
        ordering: ClassVar = ["-on", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="allocation_ends_after_start",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("on")),
                violation_error_message="截止日期不得早于到岗日期。",
            ),
            models.UniqueConstraint(
                fields=["year", "number", "is_drill"],
                name="allocation_number_once",
                violation_error_message="该编号已用。",
            ),
            models.CheckConstraint(
                name="allocation_signed_has_signer",
                condition=Q(state__in=[SheetState.DRAFT, SheetState.REVIEW, SheetState.WITHDRAWN])
                | Q(signed_by__isnull=False, signed_at__isnull=False, number__isnull=False),
                violation_error_message="未签发的调配单不能下发。",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["campaign", "-on"], name="allocation_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.number_text or f'{self.on.month}月{self.on.day}日'}力量调配通知单"

    def get_absolute_url(self) -> str:
        return reverse("deployments:allocation_detail", args=[self.pk])

    @property
    def number_text(self) -> str:
        """调配〔2026〕12号; empty before it is signed."""
        return f"调配〔{self.year}〕{self.number}号" if self.number else ""


class LineQuerySet(models.QuerySet["AllocationLine"]):
    def visible_to(self, user: Any) -> Self:
        """As the sheets; of one sheet a unit sees its own lines alone."""
        scope = scope_of(user)
        if scope.everything:
            return self
        return self.filter(_issued("sheet__"), unit__in=scope.units, heads__gt=0)


class AllocationLine(models.Model):
    """One unit's people for one need. `heads` 0: proposed, and left out by whoever edited."""

    sheet = models.ForeignKey(
        AllocationSheet, models.CASCADE, related_name="lines", verbose_name="调配单"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="allocations", verbose_name="派出单位"
    )
    need = models.ForeignKey(
        Need, models.PROTECT, related_name="allocations", verbose_name="对应需求"
    )
    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name="社区")
    task_type = models.ForeignKey(
        TaskType, models.PROTECT, related_name="+", verbose_name="任务类型"
    )
    heads = models.PositiveIntegerField("人数")
    proposed = models.PositiveIntegerField("建议人数", default=0)
    nearness = models.PositiveSmallIntegerField("远近", choices=Nearness, default=Nearness.FURTHER)
    reason = models.CharField("理由", max_length=120, blank=True)
    nature = models.CharField("性质", max_length=5, choices=DutyNature, default=DutyNature.SENT)
    shift = models.CharField("时段", max_length=40, blank=True, default="08:00–20:00")
    rotation_days = models.PositiveSmallIntegerField("轮班（天）", null=True, blank=True)
    leader = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="带队人"
    )
    leader_phone = models.CharField(
        "联系电话", max_length=30, blank=True, help_text="单位值班或办公电话，列入派出清单。"
    )
    meeting_place = models.CharField("集合地点", max_length=60, blank=True)
    contact = models.CharField("接洽人", max_length=60, blank=True)
    protection = models.CharField("防护保障", max_length=80, blank=True)
    acknowledged_at = models.DateTimeField("接单时间", null=True, blank=True)
    acknowledged_by = person_field("接单人")
    deployment = models.OneToOneField(
        Deployment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="allocation",
        verbose_name="下沉任务",
    )

    objects: ClassVar = LineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "调配明细"
        ordering: ClassVar = ["sheet", "unit__sort_order", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sheet", "unit", "need"],
                name="allocation_line_once",
                violation_error_message="该单位在本单中已有一条派往该需求的明细。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} → {self.community} {self.heads} 人"

    def get_absolute_url(self) -> str:
        return f"{self.sheet.get_absolute_url()}#line-{self.pk}"


class NeedConfirmationQuerySet(models.QuerySet["NeedConfirmation"]):
    def visible_to(self, user: Any) -> Self:
        scope = scope_of(user)
        if scope.everything or scope.roles & {Role.LIAISON, Role.CITY}:
            return self
        return self.filter(need__deployments__unit__in=scope.units).distinct()


class NeedConfirmation(models.Model):
    """How many people a community says were there on a day, for one need."""

    need = models.ForeignKey(
        Need, models.CASCADE, related_name="confirmations", verbose_name="社区需求"
    )
    on = models.DateField("日期")
    heads = models.PositiveIntegerField("确认人数")
    source = models.CharField("来源", max_length=5, choices=NeedSource, default=NeedSource.CITY)
    at = models.DateTimeField("确认时间")
    by = person_field("登记人")

    objects: ClassVar = NeedConfirmationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "社区确认"
        ordering: ClassVar = ["-on", "need"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["need", "on"],
                name="need_confirmed_once",
                violation_error_message="该需求当日已确认，请在原确认上修改。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.need} {self.on}"
