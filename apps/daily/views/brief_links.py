"""The button of the round's page that makes the day's 简报 or opens it."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from apps.campaigns.models import Campaign
from apps.core.views import Action
from apps.office.documents.enums import DocumentKind

from ..selectors.briefs import documents_of


def brief_action(campaign: Campaign, on: dt.date, *, is_locked: bool) -> Action | None:
    """打开简报 where one stands, 生成简报 once the day is locked, nothing before."""
    standing = documents_of(campaign, kind=DocumentKind.BRIEF, on=on).first()
    if standing is not None:
        number = standing.number_text or standing.get_state_display()
        return Action(
            f"打开简报（{number}）",
            standing.get_absolute_url(),
            icon="file-text",
            permission="office.view_document",
        )
    if not is_locked:
        return None
    return Action(
        "生成简报",
        reverse("daily:brief_make", args=[campaign.code, on.isoformat()]),
        icon="file-text",
        method="post",
        permission="office.make_document",
    )
