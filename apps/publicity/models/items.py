"""What is written about the work and who checked it."""

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from apps.accounts.fields import person_field
from apps.assistance.models import AssistanceCase
from apps.campaigns.models import Campaign
from apps.core.scope import ScopedQuerySet, scope_of
from apps.deployments.models import Deployment
from apps.office.models import Attachment
from apps.units.enums import Role
from apps.units.models import Unit

from ..enums import EDITABLE, HANDED_IN, REVIEWED, ItemKind, ItemState


class ItemQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """The office and the editors see what was handed in, a group what its units handed in;
        a draft is seen by its own unit and by whoever wrote it."""
        scope = scope_of(user)
        if not scope.roles:
            return self.none()
        mine = Q(unit__in=scope.own_units) | Q(created_by=user.pk)
        if scope.everything or Role.EDITOR in scope.roles:
            return self.filter(~Q(state=ItemState.DRAFT) | mine)
        return self.filter(mine | Q(unit__in=scope.units) & ~Q(state=ItemState.DRAFT))


class PublicityItem(models.Model):
    """One piece of publicity: 投稿→初审→复审→终审签发→刊发."""

    number = models.CharField("稿件编号", max_length=30, unique=True)
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="publicity_items", verbose_name="应急任务"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="publicity_items", verbose_name="投稿单位"
    )
    kind = models.CharField("形式", max_length=8, choices=ItemKind, default=ItemKind.ARTICLE)
    title = models.CharField("标题", max_length=80)
    author = models.CharField("作者", max_length=60)
    body = models.TextField("正文", help_text="不出现门牌、封条、当事人姓名和正面近照。")
    state = models.CharField(
        "状态", max_length=10, choices=ItemState, default=ItemState.DRAFT, db_index=True
    )
    version = models.PositiveIntegerField("版本", default=0)
    chain = models.PositiveSmallIntegerField(
        "第几次投稿", default=0, help_text="退回修改后重新投稿，审签从头办起。"
    )
    submission = models.UUIDField("提交标识", unique=True, default=uuid.uuid4, editable=False)
    created_by = person_field("投稿人", is_known=True)
    created_at = models.DateTimeField("建立时间")
    submitted_at = models.DateTimeField("投稿时间", null=True, blank=True)
    deployments = models.ManyToManyField(
        Deployment, blank=True, related_name="publicity_items", verbose_name="相关下沉任务"
    )
    cases = models.ManyToManyField(
        AssistanceCase, blank=True, related_name="publicity_items", verbose_name="相关帮扶事项"
    )

    objects: ClassVar = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "宣传稿件"
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["unit", "state"], name="item_by_unit"),
            models.Index(fields=["campaign", "-submitted_at"], name="item_by_campaign"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="item_handed_in_has_moment",
                condition=~Q(state__in=sorted(HANDED_IN)) | Q(submitted_at__isnull=False),
                violation_error_message="已投稿的稿件须有投稿时间。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("publicity:item_detail", args=[self.pk])

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE


class ItemStep(models.Model):
    """One step an item took: to which state, by whom, when, with what remark."""

    item = models.ForeignKey(
        PublicityItem, models.CASCADE, related_name="steps", verbose_name="宣传稿件"
    )
    chain = models.PositiveSmallIntegerField("第几次投稿")
    state = models.CharField("步骤", max_length=10, choices=ItemState)
    by = person_field("经办人", is_known=True)
    at = models.DateTimeField("时间")
    note = models.CharField("意见", max_length=300, blank=True)
    is_undo = models.BooleanField("撤销登记", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "审签记录"
        ordering: ClassVar = ["item", "at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["item", "chain", "by"],
                condition=Q(state__in=sorted(REVIEWED)),
                name="item_reviewed_by_three",
                violation_error_message="初审、复审、终审须由三人分别办理。",
            ),
            models.UniqueConstraint(
                fields=["item", "chain", "state"],
                condition=Q(state__in=sorted(REVIEWED)),
                name="item_reviewed_once",
                violation_error_message="该审次已经办理。",
            ),
        ]

    def __str__(self) -> str:
        return "撤销刊发登记" if self.is_undo else str(self.get_state_display())


class ItemPhoto(models.Model):
    """A picture of an item; stored resized, without EXIF and place."""

    item = models.ForeignKey(
        PublicityItem, models.CASCADE, related_name="photos", verbose_name="宣传稿件"
    )
    attachment = models.ForeignKey(
        Attachment, models.PROTECT, related_name="+", verbose_name="图片"
    )
    caption = models.CharField("图片说明", max_length=80, blank=True)
    position = models.PositiveSmallIntegerField("顺序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "稿件图片"
        ordering: ClassVar = ["item", "position", "id"]

    def __str__(self) -> str:
        return self.caption or str(self.attachment)
