"""双报到: units register with the community of their office, members with that of their home."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from apps.communities.models import AreaStatus, Community
from apps.core.constraints import no_overlap
from apps.core.dates import business_day, moment_on
from apps.core.scope import scope_of
from apps.core.submissions import submission_field
from apps.office.models import Attachment
from apps.units.models import DatedQuerySet, Member, Membership, Unit

from .sealing import Sealing

NOON = dt.time(12, 0)
"""A day is closed when the closure holds at its noon."""


class Receipt(models.Model):
    """报到回执: that the community has stamped the slip, who took it and when."""

    submission = submission_field()
    received_on = models.DateField("回执日期", null=True, blank=True)
    received_by = models.CharField("社区经办人", max_length=40, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        db_index=False,  # no list is found by it
        verbose_name="登记人",
    )
    recorded_at = models.DateTimeField("登记时间", auto_now=True)

    class Meta:
        abstract = True


class UnitRegistration(Receipt):
    """A unit registered with a community, from a day to a day."""

    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="registrations", verbose_name="单位"
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="unit_registrations", verbose_name="报到社区"
    )
    starts_on = models.DateField("报到日期")
    ends_on = models.DateField("截止日期", null=True, blank=True)
    contact = models.CharField("单位联络人", max_length=40, blank=True)
    contact_phone = models.CharField("联络电话", max_length=30, blank=True)
    services = models.CharField("可提供的服务", max_length=200, blank=True)
    slip = models.ForeignKey(
        Attachment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="回执照片",
    )

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位报到"
        ordering: ClassVar = ["unit__sort_order", "-starts_on"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="unit_registration_ends_after_start",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message="截止日期不得早于报到日期。",
            ),
            no_overlap(
                name="unit_registered_once",
                same=["unit_id"],
                start="starts_on",
                end="ends_on",
                message="该单位这段时间已向另一社区报到，请先填写前一段的截止日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} → {self.community}"

    def get_absolute_url(self) -> str:
        return reverse("deployments:unit_registration_detail", args=[self.pk])


class MemberRegistrationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Everybody's for the office, else of those who belong to a unit in scope today."""
        scope = scope_of(user)
        if scope.everything:
            return self
        belongs = Membership.objects.filter(member=OuterRef("member"), unit__in=scope.units)
        return self.filter(Exists(belongs.on(business_day())))

    def on(self, day: dt.date) -> Self:
        """Those that hold on `day`; one made for a closure holds while the closure does."""
        noon = moment_on(day, NOON)
        holds = Q(status=None) | Q(status__ends_at=None) | Q(status__ends_at__gt=noon)
        spans = Q(ends_on=None) | Q(ends_on__gte=day)
        return self.filter(holds, spans, starts_on__lte=day, void_reason="")

    def effective(self, day: dt.date, *, is_drill: bool = False) -> Self:
        """One row a person at most: 就地报到 stands before that of the home while it holds."""
        local = MemberRegistration.objects.filter(
            member=OuterRef("member"), is_local=True, is_drill=is_drill
        ).on(day)
        homes = Q(is_local=False) & ~Exists(local)
        return self.on(day).filter(homes | Q(is_local=True, is_drill=is_drill))


class MemberRegistration(Receipt):
    """A member registered with a community: that of the home, or 就地 while a closure lasts.

    `void_reason` says why one never began: its closure was over before its first day.
    """

    member = models.ForeignKey(
        Member, models.PROTECT, related_name="registrations", verbose_name="党员"
    )
    community = models.ForeignKey(
        Community,
        models.PROTECT,
        related_name="member_registrations",
        db_index=False,  # registered_at_community begins with it
        verbose_name="报到社区",
    )
    starts_on = models.DateField("报到日期")
    ends_on = models.DateField("截止日期", null=True, blank=True)
    is_local = models.BooleanField("就地报到", default=False, editable=False)
    status = models.ForeignKey(
        AreaStatus,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        db_index=False,  # local_registration_open
        verbose_name="封闭措施",
    )
    sealing = models.ForeignKey(
        Sealing,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="registrations",
        db_index=False,  # asked for by an undoing alone, once
        verbose_name="封闭区域调整",
    )
    is_drill = models.BooleanField("演练", default=False, editable=False)
    void_reason = models.CharField(
        "作废原因", max_length=200, blank=True, default="", db_default="", editable=False
    )

    objects: ClassVar = MemberRegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "党员报到"
        ordering: ClassVar = ["-starts_on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="member_registration_ends_after_start",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message="截止日期不得早于报到日期。",
            ),
            models.CheckConstraint(
                name="local_registration_has_closure",
                condition=Q(is_local=False, status=None, is_drill=False)
                | Q(is_local=True, status__isnull=False),
                violation_error_message="就地报到须有所依据的封闭措施。",
            ),
            no_overlap(
                name="member_registered_once",
                same=["member_id", "is_local", "is_drill"],
                start="starts_on",
                end="ends_on",
                condition=Q(void_reason=""),
                message="该党员这段时间已向另一社区报到，请先填写前一段的截止日期。",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["community", "starts_on"], name="registered_at_community"),
            models.Index(
                fields=["status"],
                name="local_registration_open",
                condition=Q(is_local=True, ends_on=None, void_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} → {self.community}"

    def get_absolute_url(self) -> str:
        return reverse("deployments:member_registration_update", args=[self.pk])

    @property
    def unit_id(self) -> int | None:
        """The unit the person belongs to today: who may write for it may write this row."""
        belongs = Membership.objects.filter(member=self.member_id).on(business_day())
        found: int | None = belongs.values_list("unit", flat=True).first()
        return found
