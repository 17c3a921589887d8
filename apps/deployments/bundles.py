"""What the deployments desk puts into bundles: 力量调配通知单 and open needs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from apps.campaigns.bundles import campaign_of, days_of, organ_of
from apps.core import formats
from apps.core.permissions import allowed
from apps.office.bundles import (
    BundleAsk,
    BundleItem,
    BundleSource,
    list_item,
    paper_item,
    register_bundle_source,
)
from apps.office.bundles.documents import document_item
from apps.office.documents.enums import STANDING

from .allocating import SheetState
from .models import AllocationSheet, Need, SigningSheet, Visit
from .papers import needs_paper
from .papers_allocation import allocation_paper

FOLDER = "力量调配通知单"
DOCUMENTS = "office.view_document"


def allocations(ask: BundleAsk) -> Iterator[BundleItem]:
    """The notices of the days people go: the document, or what was signed without one as a sheet.

    Units and groups get a sheet of their own lines.
    """
    rows = (
        AllocationSheet.objects.visible_to(ask.user)
        .filter(campaign__code=ask.campaign, on__range=(ask.first, ask.last))
        .exclude(state=SheetState.WITHDRAWN)
        .select_related("campaign", "signed_by", "document__draft_file", "document__signed_file")
        .order_by("on", "number", "pk")
    )
    reads_documents = allowed(ask.user, DOCUMENTS)
    organ = organ_of(ask.user)
    for sheet in rows:
        if reads_documents:
            if sheet.document is not None and sheet.document.state in STANDING:
                yield document_item(sheet.document, folder=FOLDER)
                continue
            if not sheet.number:
                continue
        yield paper_item(
            ask,
            partial(allocation_paper, sheet, user=ask.user, organ=organ),
            folder=FOLDER,
            name=f"{sheet}（{formats.day(sheet.on)}到岗）",
            on=sheet.on,
            state=sheet.get_state_display(),
        )


def signings(ask: BundleAsk) -> Iterator[BundleItem]:
    """社区确认 of the days that have sheets: what units say beside what communities say."""
    yield from _days(ask, SigningSheet, "deployments:signing_list", "社区确认")


def visits(ask: BundleAsk) -> Iterator[BundleItem]:
    """走访督导 of the days on which somebody was visited."""
    yield from _days(ask, Visit, "deployments:visit_list", "走访督导")


def _days(ask: BundleAsk, model: Any, page: str, folder: str) -> Iterator[BundleItem]:
    """The list at `page`, a file for each day that has rows."""
    rows = model.objects.visible_to(ask.user).filter(
        campaign__code=ask.campaign, on__range=(ask.first, ask.last)
    )
    for on in rows.order_by("on").values_list("on", flat=True).distinct():
        address = f"{reverse(page)}?{urlencode({'campaign': ask.campaign, 'on': on})}"
        yield list_item(ask, address, folder=folder, name=f"{formats.day(on)}{folder}", on=on)


def needs(ask: BundleAsk) -> Iterator[BundleItem]:
    """社区需求清单 as of the last day asked for."""
    campaign = campaign_of(ask)
    days = days_of(campaign, ask) if campaign else []
    if campaign is None or not days:
        return
    if not Need.objects.visible_to(ask.user).filter(campaign=campaign).exists():
        return
    organ = organ_of(ask.user)
    build = partial(needs_paper, campaign, on=days[-1], user=ask.user, organ=organ)
    name = f"{formats.day(days[-1])}社区需求清单"
    yield paper_item(ask, build, folder="社区需求", name=name, on=days[-1])


def register_bundles() -> None:
    """Called in `AppConfig.ready`."""
    register_bundle_source(
        BundleSource(
            "allocations",
            FOLDER,
            "按到岗日期，含带队人和联系电话；单位和小组只有自己的明细",
            "deployments.view_allocation",
            allocations,
            order=50,
            names_people=True,
        ),
        BundleSource(
            "signings",
            "社区确认",
            "有确认单的日子，单位登记与社区确认对照",
            "deployments.view_signing",
            signings,
            order=62,
        ),
        BundleSource(
            "visits",
            "走访督导",
            "有走访的日子，去了哪里、问题几项",
            "deployments.view_visit",
            visits,
            order=64,
        ),
        BundleSource(
            "needs",
            "社区需求清单",
            "截止日期当天未落实的需求和缺口",
            "deployments.view_need",
            needs,
            order=70,
        ),
    )
