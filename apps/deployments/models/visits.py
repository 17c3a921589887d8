"""走访督导: what a group saw of a unit's people on the spot, and what came of it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from apps.accounts.fields import person_field
from apps.campaigns.models import Campaign
from apps.communities.models import Community
from apps.core.scope import ScopedQuerySet, scope_of
from apps.office.models import Attachment
from apps.units.models import LiaisonGroup, Unit

from ..visits_enums import AWAITED, FindingState, Verdict
from .ledger import Deployment


class VisitItem(models.Model):
    """Something a group looks at on the spot: a row of the dictionary."""

    code = models.SlugField("代码", max_length=30, unique=True)
    name = models.CharField("检查事项", max_length=20, unique=True)
    standard = models.CharField("检查内容", max_length=100, blank=True)
    is_active = models.BooleanField("启用", default=True)
    sort_order = models.PositiveSmallIntegerField("排序")

    class Meta:
        verbose_name = verbose_name_plural = "检查事项"
        ordering: ClassVar = ["sort_order"]

    def __str__(self) -> str:
        return self.name


class VisitQuerySet(ScopedQuerySet):
    visit_path = ""

    def visible_to(self, user: Any) -> Self:
        """Those of a unit in scope, and whatever one's own group has done."""
        scope = scope_of(user)
        if scope.everything:
            return self
        path = self.visit_path
        made = Q(**{f"{path}group__in": scope.groups})
        return self.filter(made | Q(**{f"{path}unit__in": scope.units}))


class Visit(models.Model):
    """One visit of a group to the people of one unit, at a community or elsewhere."""

    submission = models.UUIDField("提交标识", default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="visits", verbose_name="应急任务"
    )
    group = models.ForeignKey(
        LiaisonGroup,
        models.PROTECT,
        related_name="visits",
        verbose_name="联络服务小组",
        help_text="走访当日联系该单位的小组；其后调整不影响。",
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="visits", verbose_name="走访单位")
    community = models.ForeignKey(
        Community,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="visits",
        verbose_name="社区",
        help_text="不在社区走访的不选，写明地点。",
    )
    deployment = models.ForeignKey(
        Deployment,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="visits",
        verbose_name="下沉任务",
    )
    place = models.CharField(
        "地点", max_length=60, blank=True, help_text="如：东门卡口。不写门牌。"
    )
    on = models.DateField("走访日期")
    at = models.TimeField("到达时间", null=True, blank=True)
    visitors = models.CharField("走访人", max_length=80, help_text="几人同行的用顿号隔开。")
    expected = models.PositiveIntegerField("应到（人）", null=True, blank=True)
    present = models.PositiveIntegerField("实到（人）", null=True, blank=True)
    summary = models.CharField(
        "走访情况", max_length=500, blank=True, help_text="不写姓名、电话和门牌。"
    )
    photos = models.ManyToManyField(Attachment, blank=True, related_name="+", verbose_name="照片")
    by = person_field("登记人", is_known=True)
    recorded_at = models.DateTimeField("登记时间")
    version = models.PositiveIntegerField("版本", default=1, db_default=1, editable=False)
    revised_at = models.DateTimeField("修改时间", null=True, blank=True, editable=False)
    revised_by = person_field("修改人", editable=False)

    objects: ClassVar = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "走访督导"
        ordering: ClassVar = ["-on", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="visit_is_somewhere",
                condition=Q(community__isnull=False) | ~Q(place=""),
                violation_error_message="请选择社区，或写明地点。",
            ),
            models.CheckConstraint(
                name="visit_counts_both_or_neither",
                condition=Q(expected=None, present=None)
                | Q(expected__isnull=False, present__isnull=False),
                violation_error_message="应到、实到请都填写；未清点的都不填。",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["campaign", "unit", "-on"], name="visit_by_unit"),
            models.Index(fields=["campaign", "community", "-on"], name="visit_by_community"),
            models.Index(fields=["group", "-on"], name="visit_by_group"),
        ]

    def __str__(self) -> str:
        return f"{self.on.month}月{self.on.day}日走访{self.unit}"

    def get_absolute_url(self) -> str:
        return reverse("deployments:visit_detail", args=[self.pk])

    @property
    def where(self) -> str:
        """城东路社区（东门卡口）, or the place alone."""
        if self.community is None:
            return self.place
        return f"{self.community}（{self.place}）" if self.place else str(self.community)


