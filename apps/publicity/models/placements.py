"""Channels, and where and when items appeared in them."""

from typing import Any, ClassVar, Self

from django.db import models

from apps.accounts.fields import person_field
from apps.core.scope import ScopedQuerySet, scope_of
from apps.units.enums import Role

from ..enums import PLACED_WORDS, ChannelKind, ItemState
from .items import PublicityItem


class Channel(models.Model):
    """A paper, journal, account or wall on which items appear."""

    name = models.CharField("渠道", max_length=40, unique=True)
    kind = models.CharField("类型", max_length=12, choices=ChannelKind)
    is_own = models.BooleanField("工委主办", default=False)
    is_active = models.BooleanField("在用", default=True)
    sort_order = models.PositiveSmallIntegerField("排序")

    class Meta:
        verbose_name = verbose_name_plural = "宣传渠道"
        ordering: ClassVar = ["sort_order"]

    def __str__(self) -> str:
        return self.name

    @property
    def placed_word(self) -> str:
        """刊发, 推送 or 发布."""
        return PLACED_WORDS.get(ChannelKind(self.kind), "刊发")


class PlacementQuerySet(ScopedQuerySet):
    unit_path = "item__unit"

    def visible_to(self, user: Any) -> Self:
        """Whoever sees the item sees where it appeared."""
        if Role.EDITOR in scope_of(user).roles:
            return self
        return super().visible_to(user)

    def standing(self) -> Self:
        """Without those of items withdrawn since: they count for nothing."""
        return self.exclude(item__state=ItemState.WITHDRAWN)


class Placement(models.Model):
    """Where and when a signed item appeared (采用)."""

    item = models.ForeignKey(
        PublicityItem, models.PROTECT, related_name="placements", verbose_name="宣传稿件"
    )
    channel = models.ForeignKey(
        Channel, models.PROTECT, related_name="placements", verbose_name="渠道"
    )
    on = models.DateField("刊发日期")
    place = models.CharField(
        "版面、期号或栏目", max_length=60, blank=True, help_text="如：2021年第9期、抗疫专栏"
    )
    by = person_field("登记人", is_known=True)

    objects: ClassVar = PlacementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "刊发记录"
        ordering: ClassVar = ["-on", "-id"]
        indexes: ClassVar = [models.Index(fields=["on"], name="placement_on")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["item", "channel", "on"],
                name="placement_once",
                violation_error_message="该稿件当日在此渠道已登记。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.on}"
