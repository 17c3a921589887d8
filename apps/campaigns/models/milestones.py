"""Clocks a campaign is held to, the notices they rest on, and new cases that set one back."""

import datetime as dt
from functools import cached_property
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Max, OuterRef, Q, Subquery
from django.urls import reverse

from apps.accounts.fields import person_field
from apps.communities.models import District
from apps.core.submissions import submission_field

from ..enums import REPORTING_STATES, MilestoneClock
from .campaigns import Campaign, RuleQuerySet

DAY = dt.timedelta(days=1)


class MilestoneQuerySet(RuleQuerySet):
    def with_resets(self) -> Self:
        """Reads the last new case of each clock along; without it a clock asks for its own."""
        last = MilestoneReset.objects.filter(milestone=OuterRef("pk"), withdrawn_at=None)
        return self.annotate(last_reset_at=Subquery(last.order_by("-at").values("at")[:1]))

    def limits(self) -> Self:
        """Clocks that can be missed, and whose moment has not been recorded."""
        return self.standing().filter(clock=MilestoneClock.FROM_EVENT, reached_at=None)

    def standing(self) -> Self:
        """Without the clocks that were started by mistake."""
        return self.filter(cancelled_at=None)

    def under_way(self) -> Self:
        return self.filter(campaign__state__in=REPORTING_STATES)


class Milestone(models.Model):
    """A clock the campaign is held to, with the source of each of its moments."""

    submission = submission_field()
    campaign = models.ForeignKey(
        Campaign, models.CASCADE, related_name="milestones", verbose_name="应急任务"
    )
    name = models.CharField("重要节点", max_length=40)
    district = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="区县"
    )
    area = models.CharField(
        "区域", max_length=40, blank=True, default="", db_default="", help_text="如：京广路沿线"
    )
    clock = models.CharField("计时方式", max_length=12, choices=MilestoneClock)
    started_at = models.DateTimeField("起算时间")
    started_source = models.CharField(
        "起算依据",
        max_length=80,
        blank=True,
        default="",
        db_default="",
        help_text="如：据省防指通知",
    )
    limit_hours = models.PositiveIntegerField("时限（小时）", help_text="14天填 336。")
    alarm_hours = models.PositiveIntegerField("提前提醒（小时）", default=6, db_default=6)
    reached_at = models.DateTimeField("实现时间", null=True, blank=True)
    source = models.CharField("来源", max_length=80, blank=True, help_text="如：据省电力公司通报")
    source_at = models.DateTimeField("通报时间", null=True, blank=True)
    source_number = models.CharField(
        "通报文号", max_length=60, blank=True, default="", db_default=""
    )
    recorded_by = person_field("登记人")
    recorded_at = models.DateTimeField("登记时间", null=True, blank=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawn_by = person_field("撤回人")
    withdrawn_reason = models.CharField(
        "撤回原因", max_length=200, blank=True, default="", db_default=""
    )
    cancelled_at = models.DateTimeField("撤销时间", null=True, blank=True)
    cancelled_by = person_field("撤销人", db_index=False)
    cancelled_reason = models.CharField(
        "撤销原因", max_length=200, blank=True, default="", db_default=""
    )

    objects: ClassVar = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "重要节点"
        ordering: ClassVar = ["campaign", "started_at", "limit_hours"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="milestone_reached_after_start",
                condition=Q(reached_at=None) | Q(reached_at__gte=F("started_at")),
                violation_error_message="实现时间不得早于起算时间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.place}）" if self.place else self.name

    def get_absolute_url(self) -> str:
        return reverse("campaigns:milestone_detail", args=[self.pk])

    @property
    def place(self) -> str:
        """中原区, 京广路沿线, 中原区京广路沿线; empty for everywhere."""
        return f"{self.district or ''}{self.area}"

    @property
    def resets_on_cases(self) -> bool:
        return self.clock == MilestoneClock.CLEAR_DAYS

    @cached_property
    def last_reset_at(self) -> dt.datetime | None:
        """The last new case told; `with_resets` reads it along for many."""
        return self.resets.filter(withdrawn_at=None).aggregate(at=Max("at"))["at"]

    @property
    def counted_from(self) -> dt.datetime:
        """The event, or for a clock that new cases set back the last of them."""
        if self.resets_on_cases and self.last_reset_at is not None:
            return max(self.started_at, self.last_reset_at)
        return self.started_at

    @property
    def due_at(self) -> dt.datetime:
        return self.counted_from + self.limit

    @property
    def alarm_at(self) -> dt.datetime:
        """When the office is told that the limit comes near; not before the clock runs."""
        return max(self.counted_from, self.due_at - dt.timedelta(hours=self.alarm_hours))

    @property
    def limit(self) -> dt.timedelta:
        return dt.timedelta(hours=self.limit_hours)

    @property
    def limit_text(self) -> str:
        """24小时内, 14天内, 连续14天无新增."""
        days, hours = divmod(self.limit_hours, 24)
        whole_days = hours == 0 and days > 3
        if self.resets_on_cases:
            return f"连续{days}天无新增"
        return f"{days}天内" if whole_days else f"{self.limit_hours}小时内"

    def clear_days(self, *, until: dt.datetime) -> int:
        """Whole days of 24 hours without a new case up to `until`; computed, never stored."""
        return max((until - self.counted_from) // DAY, 0)

    @property
    def is_in_time(self) -> bool | None:
        """None while it is not reached. A clock that cases set back has no limit to miss."""
        if self.reached_at is None:
            return None
        return self.resets_on_cases or self.reached_at <= self.due_at

    @property
    def missing_evidence(self) -> tuple[str, ...]:
        """What the claim lacks to be printed anywhere: the one rule of it.

        A claim names its source, the notice's time or number, and who recorded it here; of a clock
        that new cases set back it also holds only while the days before it are whole and no case
        came after. Empty while nothing is claimed.
        """
        if self.reached_at is None:
            return ()
        wanted = (
            (bool(self.source), "来源"),
            (bool(self.source_at or self.source_number), "通报时间或文号"),
            (self.recorded_by_id is not None, "登记人"),
        )
        return (
            *(name for given, name in wanted if not given),
            *self._contradicted(self.reached_at),
        )

    def _contradicted(self, reached_at: dt.datetime) -> tuple[str, ...]:
        if not self.resets_on_cases:
            return ()
        if self.last_reset_at is not None and self.last_reset_at > reached_at:
            return ("其后又有新增通报",)
        return () if reached_at >= self.due_at else (f"不满{self.limit_hours // 24}天",)

    @property
    def is_proven(self) -> bool:
        """Whether the claim may be printed."""
        return self.reached_at is not None and not self.missing_evidence


class MilestoneReset(models.Model):
    """A notice of a new case: from it a clock of clear days counts anew."""

    milestone = models.ForeignKey(
        Milestone, models.CASCADE, related_name="resets", verbose_name="重要节点"
    )
    at = models.DateTimeField("新增通报时间")
    source = models.CharField("来源", max_length=80, help_text="如：据卫健部门通报")
    source_number = models.CharField("通报文号", max_length=60, blank=True)
    by = person_field("登记人")
    recorded_at = models.DateTimeField("登记时间")
    withdrawn_at = models.DateTimeField("撤销时间", null=True, blank=True)
    withdrawn_reason = models.CharField("撤销原因", max_length=200, blank=True)

    objects: ClassVar = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "新增通报"
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["milestone", "at"],
                condition=Q(withdrawn_at=None),
                name="reset_once_at_a_moment",
                violation_error_message="该时间的新增通报已登记。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.milestone} {self.at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return self.milestone.get_absolute_url()
