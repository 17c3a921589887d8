"""The sheet a leader reads at 07:30 and at 22:00, kept as it was drawn."""

from typing import ClassVar

from django.db import models
from django.urls import reverse

from apps.accounts.fields import person_field
from apps.campaigns.models import Campaign
from apps.core.scope import OfficeQuerySet

from ..enums import Edition


class OnePage(models.Model):
    """One drawing of a campaign's one page; a later drawing is a new version beside it."""

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="one_pages", verbose_name="应急任务"
    )
    on = models.DateField("日期")
    edition = models.CharField("版次", max_length=8, choices=Edition)
    version = models.PositiveSmallIntegerField("第几版", default=1)
    made_at = models.DateTimeField("生成时间")
    made_by = person_field("生成人", help_text="空为按时自动。")
    content = models.JSONField("内容", help_text="生成时的标题、数据、各段文字和转发文字。")

    objects: ClassVar = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "一页情况"
        ordering: ClassVar = ["-on", "-made_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "on", "edition", "version"], name="one_page_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.on} {self.get_edition_display()}"

    def get_absolute_url(self) -> str:
        return reverse("daily:one_page", args=[self.campaign.code, self.on, self.edition])
