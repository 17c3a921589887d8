"""到岗确认单: what a unit says of a day at a community, and what the community says."""

from typing import Any, ClassVar, Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse

from apps.accounts.fields import person_field
from apps.campaigns.models import Campaign
from apps.communities.models import Community
from apps.core.scope import scope_of
from apps.units.enums import Role

from ..enums import DeploymentState
from ..signing_enums import Manner, Side
from .ledger import Deployment, DeploymentDay


def _hours(label: str, **options: Any) -> Any:
    return models.DecimalField(
        label,
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MaxValueValidator(24, "一天不超过 24 小时。")],
        **options,
    )


class SigningSheetQuerySet(models.QuerySet["SigningSheet"]):
    def visible_to(self, user: Any) -> Self:
        """The office's all; else the sheets on which one sees a line."""
        if scope_of(user).everything:
            return self
        lines = SigningLine.objects.visible_to(user).filter(sheet=OuterRef("pk"))
        return self.filter(Exists(lines))


class SigningSheet(models.Model):
    """One community's sheet of one day. Its link holds for `edition` alone, until `expires_at`.

    The link is derived from number and edition and stands nowhere in the database.
    """

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="signings", verbose_name="应急任务"
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="signings", verbose_name="社区"
    )
    on = models.DateField("日期")
    edition = models.PositiveSmallIntegerField("链接版次", default=1)
    made_at = models.DateTimeField("生成时间")
    expires_at = models.DateTimeField("链接有效至")
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    confirmed_by = models.CharField("确认人", max_length=40, blank=True)
    confirmed_title = models.CharField("职务", max_length=40, blank=True)
    remark = models.CharField("社区备注", max_length=200, blank=True)
    entered_by = person_field("代录人", help_text="社区在纸质单上签字或电话告知，由工委代录。")
    manner = models.CharField(
        "代录方式", max_length=5, choices=Manner, blank=True, default="", db_default=""
    )

    objects: ClassVar = SigningSheetQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "到岗确认单"
        ordering: ClassVar = ["-on", "community__sort_key"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "on", "community"],
                name="signing_sheet_once",
                violation_error_message="该社区当日已有确认单。",
            ),
            models.CheckConstraint(
                name="signing_sheet_says_who",
                condition=Q(confirmed_at=None) | ~Q(confirmed_by=""),
                violation_error_message="请填写确认人。",
            ),
            models.CheckConstraint(
                name="signing_manner_of_entered",
                condition=Q(manner="") | Q(entered_by__isnull=False),
                violation_error_message="代录的才填代录方式。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.community} {self.on.month}月{self.on.day}日到岗确认单"

    def get_absolute_url(self) -> str:
        return reverse("deployments:signing_detail", args=[self.pk])


class SigningLineQuerySet(models.QuerySet["SigningLine"]):
    def visible_to(self, user: Any) -> Self:
        """One's own units'; the city's committee sees those whose unit has entered the day."""
        scope = scope_of(user)
        if scope.everything:
            return self
        seen = Q(deployment__unit__in=scope.units)
        if Role.CITY in scope.roles:
            seen |= Q(Exists(entry_of_line()))
        return self.filter(seen)

    def live(self) -> Self:
        """Without deployments that were taken back before anybody came."""
        return self.filter(~Q(deployment__state=DeploymentState.WITHDRAWN))

    def with_entry(self) -> Self:
        """Adds what the unit says now: `present`, `night`, `worked` (hours); None where the day is
        not entered. And `expected`."""
        entry = entry_of_line().order_by()
        return self.annotate(
            expected=Subquery(entry.values("expected")[:1]),
            present=Subquery(entry.values("present")[:1]),
            night=Subquery(entry.values("night")[:1]),
            worked=Subquery(entry.values("hours")[:1]),
        )

    def confirmed(self) -> Self:
        return self.filter(heads__isnull=False)

    def differing(self) -> Self:
        """Confirmed, and the unit's entry as it stands now says something else.

        Hours are compared where both sides gave them. A settled line differs again once the entry
        is changed from what was settled.
        """
        heads = ~Q(present=F("heads"))
        hours = Q(worked__isnull=False, hours__isnull=False) & ~Q(worked=F("hours"))
        unsettled = Q(settled_at=None) & (heads | hours)
        broken = Q(settled_at__isnull=False) & ~Q(present=F("settled_heads"))
        return self.with_entry().confirmed().filter(unsettled | broken, present__isnull=False)


def entry_of_line() -> Any:
    """The unit's entry of the day a line is about."""
    return DeploymentDay.objects.filter(deployment=OuterRef("deployment"), on=OuterRef("sheet__on"))


class SigningLine(models.Model):
    """One deployment on a sheet: what the community was shown, what it said, what was settled.

    Before it is confirmed the unit's number is that of its entry; `shown_…` keep what stood there
    at that moment. `heads` and `hours` are the community's and never change.
    """

    sheet = models.ForeignKey(
        SigningSheet, models.CASCADE, related_name="lines", verbose_name="到岗确认单"
    )
    deployment = models.ForeignKey(
        Deployment, models.CASCADE, related_name="signings", verbose_name="下沉任务"
    )
    shown_heads = models.PositiveIntegerField("确认时登记数（人）", null=True, blank=True)
    shown_hours = _hours("确认时登记时长（小时）")
    heads = models.PositiveIntegerField("社区确认（人）", null=True, blank=True)
    hours = _hours("社区确认时长（小时）")
    settled_side = models.CharField("核定", max_length=9, choices=Side, blank=True)
    settled_heads = models.PositiveIntegerField("核定人数（人）", null=True, blank=True)
    settled_reason = models.CharField("核定理由", max_length=200, blank=True)
    settled_at = models.DateTimeField("核定时间", null=True, blank=True)
    settled_by = person_field("核定人")

    objects: ClassVar = SigningLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "到岗确认明细"
        ordering: ClassVar = ["sheet", "deployment__unit__sort_order", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sheet", "deployment"], name="signing_line_once"),
            models.CheckConstraint(
                name="signing_settled_says_why",
                condition=Q(settled_at=None, settled_side="")
                | Q(
                    ~Q(settled_side=""),
                    ~Q(settled_reason=""),
                    settled_at__isnull=False,
                    settled_by__isnull=False,
                    heads__isnull=False,
                ),
                violation_error_message="请写明核定理由。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deployment.unit} {self.sheet}"

    def get_absolute_url(self) -> str:
        return self.sheet.get_absolute_url()
