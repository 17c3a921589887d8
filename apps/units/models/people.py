"""The people of the organisations: branches, members, and who belongs where."""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, F, Func, OuterRef
from django.urls import reverse

from apps.communities.models import Community, Estate
from apps.core.constraints import no_overlap
from apps.core.crypto import Sealed
from apps.core.dates import business_day
from apps.core.scope import ScopedQuerySet, scope_of

from ..enums import (
    MemberKind,
)
from .dated import DatedQuerySet
from .units import Unit


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
    unit = models.ForeignKey(
        Unit, models.PROTECT, db_index=False, related_name="memberships", verbose_name="单位"
    )
    branch = models.ForeignKey(
        PartyBranch, models.PROTECT, null=True, blank=True, verbose_name="党支部"
    )
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("截止日期", null=True, blank=True)

    objects: ClassVar = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "组织关系"
        ordering: ClassVar = ["member", "starts_on"]
        # A unit's people in the order of their ids, as the list of members shows them.
        indexes: ClassVar = [models.Index(fields=["unit", "member"], name="people_of_unit")]
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
