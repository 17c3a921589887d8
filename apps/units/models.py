"""The organisations, the people in them, and who is posted where."""

import datetime as dt
import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.urls import reverse

from apps.communities.models import Community, Estate
from apps.core.constraints import no_overlap
from apps.core.crypto import Sealed
from apps.core.dates import business_day
from apps.core.scope import ScopedQuerySet, scope_of

from .enums import (
    OFFICE_ROLES,
    SEPARATED_ROLES,
    UNIT_ROLES,
    FunctionLine,
    MemberKind,
    Role,
    UnitCategory,
)


class DatedQuerySet(ScopedQuerySet):
    """Rows that hold from `starts_on` to `ends_on`, both days included."""

    def on(self, day: dt.date) -> Self:
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


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
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="组长",
    )

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


class PartyBranch(models.Model):
    """A standing Party branch of a unit."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="branches", verbose_name="单位")
    name = models.CharField("党支部", max_length=60)
    sort_order = models.PositiveIntegerField("排序", default=0)

    objects: ClassVar = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "党支部"
        ordering: ClassVar = ["unit", "sort_order", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "name"], name="branch_once_in_unit"),
        ]

    def __str__(self) -> str:
        return self.name


def characters_of(field: str) -> Func:
    """The characters of a text as an array, so that an index finds one or two of them."""
    return Func(
        F(field),
        template="string_to_array(%(expressions)s, NULL)",
        output_field=ArrayField(models.TextField()),
    )


class MemberQuerySet(models.QuerySet["Member"]):
    def visible_to(self, user: Any) -> Self:
        """Everybody for the office, else those who belong to a unit in scope today."""
        scope = scope_of(user)
        if scope.everything:
            return self
        belongs = Membership.objects.filter(member=OuterRef("pk"), unit__in=scope.units)
        return self.filter(Exists(belongs.on(business_day())))


class Member(models.Model):
    """A person who can be sent out."""

    ref = models.UUIDField("标识", default=uuid.uuid4, unique=True, editable=False)
    member_no = models.CharField("编号", max_length=30, unique=True)
    name = models.CharField("姓名", max_length=40, db_index=True)
    kind = models.CharField("身份", max_length=10, choices=MemberKind, default=MemberKind.MEMBER)
    phone_sealed = models.TextField("手机（密文）", blank=True, editable=False)
    phone_index = models.CharField(
        "手机索引", max_length=64, blank=True, editable=False, db_index=True
    )
    home_community = models.ForeignKey(
        Community,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="residents",
        verbose_name="居住社区",
    )
    home_estate = models.ForeignKey(
        Estate,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="residents",
        verbose_name="居住小区",
        help_text="可不填；不登记门牌。",
    )
    is_exempt = models.BooleanField(
        "免派", default=False, help_text="超龄、孕期、病残等，不再派出。"
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="member",
        verbose_name="账号",
    )
    is_synthetic = models.BooleanField("演示数据", default=False, editable=False)

    phone = Sealed("phone_sealed", index="phone_index")

    objects: ClassVar = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "党员"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [GinIndex(characters_of("name"), name="member_by_character")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("units:member_detail", args=[self.pk])


class Membership(models.Model):
    """A person's belonging to a unit and branch for a span of days."""

    member = models.ForeignKey(
        Member, models.PROTECT, related_name="memberships", verbose_name="党员"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="memberships", verbose_name="单位")
    branch = models.ForeignKey(
        PartyBranch, models.PROTECT, null=True, blank=True, verbose_name="党支部"
    )
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("截止日期", null=True, blank=True)

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "组织关系"
        ordering: ClassVar = ["member", "starts_on"]
        constraints: ClassVar = [
            no_overlap(
                name="one_unit_at_a_time",
                same=["member_id"],
                start="starts_on",
                end="ends_on",
                message="该党员在这段时间的组织关系已在另一单位，请先填写前一段的截止日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.unit}"


class PostingQuerySet(DatedQuerySet):
    def visible_to(self, user: Any) -> Self:
        return self if Role.SECURITY_ADMIN in scope_of(user).roles else super().visible_to(user)


class Posting(models.Model):
    """The only grant: a user holds a role, at a unit, at a group or at the committee, for a time."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="postings", verbose_name="用户"
    )
    role = models.CharField("角色", max_length=16, choices=Role)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="postings", verbose_name="单位"
    )
    group = models.ForeignKey(
        LiaisonGroup,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="postings",
        verbose_name="联络服务小组",
    )
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("截止日期", null=True, blank=True)

    objects: ClassVar = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        ordering: ClassVar = ["user", "role"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="posting_place_fits_role",
                condition=(
                    Q(role__in=sorted(UNIT_ROLES), unit__isnull=False, group=None)
                    | Q(role=Role.LIAISON, unit=None, group__isnull=False)
                    | Q(unit=None, group=None) & ~Q(role__in=sorted({*UNIT_ROLES, Role.LIAISON}))
                ),
                violation_error_message="单位角色须选单位，联络服务小组成员须选小组，其他角色两项均不选。",
            ),
            models.CheckConstraint(
                name="posting_ends_after_start",
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                violation_error_message="截止日期不得早于起始日期。",
            ),
            no_overlap(
                name="separated_roles_apart",
                same=["user_id"],
                start="starts_on",
                end="ends_on",
                condition=Q(role__in=sorted(SEPARATED_ROLES)),
                message="审计、安全、系统管理员三员分设，同一账号不得同时担任两项。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()}"

    @property
    def is_of_office(self) -> bool:
        return self.role in OFFICE_ROLES
