"""What is measured: indicators, their dated wording, and what a campaign asks for."""

from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models

from apps.campaigns.enums import CampaignKind
from apps.campaigns.models import Campaign
from apps.core.scope import scope_of
from apps.units.models import DatedQuerySet

from ..agreement import AGREEMENTS
from ..enums import (
    IndicatorKind,
    IndicatorSource,
    Measure,
    Rollup,
    Section,
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
        """What has been filed or published stays in its measure; triggers hold it at any door."""
        was = Indicator.objects.filter(pk=self.pk).values("measure", "kind", "rollup").first()
        now = {"measure": self.measure, "kind": self.kind, "rollup": self.rollup}
        if was in (None, now):
            return
        if self.figures.exists():
            raise ValidationError(
                "该指标已有核定数，计量单位、性质和汇总方式不能更改；口径不同的，请另建指标。"
            )
        if was["measure"] != self.measure and self._is_filed():
            raise ValidationError(
                {"measure": "该指标已有单位填报，计量单位不能更改；口径不同的，请另建指标。"}
            )

    def _is_filed(self) -> bool:
        """Whether a table above keeps numbers of it: asked of the relations, none is imported."""
        return any(
            relation.related_model._base_manager.filter(**{relation.field.name: self}).exists()
            for relation in self._meta.related_objects
            if any(field.name == "value" for field in relation.related_model._meta.fields)
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
