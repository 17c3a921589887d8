"""Defined measures, their frozen values, and what changed them later."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from apps.campaigns.enums import CampaignKind
from apps.campaigns.models import Campaign
from apps.communities.models import District
from apps.core.scope import scope_of
from apps.units.enums import UnitCategory
from apps.units.models import DatedQuerySet, LiaisonGroup, Unit

from .agreement import AGREEMENTS
from .enums import (
    CorrectionState,
    IndicatorKind,
    IndicatorSource,
    Measure,
    Qualifier,
    Rollup,
    ScopeKind,
    Section,
    Stage,
)

VALUE: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}


class DictionaryQuerySet(DatedQuerySet):
    """What is asked is no secret inside the portal: whoever holds any posting may look it up."""

    def visible_to(self, user: Any) -> Self:
        return self if scope_of(user).roles else self.none()


class Indicator(models.Model):
    """A measure with a name, a unit of count and a way to add it up."""

    code = models.CharField("代码", max_length=12, unique=True)
    name = models.CharField("指标", max_length=40)
    campaign_kind = models.CharField("任务类型", max_length=12, choices=CampaignKind)
    measure = models.CharField("计量单位", max_length=20, choices=Measure)
    kind = models.CharField("性质", max_length=12, choices=IndicatorKind)
    rollup = models.CharField("汇总方式", max_length=10, choices=Rollup)
    source = models.CharField("来源", max_length=10, choices=IndicatorSource)
    section = models.CharField("栏目", max_length=8, choices=Section)
    is_restricted = models.BooleanField(
        "限工委和本单位可见", default=False, help_text="对外及小数值不显示。"
    )
    sort_order = models.PositiveSmallIntegerField("排序")

    class Meta:
        verbose_name = verbose_name_plural = "指标"
        ordering: ClassVar = ["sort_order"]
        constraints: ClassVar = AGREEMENTS

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """What has been published stays in the measure it was published in."""
        was = Indicator.objects.filter(pk=self.pk).values("measure", "kind", "rollup").first()
        now = {"measure": self.measure, "kind": self.kind, "rollup": self.rollup}
        if was not in (None, now) and self.figures.exists():
            raise ValidationError(
                "该指标已有核定数，计量单位、性质和汇总方式不能更改；口径不同的，请另建指标。"
            )


class IndicatorDefinition(models.Model):
    """The wording of an indicator that held for a span of days."""

    indicator = models.ForeignKey(
        Indicator, models.CASCADE, related_name="definitions", verbose_name="指标"
    )
    version = models.CharField("口径版本", max_length=20)
    text = models.TextField("口径")
    basis = models.CharField("依据", max_length=120)
    starts_on = models.DateField("启用日期")
    ends_on = models.DateField("停用日期", null=True, blank=True)

    objects: ClassVar = DictionaryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "指标口径"
        ordering: ClassVar = ["indicator", "starts_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["indicator", "version"], name="definition_once"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.version}"


class CampaignIndicator(models.Model):
    """What a campaign asks of its units: one indicator, its place and its days."""

    campaign = models.ForeignKey(
        Campaign, models.CASCADE, related_name="indicators", verbose_name="应急任务"
    )
    indicator = models.ForeignKey(Indicator, models.PROTECT, verbose_name="指标")
    position = models.PositiveSmallIntegerField("顺序")
    is_typed = models.BooleanField("由单位填报", help_text="否则由台账自动得出。")
    is_required = models.BooleanField("必填", default=False)
    starts_on = models.DateField("启用日期")
    ends_on = models.DateField("停用日期", null=True, blank=True)

    objects: ClassVar = DictionaryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任务指标"
        ordering: ClassVar = ["campaign", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "indicator"], name="campaign_indicator_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.indicator}"

    def clean(self) -> None:
        """A campaign asks for its own kind of indicators; what a ledger counts, no unit types."""
        if not self.campaign_id or not self.indicator_id:
            return
        if self.indicator.campaign_kind != self.campaign.kind:
            kind = self.indicator.get_campaign_kind_display()
            raise ValidationError(
                {"indicator": f"“{self.indicator}”是{kind}的指标，本任务不能用。"}
            )
        if self.is_typed and self.indicator.source == IndicatorSource.LEDGER:
            raise ValidationError(
                {"is_typed": f"“{self.indicator}”由台账得出，不能由单位填报：请去掉“由单位填报”。"}
            )


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
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="操作人",
        help_text="空为按时自动。",
    )
    withdrawn_at = models.DateTimeField("解锁时间", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="解锁人",
    )
    consented_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="同意解锁的领导",
    )
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


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def visible_to(self, user: Any) -> Self:
        """Whoever sees the figure sees what changed it; restricted ones only their own unit."""
        scope = scope_of(user)
        if scope.everything:
            return self
        return self.filter(
            Q(figure__indicator__is_restricted=False) | Q(figure__unit__in=scope.own_units),
            figure__in=Figure.objects.visible_to(user),
        )

    def standing(self) -> Self:
        """Without those of a lock that was taken back."""
        return self.filter(figure__snapshot__withdrawn_at=None)


class Correction(models.Model):
    """What changed a frozen leaf after its lock. The old value stays where it was."""

    figure = models.ForeignKey(
        Figure, models.PROTECT, related_name="corrections", verbose_name="核定数"
    )
    old = models.DecimalField("原值", null=True, blank=True, **VALUE)
    new = models.DecimalField("更正为", null=True, blank=True, **VALUE)
    reason = models.CharField("原因", max_length=200)
    state = models.CharField(
        "状态", max_length=10, choices=CorrectionState, default=CorrectionState.PROPOSED
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人"
    )
    proposed_at = models.DateTimeField("提出时间")
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="审核人",
    )
    reviewed_at = models.DateTimeField("审核时间", null=True, blank=True)

    objects: ClassVar = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "更正"
        ordering: ClassVar = ["-proposed_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="correction_changes_something",
                condition=~Q(old=F("new")) | Q(old=None) | Q(new=None),
                violation_error_message="更正前后的数值相同。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"
