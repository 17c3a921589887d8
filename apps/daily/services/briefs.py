"""简报 of a day and 报告 of a campaign: made as 送审稿 from locked figures alone."""

import datetime as dt

from django.conf import settings
from django.db import transaction

from apps.accounts.models import User
from apps.campaigns.models import Campaign
from apps.office.documents.content import Content
from apps.office.documents.enums import DocumentKind
from apps.office.documents.services import MADE_ANEW, frame_of, make_document, void_document
from apps.office.models import Document, DocumentSeries

from .. import wording_brief, wording_report
from ..errors import BriefRefusedError
from ..models import CampaignDocument
from ..selectors.briefs import (
    brief_facts,
    documents_of,
    last_locked,
    locked_snapshot,
    report_facts,
)

PREFIX = "直工办"
"""机关代字 of a new series; the owner changes the row."""


@transaction.atomic
def make_brief(
    campaign: Campaign,
    *,
    on: dt.date,
    now: dt.datetime,
    by: User | None = None,
    replaces: Document | None = None,
) -> Document:
    """The 送审稿 of the day; `by` None is the clock. One that stands is answered as it is, unless
    it is the draft to be replaced.

    Raises BriefRefusedError while the day is not locked: a 简报 prints 核定数 only.
    """
    standing = documents_of(campaign, kind=DocumentKind.BRIEF, on=on).first()
    if standing is not None and replaces is None:
        return standing
    snapshot = locked_snapshot(campaign, on=on)
    if snapshot is None:
        raise BriefRefusedError(
            f"{on.month}月{on.day}日数据尚未锁定。简报只用核定数，请先锁定当日数据。"
        )
    series = brief_series(campaign)
    content = Content(
        kind=DocumentKind.BRIEF,
        title=wording_brief.brief_title(campaign, on),
        frame=frame_of(series),
        blocks=wording_brief.brief_blocks(brief_facts(snapshot, until=now)),
    )
    return _keep(series, content, campaign, on=on, now=now, by=by, replaces=replaces)


@transaction.atomic
def make_report(
    campaign: Campaign,
    *,
    now: dt.datetime,
    by: User | None = None,
    replaces: Document | None = None,
) -> Document:
    """The 送审稿 of a report as of the newest locked day; one that stands is answered.

    Raises BriefRefusedError when no day of the campaign is locked.
    """
    snapshot = last_locked(campaign)
    if snapshot is None:
        raise BriefRefusedError(f"{campaign}还没有锁定的数据，不能生成报告。")
    on = snapshot.on
    standing = documents_of(campaign, kind=DocumentKind.REPORT, on=on).first()
    if standing is not None and replaces is None:
        return standing
    if replaces is not None and by is not None and replaces.about_on != on:
        # The state is that of a later day: the draft of the earlier one has had its time.
        void_document(replaces, by=by, reason=MADE_ANEW, now=now)
    series = report_series(campaign)
    content = Content(
        kind=DocumentKind.REPORT,
        title=wording_report.report_title(campaign),
        frame=frame_of(series),
        blocks=wording_report.report_blocks(report_facts(snapshot)),
    )
    return _keep(series, content, campaign, on=on, now=now, by=by, replaces=replaces)


def make_anew(document: Document, *, by: User, now: dt.datetime) -> Document:
    """The same document with what is known now; the former draft becomes void."""
    about = CampaignDocument.objects.select_related("campaign").get(document=document)
    if document.kind == DocumentKind.REPORT:
        return make_report(about.campaign, now=now, by=by, replaces=document)
    return make_brief(about.campaign, on=about.on, now=now, by=by, replaces=document)


def _keep(
    series: DocumentSeries,
    content: Content,
    campaign: Campaign,
    *,
    on: dt.date,
    now: dt.datetime,
    by: User | None,
    replaces: Document | None,
) -> Document:
    document = make_document(
        series,
        content,
        subject=f"{campaign.code}/{content.kind}/{on.isoformat()}",
        about_on=on,
        now=now,
        by=by,
        is_drill=campaign.is_drill,
        replaces=replaces,
    )
    CampaignDocument.objects.get_or_create(
        document=document, defaults={"campaign": campaign, "on": on, "until": now}
    )
    return document


def brief_series(campaign: Campaign) -> DocumentSeries:
    """The campaign's own series; its row is made with the first 简报 and then the owner's."""
    series, _ = DocumentSeries.objects.get_or_create(
        code=f"{campaign.code}-brief",
        defaults={
            "kind": DocumentKind.BRIEF,
            "name": f"省直机关{campaign.get_kind_display()}工作简报",
            "issuer": settings.ORGAN_NAME,
            "report_to": "工委领导",
            "send_to": "工委机关各部室",
        },
    )
    return series


def report_series(campaign: Campaign) -> DocumentSeries:
    """All that carries 发文字号 is numbered together; a drill takes no number of the real ones."""
    series, _ = DocumentSeries.objects.get_or_create(
        code=f"{campaign.code}-file" if campaign.is_drill else "file",
        defaults={
            "kind": DocumentKind.REPORT,
            "name": f"{settings.ORGAN_NAME}文件",
            "issuer": settings.ORGAN_NAME,
            "prefix": PREFIX,
            "addressee": settings.ORGAN_NAME.removesuffix("办公室"),
        },
    )
    return series
