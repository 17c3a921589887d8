"""Buttons that make a 简报 of a day or a 报告 of a campaign, and the sections that offer them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from apps.campaigns.current import show_day
from apps.campaigns.models import Campaign
from apps.core.permissions import allowed
from apps.core.views import portal_action
from apps.office.documents.enums import DocumentKind, DocumentState
from apps.office.models import Document

from ..models import CampaignDocument
from ..selectors.briefs import last_locked
from ..services import briefs
from .rounds import day_of, round_url

MAKE = "office.make_document"
MOST = 6
"""Documents shown beside a campaign; the list has them all."""


@portal_action(MAKE)
def make_brief(request: HttpRequest, code: str, on: str) -> HttpResponseBase:
    """生成简报 of a day: opens the draft."""
    campaign, day = day_of(request, code, on)
    user: Any = request.user
    document = briefs.make_brief(campaign, on=day, by=user, now=timezone.now())
    messages.success(request, "已生成送审稿，请核对后送领导签发。")
    return redirect(document)


@portal_action(MAKE)
def make_report(request: HttpRequest, code: str) -> HttpResponseBase:
    """生成报告 as of the newest locked day: opens the draft."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), code=code)
    user: Any = request.user
    document = briefs.make_report(campaign, by=user, now=timezone.now())
    messages.success(request, "已生成送审稿，请核对后送领导签发。")
    return redirect(document)


@portal_action(MAKE)
def make_anew(request: HttpRequest, pk: int) -> HttpResponseBase:
    """重新生成 with what is known now."""
    rows = Document.objects.visible_to(request.user).filter(about__isnull=False)
    document = get_object_or_404(rows.select_related("about__campaign"), pk=pk)
    user: Any = request.user
    fresh = briefs.make_anew(document, by=user, now=timezone.now())
    messages.success(request, "已按现有数据重新生成，原送审稿作废。")
    return redirect(fresh)


def documents_of_campaign(request: HttpRequest, campaign: Campaign) -> dict[str, Any] | None:
    """简报和报告 beside the campaign's record."""
    rows = Document.objects.standing().filter(about__campaign=campaign)
    may_make = allowed(request.user, MAKE) and last_locked(campaign) is not None
    found = list(rows.order_by("-about__on", "-pk")[:MOST])
    if not found and not may_make:
        return None
    return {
        "documents": found,
        "list_url": reverse("documents:document_list"),
        "report_url": reverse("daily:report_of_campaign", args=[campaign.code]),
        "may_make": may_make,
    }


def source_of_document(request: HttpRequest, document: Document) -> dict[str, Any] | None:
    """Beside a document: the day it speaks of, and the button that makes it anew."""
    rows = CampaignDocument.objects.select_related("campaign")
    about = rows.filter(document=document).first()
    if about is None:
        return None
    # The bar and the watermark are those of the document's own campaign.
    show_day(request, about.campaign, about.on)
    is_draft = document.state == DocumentState.DRAFT
    return {
        "about": about,
        "round_url": round_url(about.campaign, about.on),
        "is_brief": document.kind == DocumentKind.BRIEF,
        "anew_url": reverse("daily:document_anew", args=[document.pk]),
        "may_make": is_draft and allowed(request.user, MAKE),
    }
