"""What changed a frozen figure later."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from apps.accounts.fields import person_field
from apps.core.scope import scope_of

from ..enums import (
    CorrectionState,
)
from .figures import Figure
from .indicators import VALUE


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

    def on_record(self) -> Self:
        """Those that stand, and what was decided under a lock that was taken back since and did not
        come along to the new one."""
        same = {
            path: OuterRef(path)
            for path in (
                "figure__snapshot__campaign",
                "figure__snapshot__on",
                "figure__unit",
                "figure__indicator",
                "proposed_at",
            )
        }
        carried = Correction.objects.standing().filter(**same)
        decided = ~Q(state=CorrectionState.PROPOSED) & ~Exists(carried)
        return self.filter(Q(figure__snapshot__withdrawn_at=None) | decided)


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
    proposed_by = person_field("提出人", is_known=True)
    proposed_at = models.DateTimeField("提出时间")
    reviewed_by = person_field("审核人")
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
