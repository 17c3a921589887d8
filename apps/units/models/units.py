"""The organisations, their groups, and which belongs to which when."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from apps.accounts.fields import person_field
from apps.communities.models import Community
from apps.core.constraints import no_overlap
from apps.core.dates import business_day
from apps.core.scope import ScopedQuerySet, scope_of

from ..enums import (
    FunctionLine,
    Role,
    UnitCategory,
)
from .dated import DatedQuerySet


class LiaisonGroupQuerySet(models.QuerySet["LiaisonGroup"]):
    def visible_to(self, user: Any) -> Self:
        """All groups for the office; their own for group members; that of their unit for a unit."""
        scope = scope_of(user)
        if scope.everything or Role.SECURITY_ADMIN in scope.roles:
            return self
        belongs = GroupMembership.objects.filter(group=OuterRef("pk"), unit__in=scope.own_units)
        return self.filter(Q(pk__in=scope.groups) | Exists(belongs.on(business_day())))


class LiaisonGroup(models.Model):
    """One of the 18 groups through which the committee stays in touch with its units."""

    number = models.PositiveSmallIntegerField("组号", unique=True)
    leader = person_field("组长")

    objects: ClassVar = LiaisonGroupQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "联络服务小组"
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"第{self.number}组"

    def get_absolute_url(self) -> str:
        return reverse("units:group_detail", args=[self.pk])


# They must find every unit, and see no more than the units.
SEES_UNITS = frozenset({Role.SECURITY_ADMIN, Role.CASEWORKER, Role.EDITOR})


class UnitQuerySet(ScopedQuerySet):
    unit_path = "pk"

    def visible_to(self, user: Any) -> Self:
        """Besides those in scope: all for whoever posts people or works a desk for all units."""
        return self if SEES_UNITS & scope_of(user).roles else super().visible_to(user)


class Unit(models.Model):
    """One of the organisations under the committee."""

    code = models.CharField("单位代码", max_length=20, unique=True)
    name = models.CharField("单位名称", max_length=80, unique=True)
    short_name = models.CharField("单位简称", max_length=30, unique=True)
    category = models.CharField("类别", max_length=12, choices=UnitCategory)
    function_lines = ArrayField(
        models.CharField(max_length=20, choices=FunctionLine),
        verbose_name="职能线",
        default=list,
        blank=True,
    )
    office_community = models.ForeignKey(
        Community,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="offices",
        verbose_name="驻地社区",
    )
    duty_phone = models.CharField("值班电话", max_length=30, blank=True)
    duty_email = models.EmailField("值班邮箱", blank=True)
    is_leader_contact = models.BooleanField(
        "由领导沟通", default=False, help_text="催报时略去，由工委领导沟通。"
    )
    sort_order = models.PositiveIntegerField("排序", db_index=True)
    is_active = models.BooleanField("在列", default=True)

    objects: ClassVar = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        ordering: ClassVar = ["sort_order"]

    def __str__(self) -> str:
        return self.short_name

    def get_absolute_url(self) -> str:
        return reverse("units:unit_detail", args=[self.pk])


class GroupMembership(models.Model):
    """A unit's belonging to a group for a span of days."""

    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="group_memberships", verbose_name="单位"
    )
    group = models.ForeignKey(
        LiaisonGroup, models.PROTECT, related_name="memberships", verbose_name="联络服务小组"
    )
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("截止日期", null=True, blank=True)

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位分组"
        ordering: ClassVar = ["unit", "starts_on"]
        constraints: ClassVar = [
            no_overlap(
                name="one_group_at_a_time",
                same=["unit_id"],
                start="starts_on",
                end="ends_on",
                message="该单位在这段时间已属于另一个联络服务小组，请先填写前一段的截止日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.group}"
