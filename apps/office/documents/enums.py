from django.db import models


class DocumentKind(models.TextChoices):
    BRIEF = "brief", "简报"
    REPORT = "report", "报告"
    NOTICE = "notice", "通知"
    REQUEST = "request", "请示"
    MINUTES = "minutes", "纪要"


UPWARD = frozenset({DocumentKind.REPORT, DocumentKind.REQUEST})
"""Told to those above: the signer's name stands on the first page."""
WITH_SYMBOL = frozenset({DocumentKind.REPORT, DocumentKind.REQUEST, DocumentKind.NOTICE})
"""Carry 发文字号, an addressee, and the place of the seal."""


class DocumentState(models.TextChoices):
    DRAFT = "draft", "送审稿"
    SIGNED = "signed", "已签发"
    VOID = "void", "作废"


STANDING = (DocumentState.DRAFT, DocumentState.SIGNED)
