"""Which documents speak of which campaign and day."""

from typing import ClassVar

from django.db import models

from apps.campaigns.models import Campaign
from apps.core.scope import OfficeQuerySet
from apps.office.models import Document


class CampaignDocument(models.Model):
    """A 简报 of one day, or a 报告 as of one day. `until`: what was known when it was made."""

    document = models.OneToOneField(
        Document, models.PROTECT, related_name="about", verbose_name="公文"
    )
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="documents", verbose_name="应急任务"
    )
    on = models.DateField("日期")
    until = models.DateTimeField("内容截至", help_text="此后的更正由下一期印出。")

    objects: ClassVar = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任务公文"
        ordering: ClassVar = ["-on", "-until", "-id"]

    def __str__(self) -> str:
        return str(self.document)
