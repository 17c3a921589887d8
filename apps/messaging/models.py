"""Mail that leaves exactly once, and the inbox inside the portal."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse

from apps.core.scope import scope_of

from .enums import MessageKind, MessageState


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def visible_to(self, user: object) -> "OutboxQuerySet":
        """The ledger of mail is the office's: whoever may read it reads all of it."""
        return self if user.has_perm("messaging.view_outboxmessage") else self.none()  # type: ignore[attr-defined]

    def waiting(self, now: datetime) -> "OutboxQuerySet":
        """May leave at `now` and has not left yet."""
        ready = models.Q(not_before=None) | models.Q(not_before__lte=now)
        return self.filter(ready, state__in=[MessageState.QUEUED, MessageState.SENDING])


class OutboxMessage(models.Model):
    """One mail to one address, rendered when it was queued so that a resend is byte-identical."""

    kind = models.CharField("类型", max_length=20, choices=MessageKind)
    on = models.DateField("日期")
    slot = models.CharField("时段", max_length=40, blank=True)
    address = models.EmailField("收件地址")
    recipient = models.CharField("收件人", max_length=60, blank=True)
    is_drill = models.BooleanField("演练", default=False)
    dedupe_key = models.CharField("去重键", max_length=360)
    message_id = models.CharField("邮件编号", max_length=120)
    subject = models.CharField("主题", max_length=200)
    text = models.TextField("文本正文")
    html = models.TextField("网页正文", blank=True)
    state = models.CharField(
        "状态", max_length=10, choices=MessageState, default=MessageState.QUEUED
    )
    not_before = models.DateTimeField("不早于", null=True, blank=True)
    tries = models.PositiveSmallIntegerField("发送次数", default=0)
    claimed_by = models.CharField("发送者", max_length=80, blank=True)
    claimed_until = models.DateTimeField("占用至", null=True, blank=True)
    queued_at = models.DateTimeField("入列时间", auto_now_add=True)
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)
    error = models.TextField("失败原因", blank=True)

    objects: ClassVar = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "邮件"
        ordering: ClassVar = ["-id"]
        # Constraints, not unique=True: that brings an index for LIKE, written at every step.
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dedupe_key"], name="outbox_once"),
            models.UniqueConstraint(fields=["message_id"], name="outbox_message_id"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["id"],
                name="outbox_open",
                condition=models.Q(state__in=["queued", "sending"]),
            ),
            models.Index(fields=["on", "kind"], name="outbox_by_day"),
        ]

    def __str__(self) -> str:
        return self.subject


class InboxQuerySet(models.QuerySet["InboxMessage"]):
    def visible_to(self, user: object) -> "InboxQuerySet":
        return self.filter(user=user) if scope_of(user).roles else self.none()  # type: ignore[arg-type]

    def unread(self) -> "InboxQuerySet":
        return self.filter(read_at=None)


class InboxMessage(models.Model):
    """One message for one user inside the portal."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="inbox",
        verbose_name="用户",
    )
    kind = models.CharField("类型", max_length=20, choices=MessageKind)
    dedupe_key = models.CharField("去重键", max_length=240)
    subject = models.CharField("主题", max_length=200)
    text = models.TextField("内容", blank=True)
    path = models.CharField("链接", max_length=300, blank=True)
    created_at = models.DateTimeField("时间", auto_now_add=True)
    read_at = models.DateTimeField("已读时间", null=True, blank=True)

    objects: ClassVar = InboxQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "站内信"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "dedupe_key"], name="inbox_once"),
        ]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        return reverse("messaging:inbox_detail", args=[self.pk])
