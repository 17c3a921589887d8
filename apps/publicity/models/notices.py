"""采用通报 as it was signed: the figures of that moment, kept."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from apps.accounts.fields import person_field
from apps.campaigns.models import Campaign
from apps.core.scope import ScopedQuerySet, scope_of
from apps.units.enums import Role
from apps.units.models import Unit


class AdoptionNotice(models.Model):
    """采用通报 of one month under a leader's name; signed again it is the next version."""

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="adoption_notices", verbose_name="应急任务"
    )
    month = models.DateField("月份", help_text="当月第一天。")
    version = models.PositiveSmallIntegerField("版次")
    silent = models.PositiveSmallIntegerField("没有投稿和采用的单位数")
    signed_by = person_field("签发领导", is_known=True)
    signed_at = models.DateTimeField("签发时间")

    class Meta:
        verbose_name = verbose_name_plural = "采用通报"
        ordering: ClassVar = ["-month", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "month", "version"],
                name="adoption_notice_version_once",
                violation_error_message="这一版通报已经签发。",
            ),
            models.CheckConstraint(
                name="adoption_notice_of_a_month",
                condition=Q(month__day=1, version__gte=1),
                violation_error_message="通报须属于某月，版次从 1 起。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y}年{self.month.month}月采用通报第{self.version}版"


class AdoptionRowQuerySet(ScopedQuerySet):
    unit_path = "unit"

    def visible_to(self, user: Any) -> Self:
        """The desk reads the whole notice, others the lines of their units."""
        if Role.EDITOR in scope_of(user).roles:
            return self
        return super().visible_to(user)


class AdoptionRow(models.Model):
    """One unit's line of a signed notice, its name as it read then."""

    notice = models.ForeignKey(
        AdoptionNotice, models.CASCADE, related_name="rows", verbose_name="采用通报"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="adoption_rows", verbose_name="单位"
    )
    unit_name = models.CharField("签发时单位简称", max_length=30)
    position = models.PositiveSmallIntegerField("顺序")
    submitted = models.PositiveSmallIntegerField("投稿（篇）")
    adopted = models.PositiveSmallIntegerField("采用（篇）")
    placed = models.PositiveSmallIntegerField("刊发（篇次）")

    objects: ClassVar = AdoptionRowQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "采用通报明细"
        ordering: ClassVar = ["notice", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["notice", "unit"],
                name="adoption_row_once",
                violation_error_message="该单位已在通报中。",
            ),
            models.CheckConstraint(
                name="adoption_row_items_appeared",
                condition=Q(adopted__lte=F("placed")),
                violation_error_message="采用篇数不能多于刊发篇次。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice} {self.unit_name}"
