"""What the daily desk puts into bundles: documents, one pages, sheets of the day, 报送台账."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from io import BytesIO
from typing import Any

from apps.campaigns.bundles import campaign_of, days_of, organ_of
from apps.core import formats
from apps.deployments.models import Deployment
from apps.deployments.selectors import departures
from apps.figures.enums import ScopeKind
from apps.office.bundles import (
    BundleAsk,
    BundleItem,
    BundleSource,
    paper_item,
    register_bundle_source,
)
from apps.office.bundles.documents import document_item
from apps.office.exports.paper import Paper
from apps.office.models import Document

from .models import DailyReport, OnePage, UpwardReturn
from .selectors.days import day_figures
from .selectors.papers import PLACES, departures_paper, missing_paper, summary_paper
from .selectors.papers_upward import upward_paper
from .selectors.reports import missing_reports

ROUND = "daily.view_dailyround"
SHAPES = (ScopeKind.UNIT, ScopeKind.GROUP, ScopeKind.CATEGORY)


def documents(ask: BundleAsk) -> Iterator[BundleItem]:
    rows = (
        Document.objects.visible_to(ask.user)
        .standing()
        .filter(about__campaign__code=ask.campaign, about__on__range=(ask.first, ask.last))
        .select_related("draft_file", "signed_file")
        .order_by("about__on", "kind", "pk")
    )
    for row in rows:
        yield document_item(row, folder="简报公文")


def one_pages(ask: BundleAsk) -> Iterator[BundleItem]:
    """The last version of each; what was never kept is left out."""
    rows = (
        OnePage.objects.visible_to(ask.user)
        .filter(campaign__code=ask.campaign, on__range=(ask.first, ask.last))
        .order_by("on", "edition", "-version")
        .distinct("on", "edition")
    )
    for row in rows:
        yield BundleItem(
            "一页情况",
            f"{formats.day(row.on)}{row.get_edition_display()}.docx",
            partial(_page_file, row),
            on=row.on,
            state=f"第{row.version}版",
        )


def _page_file(page: OnePage) -> BytesIO:
    from .onepage_docx import page_docx

    return BytesIO(page_docx(page))


def summaries(ask: BundleAsk) -> Iterator[BundleItem]:
    """汇总表 of each day by unit, group and category."""
    campaign = campaign_of(ask)
    if campaign is None:
        return
    organ = organ_of(ask.user)
    for on in days_of(campaign, ask):
        for shape in SHAPES:

            def build(on: Any = on, shape: ScopeKind = shape) -> Paper:
                scopes = {ScopeKind.TOTAL, ScopeKind.CATEGORY, shape}
                figures = day_figures(campaign, on=on, user=ask.user, scopes=scopes)
                return summary_paper(figures, by=shape, user=ask.user, organ=organ)

            name = f"{formats.day(on)}汇总表（按{PLACES[shape]}）"
            yield paper_item(ask, build, folder="汇总表", name=name, on=on)


def missing(ask: BundleAsk) -> Iterator[BundleItem]:
    """未报单位名单 of the days on which somebody of one's scope still owes a report."""
    campaign = campaign_of(ask)
    if campaign is None:
        return
    rows = DailyReport.objects.visible_to(ask.user).filter(
        campaign=campaign, on__in=days_of(campaign, ask)
    )
    organ = organ_of(ask.user)
    for on in rows.owed().order_by("on").values_list("on", flat=True).distinct():

        def build(on: Any = on) -> Paper:
            found = missing_reports(campaign, on=on, user=ask.user, now=ask.at)
            asked = rows.on(on).asked().count()
            return missing_paper(found, campaign=campaign, on=on, asked=asked, organ=organ)

        yield paper_item(
            ask, build, folder="未报单位名单", name=f"{formats.day(on)}未报单位名单", on=on
        )


def departure_lists(ask: BundleAsk) -> Iterator[BundleItem]:
    """派出清单 of the days on which somebody goes."""
    campaign = campaign_of(ask)
    if campaign is None:
        return
    going = departures(campaign, on=None).filter(starts_on__range=(ask.first, ask.last))
    days = Deployment.objects.filter(pk__in=going.order_by().values("pk"))
    for on in days.order_by("starts_on").values_list("starts_on", flat=True).distinct():

        def build(on: Any = on) -> Paper:
            found = departures(campaign, on=on)
            return departures_paper(found, campaign=campaign, on=on, organ=organ_of(ask.user))

        yield paper_item(ask, build, folder="派出清单", name=f"{formats.day(on)}派出清单", on=on)


def upward(ask: BundleAsk) -> Iterator[BundleItem]:
    campaign = campaign_of(ask)
    if campaign is None:
        return
    told = UpwardReturn.objects.visible_to(ask.user).filter(
        campaign=campaign, on__range=(ask.first, ask.last)
    )
    if told.exists():
        build = partial(
            upward_paper,
            told,
            campaign=campaign,
            first=ask.first,
            last=ask.last,
            organ=organ_of(ask.user),
        )
        name = f"{formats.days(ask.first, ask.last)}报送台账"
        yield paper_item(ask, build, folder="报送台账", name=name, on=ask.last)


def register_bundles() -> None:
    """Called in `AppConfig.ready`."""
    see = ("daily.chase_report", ROUND)
    register_bundle_source(
        BundleSource(
            "documents",
            "简报、报告",
            "签发稿；未签发的放在送审稿文件夹",
            "office.view_document",
            documents,
            order=10,
        ),
        BundleSource(
            "one_pages", "一页情况", "早报和22点情况，按留存的最后一版", ROUND, one_pages, order=20
        ),
        BundleSource(
            "summaries", "汇总表", "每天按单位、联络组、类别各一张", ROUND, summaries, order=30
        ),
        BundleSource(
            "missing",
            "未报单位名单",
            "有单位未报的日子，含审核人和值班电话",
            see,
            missing,
            order=40,
            names_people=True,
        ),
        BundleSource(
            "departures",
            "派出清单",
            "有新派出任务的日子，含带队人",
            ROUND,
            departure_lists,
            order=60,
            names_people=True,
        ),
        BundleSource(
            "upward", "报送台账", "向谁报了哪个数、数据时点和不一致说明", ROUND, upward, order=80
        ),
    )
