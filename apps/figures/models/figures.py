"""Frozen values: the snapshot of a day and its figures."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from apps.accounts.fields import person_field
from apps.campaigns.models import Campaign
from apps.communities.models import District
from apps.core.scope import scope_of
from apps.units.enums import UnitCategory
from apps.units.models import LiaisonGroup, Unit

from ..enums import (
    Qualifier,
    ScopeKind,
    Stage,
)
from .indicators import VALUE, Indicator


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def standing(self) -> Self:
        """Without those an unlock has taken back."""
        return self.filter(withdrawn_at=None)

    def locked(self) -> Self:
        return self.filter(stage=Stage.LOCKED).standing()


class Snapshot(models.Model):
    """One drawing-together of a campaign's day: provisional (快报数) or locked (核定数)."""

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="snapshots", verbose_name="应急任务"
    )
    on = models.DateField("日期")
    stage = models.CharField("性质", max_length=8, choices=Stage)
    as_of = models.DateTimeField("数据时点")
    taken_at = models.DateTimeField("生成时间")
    taken_by = person_field("操作人", help_text="空为按时自动。")
    withdrawn_at = models.DateTimeField("解锁时间", null=True, blank=True)
    withdrawn_by = person_field("解锁人")
    consented_by = person_field("同意解锁的领导")
    withdrawn_reason = models.CharField("解锁原因", max_length=200, blank=True)

    objects: ClassVar = SnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "数据锁定"
        ordering: ClassVar = ["-on", "-taken_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "on", "stage"],
                condition=Q(withdrawn_at=None),
                name="one_standing_snapshot",
                violation_error_message="当日数据已锁定。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.on} {self.get_stage_display()}"


class FigureQuerySet(models.QuerySet["Figure"]):
    def visible_to(self, user: Any) -> Self:
        """All for the office; a group's and its units' of that day; a unit's own."""
        scope = scope_of(user)
        if scope.everything:
            return self
        return self.filter(
            Q(scope=ScopeKind.GROUP, group__in=scope.groups)
            | Q(scope=ScopeKind.UNIT, group__in=scope.groups)
            | Q(scope=ScopeKind.UNIT, unit__in=scope.own_units)
        )

    def leaves(self) -> Self:
        return self.filter(scope=ScopeKind.UNIT)


class Figure(models.Model):
    """One frozen value of an indicator for a day. A unit's is the leaf; totals add leaves up.

    `value` None is missing (未报), never zero. `reported` of `asked` units had a value.
    `compared` and `compared_before` add only the units present today and yesterday.
    """

    snapshot = models.ForeignKey(
        Snapshot, models.PROTECT, related_name="figures", verbose_name="锁定批次"
    )
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="figures", verbose_name="指标"
    )
    scope = models.CharField("范围", max_length=8, choices=ScopeKind)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="figures", verbose_name="单位"
    )
    group = models.ForeignKey(
        LiaisonGroup, models.PROTECT, null=True, blank=True, verbose_name="联络服务小组"
    )
    category = models.CharField("类别", max_length=12, choices=UnitCategory, blank=True)
    district = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, verbose_name="区县"
    )
    value = models.DecimalField("数值", null=True, blank=True, **VALUE)
    qualifier = models.CharField("修饰", max_length=6, choices=Qualifier, blank=True)
    reported = models.PositiveIntegerField("已报", default=0)
    asked = models.PositiveIntegerField("应报", default=0)
    compared = models.DecimalField("同口径今日", null=True, blank=True, **VALUE)
    compared_before = models.DecimalField("同口径昨日", null=True, blank=True, **VALUE)
    compared_units = models.PositiveIntegerField("同口径单位数", default=0)
    carried_over = models.DecimalField(
        "未报单位昨日数", null=True, blank=True, help_text="暂按昨日数计的部分，另列。", **VALUE
    )
    revision_id = models.BigIntegerField(
        "报送版本", null=True, blank=True, help_text="填报数所依据的报送版本编号。"
    )

    objects: ClassVar = FigureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "核定数"
        ordering: ClassVar = ["snapshot", "indicator", "scope", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=[
                    "snapshot",
                    "indicator",
                    "scope",
                    "unit",
                    "group",
                    "category",
                    "district",
                ],
                nulls_distinct=False,
                name="figure_once",
            ),
            models.CheckConstraint(
                name="figure_scope_names_its_place",
                condition=(
                    Q(scope=ScopeKind.UNIT, unit__isnull=False)
                    | Q(scope=ScopeKind.GROUP, unit=None, group__isnull=False, category="")
                    | Q(scope=ScopeKind.CATEGORY, unit=None, group=None) & ~Q(category="")
                    | Q(scope=ScopeKind.DISTRICT, unit=None, group=None, district__isnull=False)
                    | Q(scope=ScopeKind.TOTAL, unit=None, group=None, category="", district=None)
                ),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit", "indicator"], name="figure_by_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.value}"
