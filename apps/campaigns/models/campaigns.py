"""The emergency being worked on, and the rules its days follow."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from apps.core.constraints import no_overlap
from apps.core.scope import scope_of
from apps.core.submissions import submission_field
from apps.units.models import DatedQuerySet, Unit

from ..enums import (
    REPORTING_STATES,
    CampaignKind,
    CampaignMode,
    CampaignState,
    Hour,
    Rung,
)


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, user: Any) -> Self:
        return self if scope_of(user).roles else self.none()

    def real(self) -> Self:
        """Without drills: what figures across campaigns start from."""
        return self.filter(is_drill=False)

    def running(self, day: dt.date) -> Self:
        """Campaigns whose units report for `day`."""
        return self.filter(
            Q(ends_on=None) | Q(ends_on__gte=day),
            starts_on__lte=day,
            state__in=REPORTING_STATES,
        )


class Campaign(models.Model):
    """One emergency, or one drill of it. Figures of two are never added silently."""

    submission = submission_field()
    code = models.SlugField("代码", max_length=40, unique=True)
    name = models.CharField("应急任务", max_length=60, unique=True)
    kind = models.CharField("类型", max_length=12, choices=CampaignKind)
    state = models.CharField(
        "状态", max_length=10, choices=CampaignState, default=CampaignState.PLANNED
    )
    mode = models.CharField(
        "平急状态", max_length=10, choices=CampaignMode, default=CampaignMode.EMERGENCY
    )
    level = models.CharField("响应级别", max_length=20, blank=True, help_text="如：防汛Ⅰ级响应")
    level_source = models.CharField("级别依据", max_length=80, blank=True)
    level_at = models.DateTimeField("级别时间", null=True, blank=True)
    is_drill = models.BooleanField("演练", default=False)
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)
    counterpart = models.CharField("对接单位", max_length=60, default="郑州市直机关工委")

    objects: ClassVar = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "应急任务"
        ordering: ClassVar = ["-starts_on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="campaign_ends_after_start",
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                violation_error_message="结束日期不得早于起始日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("campaigns:campaign_detail", args=[self.code])

    @property
    def is_reporting(self) -> bool:
        return self.state in REPORTING_STATES

    def day_number(self, day: dt.date) -> int:
        """1 on the first day."""
        return (day - self.starts_on).days + 1


class RuleQuerySet(models.QuerySet[Any]):
    """Rules of a campaign's days are no secret to anybody who holds a posting."""

    def visible_to(self, user: Any) -> Self:
        return self if scope_of(user).roles else self.none()


class PolicyHour(models.Model):
    """One hour of a campaign's day."""

    campaign = models.ForeignKey(
        Campaign, models.CASCADE, related_name="hours", verbose_name="应急任务"
    )
    hour = models.CharField("环节", max_length=16, choices=Hour)
    at = models.TimeField("时间")

    objects: ClassVar = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "时间安排"
        ordering: ClassVar = ["campaign", "at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "hour"], name="policy_hour_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_hour_display()} {self.at:%H:%M}"


DAY_MINUTES = 24 * 60


class LadderStep(models.Model):
    """One rung of the reminder ladder: when, and whom it reaches."""

    campaign = models.ForeignKey(
        Campaign, models.CASCADE, related_name="ladder", verbose_name="应急任务"
    )
    rung = models.CharField("级别", max_length=8, choices=Rung)
    # A rung of one day's report stands within a day of its hour.
    offset_minutes = models.SmallIntegerField(
        "相对截报（分钟）",
        validators=[MinValueValidator(-DAY_MINUTES), MaxValueValidator(DAY_MINUTES)],
        help_text=f"截报前填负数，前后不超过一天（{DAY_MINUTES}分钟）。",
    )
    to_duty_desk = models.BooleanField("单位值班室、联络员", default=True)
    to_unit_leader = models.BooleanField("机关党委专职副书记", default=False)
    to_group = models.BooleanField("联络服务小组", default=True)
    to_office = models.BooleanField("工委办公室", default=False)
    needs_confirmation = models.BooleanField("须人工确认后发出", default=False)

    objects: ClassVar = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "催报安排"
        ordering: ClassVar = ["campaign", "offset_minutes"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "rung"], name="ladder_rung_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_rung_display()} {self.offset_minutes:+d}"


class UnitActivation(models.Model):
    """A unit takes part in a campaign from a day to a day: who is asked to report."""

    campaign = models.ForeignKey(
        Campaign, models.CASCADE, related_name="activations", verbose_name="应急任务"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="activations", verbose_name="单位")
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("截止日期", null=True, blank=True)

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "参与单位"
        ordering: ClassVar = ["campaign", "unit"]
        constraints: ClassVar = [
            no_overlap(
                name="one_activation_at_a_time",
                same=["campaign_id", "unit_id"],
                start="starts_on",
                end="ends_on",
                message="该单位在这段时间已在参与名单中。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.unit}"
