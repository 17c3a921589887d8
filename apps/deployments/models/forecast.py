"""What was foretold of a community's need for hands, as it was told."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from apps.campaigns.models import Campaign
from apps.communities.models import Community
from apps.core.scope import scope_of
from apps.units.enums import Role


class NeedForecastQuerySet(models.QuerySet["NeedForecast"]):
    def visible_to(self, user: Any) -> Self:
        """As the needs themselves: the office, the groups and the city."""
        scope = scope_of(user)
        if scope.everything or scope.roles & {Role.LIAISON, Role.CITY}:
            return self
        return self.none()


class NeedForecast(models.Model):
    """Heads a community was expected to ask for on a day, told the evening before.

    Written once and never moved: tomorrow's error is that of what was told today.
    """

    campaign = models.ForeignKey(
        Campaign, models.CASCADE, related_name="forecasts", verbose_name="应急任务"
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="forecasts", verbose_name="社区"
    )
    on = models.DateField("预测日期")
    heads = models.PositiveIntegerField("预测需求（人）")
    known = models.PositiveIntegerField(
        "已登记（人）",
        null=True,
        blank=True,
        help_text="预测时已登记、覆盖当日的需求；其余为按近七日估计的当日新增。",
    )
    low = models.PositiveIntegerField("近七日最低（人）")
    high = models.PositiveIntegerField("近七日最高（人）")
    eve = models.PositiveIntegerField(
        "前一日需求（人）", help_text="不作预测、沿用前一日数时的结果，用作对照。"
    )
    days = models.PositiveSmallIntegerField("依据天数")
    made_at = models.DateTimeField("预测时间")

    objects: ClassVar = NeedForecastQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "需求预测"
        ordering: ClassVar = ["-on", "community__sort_key"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "on", "community"],
                name="need_forecast_once",
                violation_error_message="该社区当日已有预测。",
            ),
            models.CheckConstraint(
                name="need_forecast_covers_known",
                condition=Q(known=None) | Q(known__lte=F("heads")),
                violation_error_message="预测不应少于已登记的需求。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.community} {self.on} {self.heads} 人"
