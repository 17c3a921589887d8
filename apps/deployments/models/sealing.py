"""What closures did to who is where, kept so that it can be told, taken back and ended."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from apps.communities.models import AreaStatus, Estate
from apps.core.dates import to_local
from apps.core.scope import ScopedQuerySet, scope_of
from apps.units.models import Member

from ..enums import DeploymentState
from ..sealing_enums import AT_WORK, ChangeKind, SealingKind, SealingState
from .batches import Press, PressQuerySet
from .ledger import Deployment


class OfDeploymentQuerySet(ScopedQuerySet):
    unit_path = "deployment__unit"


class LocalPost(models.Model):
    """The estate a deployment is confined to: those who live there serve there."""

    deployment = models.OneToOneField(
        Deployment, models.CASCADE, related_name="local_post", verbose_name="下沉任务"
    )
    estate = models.ForeignKey(
        Estate, models.PROTECT, related_name="local_posts", verbose_name="所在小区"
    )

    objects: ClassVar = OfDeploymentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "就地岗位"
        ordering: ClassVar = ["deployment"]

    def __str__(self) -> str:
        return f"{self.deployment_id} {self.estate}"


class SealingQuerySet(PressQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Whoever sees one of those it moved as their unit or group does."""
        scope = scope_of(user)
        if scope.everything:
            return self
        touched = SealingChange.objects.filter(
            sealing=OuterRef("pk"), deployment__unit__in=scope.units
        )
        return self.filter(Exists(touched))

    def at_work(self) -> Self:
        """In the worker's hands or on their way there."""
        return self.filter(state__in=AT_WORK)

    def undoable(self, *, now: dt.datetime) -> Self:
        return super().undoable(now=now).filter(state=SealingState.APPLIED)


class Sealing(Press):
    """One press of 应用调整 or 办理返回, from its asking to its undoing.

    `seal` is the fingerprint of the plan that was shown; `message` says why something was not done.
    """

    kind = models.CharField("事项", max_length=8, choices=SealingKind)
    is_drill = models.BooleanField("演练", default=False)
    state = models.CharField(
        "状态", max_length=8, choices=SealingState, default=SealingState.APPLIED
    )
    seal = models.CharField("方案摘要", max_length=80, blank=True, editable=False)
    attempt = models.PositiveSmallIntegerField("次数", default=1, editable=False)
    message = models.TextField("说明", blank=True)

    objects: ClassVar = SealingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "封闭区域调整"
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_drill"],
                condition=Q(state__in=["applying", "undoing"]),
                name="one_sealing_at_work",
                violation_error_message="另一次调整正在办理，请稍候。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {to_local(self.at):%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("deployments:sealing_detail", args=[self.pk])

    @property
    def scope(self) -> str:
        """Its line in the ledger of jobs; each attempt is a request of its own."""
        return f"sealing-{self.pk}-{self.attempt}"

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK


class SealingChangeQuerySet(OfDeploymentQuerySet):
    def counts(self) -> tuple[dict[str, int], int]:
        """How many of each kind, and of how many units; two statements."""
        by_kind = self.order_by().values_list("kind").annotate(n=Count("pk"))
        found = {**dict.fromkeys(ChangeKind.values, 0), **dict(by_kind)}
        return found, self.order_by().values("deployment__unit").distinct().count()


class SealingChange(models.Model):
    """What became of one person's stay; the unit is that of the deployment.

    `stay` is the number of the assignment that was cut short or taken off and keeps it when it is
    put back; `starts_on` and `ends_on` are its days before, `since` the first day of the change.
    `new_stay` is the number of the assignment made instead.
    """

    sealing = models.ForeignKey(
        Sealing, models.CASCADE, related_name="changes", verbose_name="封闭区域调整"
    )
    kind = models.CharField("变动", max_length=9, choices=ChangeKind)
    status = models.ForeignKey(
        AreaStatus,
        models.PROTECT,
        related_name="+",
        db_index=False,  # no list is found by it
        verbose_name="封闭措施",
    )
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name="党员")
    stay = models.BigIntegerField("人员派出编号", null=True, blank=True)
    deployment = models.ForeignKey(
        Deployment, models.PROTECT, related_name="+", verbose_name="原任务"
    )
    starts_on = models.DateField("原到岗日期")
    ends_on = models.DateField("原离岗日期", null=True, blank=True)
    since = models.DateField("变动日期")
    new_stay = models.BigIntegerField("新派出编号", null=True, blank=True)
    new_ends_on = models.DateField("新离岗日期", null=True, blank=True)
    target = models.ForeignKey(
        Deployment,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="转往任务",
    )
    return_of = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="returns",
        db_index=False,  # sealing_change_returned
        verbose_name="所返回的变动",
    )

    objects: ClassVar = SealingChangeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "封闭区域人员变动"
        ordering: ClassVar = ["sealing", "deployment__unit__sort_order", "id"]
        indexes: ClassVar = [
            models.Index(
                fields=["return_of"],
                name="sealing_change_returned",
                condition=Q(return_of__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.get_kind_display()}"


class SealingDeployment(models.Model):
    """A deployment a sealing emptied, opened again or turned into a local one, as it stood before.

    Those it made bear its number (`made_by`).
    """

    sealing = models.ForeignKey(
        Sealing,
        models.CASCADE,
        related_name="deployments",
        db_index=False,  # sealing_deployment_once begins with it
        verbose_name="封闭区域调整",
    )
    deployment = models.ForeignKey(
        Deployment, models.CASCADE, related_name="sealings", verbose_name="下沉任务"
    )
    state = models.CharField("原状态", max_length=10, choices=DeploymentState)
    ends_on = models.DateField("原截止日期", null=True, blank=True)
    is_local = models.BooleanField("原为就地", default=False)

    objects: ClassVar = OfDeploymentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "封闭区域调整的任务"
        ordering: ClassVar = ["sealing", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sealing", "deployment"], name="sealing_deployment_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sealing} {self.deployment_id}"