class OfVisitQuerySet(VisitQuerySet):
    visit_path = "visit__"


class VisitResult(models.Model):
    """What was found of one item at one visit."""

    visit = models.ForeignKey(
        Visit, models.CASCADE, related_name="results", verbose_name="走访督导"
    )
    item = models.ForeignKey(
        VisitItem, models.PROTECT, related_name="results", verbose_name="检查事项"
    )
    verdict = models.CharField("结果", max_length=10, choices=Verdict, default=Verdict.UNCHECKED)

    objects: ClassVar = OfVisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "检查结果"
        ordering: ClassVar = ["visit", "item__sort_order"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["visit", "item"], name="visit_result_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item}{self.get_verdict_display()}"


class FindingQuerySet(OfVisitQuerySet):
    def awaited(self) -> Self:
        """Those the unit has to answer."""
        return self.filter(state__in=AWAITED)

    def overdue(self, *, on: dt.date) -> Self:
        return self.awaited().filter(due_on__lt=on)


class Finding(models.Model):
    """Something a unit has to put right and to answer for, until the group has seen it done."""

    visit = models.ForeignKey(
        Visit, models.CASCADE, related_name="findings", verbose_name="走访督导"
    )
    item = models.ForeignKey(
        VisitItem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name="检查事项",
    )
    text = models.CharField("问题", max_length=200, help_text="不写姓名、电话和门牌。")
    due_on = models.DateField("答复时限")
    state = models.CharField("状态", max_length=10, choices=FindingState, default=FindingState.OPEN)
    answer = models.CharField("整改答复", max_length=300, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by = person_field("答复人")
    verified_at = models.DateTimeField("核实时间", null=True, blank=True)
    verified_by = person_field("核实人")

    objects: ClassVar = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "走访问题"
        ordering: ClassVar = ["due_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["visit", "text"],
                name="finding_once",
                violation_error_message="这次走访已记过同样的问题。",
            ),
            models.CheckConstraint(
                name="finding_answered_in_words",
                condition=Q(state__in=AWAITED)
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                violation_error_message="请写明整改情况。",
            ),
            models.CheckConstraint(
                name="finding_verified_by_somebody_else",
                condition=~Q(state=FindingState.VERIFIED)
                | Q(verified_at__isnull=False, verified_by__isnull=False)
                & ~Q(verified_by=F("answered_by")),
                violation_error_message="答复人不能核实自己的答复。",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "due_on"], name="finding_by_state"),
        ]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return reverse("deployments:finding_detail", args=[self.pk])

    @property
    def unit_id(self) -> int:
        """The unit that answers: who may write for it may write this row."""
        found: int = self.visit.unit_id
        return found

    @property
    def is_awaited(self) -> bool:
        return self.state in AWAITED


class OfFindingQuerySet(VisitQuerySet):
    visit_path = "finding__visit__"


class FindingStep(models.Model):
    """One entry of a finding's timeline, with the pictures that show it."""

    finding = models.ForeignKey(
        Finding, models.CASCADE, related_name="steps", verbose_name="走访问题"
    )
    after = models.CharField("办理", max_length=10, choices=FindingState)
    text = models.CharField("说明", max_length=300, blank=True)
    photos = models.ManyToManyField(Attachment, blank=True, related_name="+", verbose_name="照片")
    at = models.DateTimeField("时间")
    by = person_field("操作人", is_known=True)

    objects: ClassVar = OfFindingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "问题办理记录"
        ordering: ClassVar = ["finding", "at", "id"]

    def __str__(self) -> str:
        return f"{self.get_after_display()} {self.text}"
