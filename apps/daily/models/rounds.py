"""The four daily acts (四个一) and what belongs to each."""

import re
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.urls import reverse

from apps.accounts.fields import person_field
from apps.campaigns.models import Campaign
from apps.core import formats
from apps.core.scope import OfficeQuerySet
from apps.deployments.models import Need
from apps.figures.models import VALUE, Indicator, Snapshot

from ..enums import SETTLED, ActKind, ActState, DigestKind, Fulfilment, TalkMethod


class DailyRoundQuerySet(OfficeQuerySet):
    def with_acts(self) -> Self:
        """Adds `settled`, `late` and `waived`: how many of the day's acts are."""
        return self.annotate(
            settled=Count("acts", filter=Q(acts__state__in=SETTLED)),
            late=Count("acts", filter=Q(acts__state=ActState.DONE_LATE)),
            waived=Count("acts", filter=Q(acts__state=ActState.WAIVED)),
        )


class DailyRound(models.Model):
    """One campaign's day of the four acts."""

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="rounds", verbose_name="应急任务"
    )
    on = models.DateField("日期")
    opened_at = models.DateTimeField("生成时间")
    late_confirmed_by = person_field("确认逾期提醒")
    late_confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    drawn_at = models.DateTimeField("四个一小结时间", null=True, blank=True)
    closing = models.JSONField("小结", default=dict, blank=True)

    objects: ClassVar = DailyRoundQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "四个一"
        ordering: ClassVar = ["-on", "campaign"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "on"], name="round_once"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.on}"

    def get_absolute_url(self) -> str:
        return reverse("daily:round_detail", args=[self.campaign.code, self.on.isoformat()])


class RoundAct(models.Model):
    """One of the day's four acts: whose, until when, and what settled it."""

    round = models.ForeignKey(
        DailyRound, models.CASCADE, related_name="acts", verbose_name="四个一"
    )
    kind = models.CharField("事项", max_length=10, choices=ActKind)
    owner = person_field("责任人")
    due_at = models.DateTimeField("时限")
    state = models.CharField("状态", max_length=10, choices=ActState, default=ActState.PENDING)
    done_at = models.DateTimeField("办结时间", null=True, blank=True)
    evidence = models.JSONField(
        "依据", default=dict, blank=True, help_text="办结时由各台账取得的情况。"
    )
    waive_reason = models.CharField("免办原因", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "每日四项"
        ordering: ClassVar = ["round", "due_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "kind"], name="act_once"),
            models.CheckConstraint(
                name="act_done_has_moment",
                condition=(
                    Q(state__in=[ActState.DONE, ActState.DONE_LATE], done_at__isnull=False)
                    | Q(state__in=[ActState.PENDING, ActState.WAIVED])
                ),
            ),
            models.CheckConstraint(
                name="act_waived_has_reason",
                condition=~Q(state=ActState.WAIVED) | ~Q(waive_reason=""),
                violation_error_message="免办须填写原因。",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Judgment(models.Model):
    """The day's assessment: what the figures showed, and the opinion a leader signs."""

    round = models.OneToOneField(
        DailyRound, models.CASCADE, related_name="judgment", verbose_name="四个一"
    )
    findings = models.JSONField("发现", default=list, blank=True)
    opinion = models.TextField("研判意见", max_length=2000)
    written_by = person_field("填写人", is_known=True)
    written_at = models.DateTimeField("填写时间")
    signed_by = person_field("阅签领导")
    signed_at = models.DateTimeField("阅签时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "研判意见"

    def __str__(self) -> str:
        return self.opinion[:30]


class DispatchNote(models.Model):
    """What was sent where for tomorrow, as the day's dispatch."""

    round = models.OneToOneField(
        DailyRound, models.CASCADE, related_name="dispatch", verbose_name="四个一"
    )
    content = models.TextField("调度内容", max_length=2000)
    written_by = person_field("填写人", is_known=True)
    written_at = models.DateTimeField("填写时间")
    signed_by = person_field("签发领导")
    signed_at = models.DateTimeField("签发时间", null=True, blank=True)
    is_signed_on_behalf = models.BooleanField("代签", default=False)
    signature_by = person_field("经办签发")

    class Meta:
        verbose_name = verbose_name_plural = "调度记录"

    def __str__(self) -> str:
        return self.content[:30]


class CityTalk(models.Model):
    """One talk with the city's committee about what it needs (需求对接记录)."""

    round = models.ForeignKey(
        DailyRound, models.CASCADE, related_name="talks", verbose_name="四个一"
    )
    at = models.DateTimeField("对接时间")
    method = models.CharField("方式", max_length=8, choices=TalkMethod)
    counterpart = models.CharField("对方联系人", max_length=40, blank=True)
    by = person_field("对接人", is_known=True)

    class Meta:
        verbose_name = verbose_name_plural = "需求对接记录"
        ordering: ClassVar = ["round", "at", "id"]

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.at}"


class CityTalkItem(models.Model):
    """One thing the city asked for, what we answered, and whether it was done."""

    talk = models.ForeignKey(
        CityTalk, models.CASCADE, related_name="items", verbose_name="需求对接记录"
    )
    need = models.ForeignKey(
        Need, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="社区需求"
    )
    content = models.CharField("市直工委提出", max_length=200)
    heads = models.PositiveIntegerField("人数", null=True, blank=True)
    due_at = models.DateTimeField("时限", null=True, blank=True)
    reply = models.CharField("我方答复", max_length=200, blank=True)
    fulfilment = models.CharField("落实", max_length=8, choices=Fulfilment, default=Fulfilment.OPEN)

    class Meta:
        verbose_name = verbose_name_plural = "对接事项"
        ordering: ClassVar = ["talk", "id"]

    def __str__(self) -> str:
        return self.content

    @property
    def says_heads(self) -> bool:
        """Whether the words tell the number of people, or there is none to tell."""
        said = rf"(?<!\d){self.heads}人"
        return self.heads is None or bool(re.search(said, formats.tight(self.content)))


class UpwardReturn(models.Model):
    """Who above was told which number for which moment (报送台账)."""

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="upward_returns", verbose_name="应急任务"
    )
    on = models.DateField("数据日期")
    receiver = models.CharField("报送对象", max_length=40)
    as_of = models.DateTimeField("数据时点")
    at = models.DateTimeField("报送时间")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", verbose_name="指标")
    value = models.DecimalField("数值", **VALUE)
    snapshot = models.ForeignKey(
        Snapshot,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="所依据的锁定",
    )
    explanation = models.CharField("不一致说明", max_length=200, blank=True)
    by = person_field("报送人", is_known=True)

    objects: ClassVar = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报送台账"
        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.receiver} {self.value}"


class DigestSubscription(models.Model):
    """A person's choice about one digest; without a row the role's default holds."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="digest_subscriptions",
        verbose_name="用户",
    )
    digest = models.CharField("摘要", max_length=8, choices=DigestKind)
    is_enabled = models.BooleanField("接收", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "摘要订阅"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "digest"], name="subscription_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_digest_display()}"
