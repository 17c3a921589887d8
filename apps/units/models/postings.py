"""Who is posted where: the only grant there is."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.core.constraints import no_overlap
from apps.core.scope import scope_of

from ..enums import (
    OFFICE_ROLES,
    SEPARATED_ROLES,
    UNIT_ROLES,
    Role,
)
from .dated import DatedQuerySet
from .units import LiaisonGroup, Unit


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
