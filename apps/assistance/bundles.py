"""What the assistance desk puts into bundles: help by type of service, numbers alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from apps.campaigns.bundles import campaign_of, days_of, organ_of
from apps.core import formats
from apps.office.bundles import (
    BundleAsk,
    BundleItem,
    BundleSource,
    paper_item,
    register_bundle_source,
)

from .models import AssistanceAction
from .selectors.papers import actions_paper


def actions(ask: BundleAsk) -> Iterator[BundleItem]:
    """关爱帮扶情况统计表 as of the last day asked for."""
    campaign = campaign_of(ask)
    days = days_of(campaign, ask) if campaign else []
    if campaign is None or not days:
        return
    acts = AssistanceAction.objects.visible_to(ask.user)
    if not acts.filter(campaign=campaign, on__lte=days[-1]).exists():
        return
    organ = organ_of(ask.user)
    build = partial(actions_paper, campaign, on=days[-1], user=ask.user, organ=organ)
    name = f"{formats.day(days[-1])}关爱帮扶情况统计表"
    yield paper_item(ask, build, folder="关爱帮扶", name=name, on=days[-1])


def register_bundles() -> None:
    """Called in `AppConfig.ready`."""
    register_bundle_source(
        BundleSource(
            "actions",
            "关爱帮扶情况统计表",
            "截止日期当日和累计的次数、户数，不含姓名",
            "assistance.view_beneficiary",
            actions,
            order=85,
        )
    )
