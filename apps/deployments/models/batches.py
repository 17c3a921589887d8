"""What was done to many at once, kept so that it can be taken back for a while."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef

from apps.accounts.fields import person_field
from apps.core.scope import scope_of
from apps.units.models import Member, Unit

from ..enums import BatchKind, DeploymentState
from .ledger import Assignment, Deployment

UNDO_FOR = dt.timedelta(hours=2)
"""How long a batch may be taken back; after that people have gone their ways."""


class PressQuerySet(models.QuerySet[Any]):
    def undoable(self, *, now: dt.datetime) -> Self:
        return self.filter(undone_at=None, at__gt=now - UNDO_FOR)


class Press(models.Model):
    """One press that changed many rows: whose, when, and whether it was taken back."""

    at = models.DateTimeField("办理时间")
    by = person_field("办理人", is_known=True)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    undone_by = person_field("撤销人")

    class Meta:
        abstract = True

    @property
    def undo_until(self) -> dt.datetime:
        return self.at + UNDO_FOR


class BatchQuerySet(PressQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Whoever sees one of its deployments as a unit or a group does."""
        scope = scope_of(user)
        if scope.everything:
            return self
        touched = BatchDeployment.objects.filter(
            batch=OuterRef("pk"), deployment__unit__in=scope.units
        )
        return self.filter(Exists(touched))


class Batch(Press):
    """One press of 撤回所选 or 派往该处."""

    kind = models.CharField("事项", max_length=9, choices=BatchKind)
    on = models.DateField("日期", help_text="撤回的最后一天，或派出的第一天。")

    objects: ClassVar = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "批量办理"
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["by", "-at"], name="batch_by_person")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}"

    @property
    def undo_until(self) -> dt.datetime:
        return self.at + UNDO_FOR


class OfBatchQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        scope = scope_of(user)
        return self if scope.everything else self.filter(deployment__unit__in=scope.units)


class BatchDeployment(models.Model):
    """A deployment of a batch, as it stood before."""

    batch = models.ForeignKey(
        Batch, models.CASCADE, related_name="deployments", verbose_name="批量办理"
    )
    deployment = models.ForeignKey(
        Deployment, models.CASCADE, related_name="batches", verbose_name="下沉任务"
    )
    state = models.CharField("原状态", max_length=10, choices=DeploymentState)
    ends_on = models.DateField("原截止日期", null=True, blank=True)

    objects: ClassVar = OfBatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "批量办理的任务"
        ordering: ClassVar = ["batch", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "deployment"], name="batch_deployment_once"),
        ]

    def __str__(self) -> str:
        return f"{self.batch} {self.deployment_id}"


class BatchStay(models.Model):
    """A person's stay that a withdrawal cut short or took off, or that a sending made.

    `ends_on` is the day it ended on before the withdrawal, or ends on by the sending.
    """

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="stays", verbose_name="批量办理")
    deployment = models.ForeignKey(
        Deployment, models.CASCADE, related_name="+", verbose_name="下沉任务"
    )
    assignment = models.ForeignKey(
        Assignment,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="人员派出",
    )
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name="党员")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="派出单位")
    starts_on = models.DateField("到岗日期")
    ends_on = models.DateField("离岗日期", null=True, blank=True)

    objects: ClassVar = OfBatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "批量办理的人员"
        ordering: ClassVar = ["batch", "id"]

    def __str__(self) -> str:
        return f"{self.batch} {self.member_id}"
