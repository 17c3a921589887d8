"""What the publicity desk puts into bundles: 稿件采用情况表 of the months asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from apps.campaigns.bundles import campaign_of, days_of, organ_of
from apps.campaigns.models import Campaign
from apps.office.bundles import (
    BundleAsk,
    BundleItem,
    BundleSource,
    paper_item,
    register_bundle_source,
)
from apps.office.bundles.documents import UNSIGNED_FOLDER
from apps.office.exports.paper import Paper

from .models import AdoptionNotice
from .selectors.adoption import adoption, signed_adoption
from .selectors.papers import adoption_paper


def adoptions(ask: BundleAsk) -> Iterator[BundleItem]:
    """The version signed last, or the month as it stands among the drafts."""
    campaign = campaign_of(ask)
    if campaign is None:
        return
    months = sorted({on.replace(day=1) for on in days_of(campaign, ask)})
    signed = {
        notice.month: notice
        for notice in AdoptionNotice.objects.filter(campaign=campaign, month__in=months)
        .select_related("signed_by")
        .order_by("version")
    }
    for month in months:
        yield _item(ask, campaign, month, signed.get(month))


def _item(
    ask: BundleAsk, campaign: Campaign, month: dt.date, notice: AdoptionNotice | None
) -> BundleItem:
    def build() -> Paper:
        found = (
            signed_adoption(notice, user=ask.user)
            if notice
            else adoption(campaign, month=month, user=ask.user)
        )
        organ = organ_of(ask.user)
        return adoption_paper(found, campaign=campaign, month=month, notice=notice, organ=organ)

    return paper_item(
        ask,
        build,
        folder="稿件采用" if notice else UNSIGNED_FOLDER,
        name=f"{month.year}年{month.month}月稿件采用情况表",
        on=month,
        state=f"已签发（第{notice.version}版）" if notice else "送审稿",
    )


def register_bundles() -> None:
    """Called in `AppConfig.ready`."""
    register_bundle_source(
        BundleSource(
            "adoptions",
            "稿件采用情况表",
            "所选日期所在的月份；未签发的列为送审稿",
            "publicity.view_item",
            adoptions,
            order=90,
        )
    )
