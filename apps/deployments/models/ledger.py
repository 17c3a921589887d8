"""The ledger of who is where: teams, what they were sent to do, and each day of it."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from apps.campaigns.models import Campaign
from apps.communities.models import Community
from apps.core.constraints import no_overlap
from apps.core.scope import ScopedQuerySet, scope_of
from apps.core.submissions import submission_field
from apps.units.enums import Role
from apps.units.models import DatedQuerySet, Member, Unit

from ..enums import DeploymentState, DutyNature
from .needs import Need, TaskType


class Team(models.Model):
    """A commando team (党员突击队) of a unit for a campaign."""

    submission = submission_field()
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="teams", verbose_name="应急任务"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="teams", verbose_name="单位")
    name = models.CharField("党员突击队", max_length=60)
    captain = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="队长"
    )
    formed_on = models.DateField("组建日期")
    oath_on = models.DateField("重温入党誓词日期", null=True, blank=True)
    temporary_branch = models.CharField("临时党支部", max_length=60, blank=True)

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "党员突击队"
        ordering: ClassVar = ["campaign", "unit__sort_order", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "unit", "name"],
                name="team_once",
                violation_error_message="该单位在本任务中已有同名突击队。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("deployments:team_detail", args=[self.pk])


class DeploymentQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """As everything of a unit; the city also sees who was sent for a need (派出清单)."""
        scope = scope_of(user)
        if scope.everything or Role.CITY not in scope.roles:
            return super().visible_to(user)
        return self.filter(Q(unit__in=scope.units) | Q(need__isnull=False))


class Deployment(models.Model):
    """A unit's people at a community for a task and a time."""

    submission = submission_field()
    campaign = models.ForeignKey(
        Campaign,
        models.PROTECT,
        related_name="deployments",
        db_index=False,  # deployment_by_day begins with it
        verbose_name="应急任务",
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="deployments", verbose_name="派出单位"
    )
    team = models.ForeignKey(
        Team,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deployments",
        verbose_name="突击队",
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="deployments", verbose_name="社区"
    )
    task_type = models.ForeignKey(
        TaskType,
        models.PROTECT,
        db_index=False,  # a dozen of them: too few to find a list by
        verbose_name="任务类型",
    )
    need = models.ForeignKey(
        Need,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="deployments",
        verbose_name="对应需求",
    )
    leader = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="带队人"
    )
    nature = models.CharField("性质", max_length=5, choices=DutyNature, default=DutyNature.SENT)
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("截止日期", null=True, blank=True)
    shift = models.CharField("时段", max_length=40, blank=True, help_text="如：08:00–20:00")
    has_night_shift = models.BooleanField("有夜班", default=False)
    rotation_days = models.PositiveSmallIntegerField(
        "轮换（天）", null=True, blank=True, help_text="每几天换一批，到期的人可再次派出。"
    )
    state = models.CharField(
        "状态", max_length=10, choices=DeploymentState, default=DeploymentState.PLANNED
    )
    is_local = models.BooleanField("就地双报到", default=False)
    made_by = models.ForeignKey(
        "deployments.Sealing",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="made",
        db_index=False,  # deployment_made_by
        verbose_name="所由封闭区域调整",
    )
    is_drill = models.BooleanField("演练", default=False)

    objects: ClassVar = DeploymentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "下沉任务"
        ordering: ClassVar = ["-starts_on", "unit__sort_order", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="deployment_ends_after_start",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message="截止日期不得早于起始日期。",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["campaign", "starts_on"], name="deployment_by_day"),
            models.Index(
                fields=["made_by"], name="deployment_made_by", condition=Q(made_by__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} → {self.community}"

    def get_absolute_url(self) -> str:
        return reverse("deployments:deployment_detail", args=[self.pk])


class Assignment(models.Model):
    """One person in a deployment, from a day to a day."""

    deployment = models.ForeignKey(
        Deployment, models.CASCADE, related_name="assignments", verbose_name="下沉任务"
    )
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="assignments", verbose_name="党员"
    )
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        related_name="assignments",
        db_index=False,  # assignment_by_unit begins with it
        verbose_name="派出单位",
        help_text="派出时的单位；组织关系其后变动不影响。",
    )
    starts_on = models.DateField("到岗日期")
    ends_on = models.DateField("离岗日期", null=True, blank=True)
    is_drill = models.BooleanField("演练", default=False)

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "人员派出"
        ordering: ClassVar = ["deployment", "id"]
        constraints: ClassVar = [
            no_overlap(
                name="nobody_in_two_places",
                same=["member_id", "is_drill"],
                start="starts_on",
                end="ends_on",
                message="该党员在这段时间已派往另一社区。",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit", "starts_on"], name="assignment_by_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.starts_on}"


class DeploymentDayQuerySet(ScopedQuerySet):
    unit_path = "deployment__unit"


class DeploymentDay(models.Model):
    """What happened at a deployment on one day: who should be there, who was, what was done."""

    deployment = models.ForeignKey(
        Deployment, models.CASCADE, related_name="days", verbose_name="下沉任务"
    )
    on = models.DateField("日期")
    expected = models.PositiveIntegerField("应到（人）")
    present = models.PositiveIntegerField("实到（人）")
    night = models.PositiveIntegerField("其中夜班（人）", default=0)
    hours = models.DecimalField(
        "服务时长（小时）",
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        help_text="当日每人在岗的小时数，不是合计。",
    )
    output = models.DecimalField("工作量", max_digits=12, decimal_places=2, null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    recorded_at = models.DateTimeField("登记时间", auto_now=True)

    objects: ClassVar = DeploymentDayQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "在岗登记"
        ordering: ClassVar = ["-on", "deployment"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["deployment", "on"],
                name="deployment_day_once",
                violation_error_message="该任务当日已登记，请在原登记上修改。",
            ),
            models.CheckConstraint(
                name="night_within_present",
                condition=Q(night__lte=F("present")),
                violation_error_message="夜班人数不能多于实到人数。",
            ),
            models.CheckConstraint(
                name="hours_within_a_day",
                condition=Q(hours=None) | Q(hours__gte=0, hours__lte=24),
                violation_error_message="一天不超过 24 小时。",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["on"], name="deployment_day_on")]

    def __str__(self) -> str:
        return f"{self.deployment} {self.on}"
