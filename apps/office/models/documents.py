"""Official documents: the series they are numbered in, and each one as it was made and signed."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from apps.accounts.fields import person_field
from apps.core.scope import OfficeQuerySet

from ..documents.enums import STANDING, WITH_SYMBOL, DocumentKind, DocumentState
from .attachments import Attachment


class DocumentSeries(models.Model):
    """Documents that are numbered together, and what stands around their text.

    The committee's own settings: names, who gets them, how many are printed.
    """

    code = models.SlugField("代码", max_length=80, unique=True)
    kind = models.CharField("文种", max_length=10, choices=DocumentKind)
    name = models.CharField("版头名称", max_length=40, help_text="简报名称或发文机关标志。")
    issuer = models.CharField("编发单位", max_length=60)
    prefix = models.CharField(
        "机关代字", max_length=20, blank=True, help_text="发文字号〔年份〕之前的部分；简报不用。"
    )
    addressee = models.CharField("主送机关", max_length=120, blank=True)
    copied_to = models.CharField("抄送", max_length=200, blank=True)
    report_to = models.CharField("报", max_length=200, blank=True)
    send_to = models.CharField("送", max_length=200, blank=True)
    issue_to = models.CharField(
        "发",
        max_length=200,
        blank=True,
        help_text="简报列有未报单位和人员安全情况，发至工委以外前请审定。",
    )
    copies = models.PositiveSmallIntegerField("共印（份）", null=True, blank=True)

    objects: ClassVar = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "文种设置"
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return f"{self.name}（{self.get_kind_display()}）"


class DocumentQuerySet(OfficeQuerySet):
    def standing(self) -> Self:
        """Without those declared void."""
        return self.filter(state__in=STANDING)

    def signed(self) -> Self:
        return self.filter(state=DocumentState.SIGNED)


class Document(models.Model):
    """One document: its text frozen when it was made, its number given when it was signed.

    `content` never changes. A new text is a new document that `replaces` the former.
    """

    series = models.ForeignKey(
        DocumentSeries, models.PROTECT, related_name="documents", verbose_name="系列"
    )
    kind = models.CharField("文种", max_length=10, choices=DocumentKind)
    subject = models.CharField("所述事项", max_length=120)
    title = models.CharField("标题", max_length=120)
    about_on = models.DateField("数据日期", null=True, blank=True)
    year = models.PositiveSmallIntegerField("年份", null=True, blank=True)
    number = models.PositiveIntegerField("序号", null=True, blank=True)
    state = models.CharField(
        "状态", max_length=8, choices=DocumentState, default=DocumentState.DRAFT
    )
    is_drill = models.BooleanField("演练", default=False)
    content = models.JSONField("内容")
    draft_file = models.ForeignKey(
        Attachment, models.PROTECT, related_name="+", verbose_name="送审稿"
    )
    signed_file = models.ForeignKey(
        Attachment, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="签发稿"
    )
    replaces = models.ForeignKey(
        "self", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="代替"
    )
    made_at = models.DateTimeField("生成时间")
    made_by = person_field("生成人", help_text="空为按时自动。")
    signed_at = models.DateTimeField("签发时间", null=True, blank=True)
    signed_by = person_field("签发人")
    is_signed_on_behalf = models.BooleanField("代签", default=False)
    signature_by = person_field("经办签发")
    voided_at = models.DateTimeField("作废时间", null=True, blank=True)
    voided_by = person_field("作废人")
    void_reason = models.CharField("作废原因", max_length=200, blank=True)

    objects: ClassVar = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "公文"
        ordering: ClassVar = ["-made_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["series", "subject"],
                condition=Q(state__in=STANDING),
                name="one_standing_document",
                violation_error_message="这一事项已有公文，请刷新后查看。",
            ),
            models.UniqueConstraint(
                fields=["series", "year", "number"], name="document_number_once"
            ),
            models.CheckConstraint(
                name="signed_document_is_whole",
                condition=~Q(state=DocumentState.SIGNED)
                | Q(
                    number__isnull=False,
                    year__isnull=False,
                    signed_at__isnull=False,
                    signed_by__isnull=False,
                    signature_by__isnull=False,
                    signed_file__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="draft_document_has_no_number",
                condition=~Q(state=DocumentState.DRAFT)
                | Q(number=None, signed_at=None, signed_file=None),
            ),
        ]

    def __str__(self) -> str:
        return f"【演练】{self.title}" if self.is_drill else self.title

    def get_absolute_url(self) -> str:
        return reverse("documents:document_detail", args=[self.pk])

    @property
    def file(self) -> Attachment:
        """The signed file where there is one, else the draft."""
        return self.signed_file or self.draft_file

    @property
    def file_name(self) -> str:
        """8月5日防汛救灾工作情况（第17期）.docx; a draft and a void document say so."""
        is_signed = self.state == DocumentState.SIGNED
        return f"{self.title}（{self.number_text if is_signed else self.get_state_display()}）.docx"

    @property
    def number_text(self) -> str:
        """第17期, 直工办〔2021〕5号; nothing before it is signed."""
        if self.number is None:
            return ""
        if self.kind in WITH_SYMBOL:
            prefix = self.content["frame"]["prefix"]
            return f"{prefix}〔{self.year}〕{self.number}号"
        return f"第{self.number}期"
