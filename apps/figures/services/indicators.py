"""The default indicators, and which of them a campaign asks for."""

import csv
import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Coalesce

from apps.campaigns.models import Campaign

from ..enums import IndicatorSource
from ..models import CampaignIndicator, Indicator, IndicatorDefinition

FIRST_VERSION = "2021-1"
BASIS = "省直机关下沉工作日报指标说明"
FIRST_DAY = dt.date(2021, 7, 20)


def default_rows() -> list[dict[str, str]]:
    """The rows of fixtures/indicators.csv."""
    with (settings.BASE_DIR / "fixtures" / "indicators.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@transaction.atomic
def install_indicators(*, on: dt.date | None = None) -> int:
    """Add the default indicators and their first definitions where missing; how many are new.

    What ledgers count joins the campaigns under way on `on`, from that day; what units would have
    to type does not: the office decides to ask for more.
    """
    known = set(Indicator.objects.values_list("code", flat=True))
    rows = [row for row in default_rows() if row["code"] not in known]
    made = Indicator.objects.bulk_create(_indicator(row) for row in rows)
    IndicatorDefinition.objects.bulk_create(
        IndicatorDefinition(
            indicator=indicator,
            version=FIRST_VERSION,
            text=row["definition"],
            basis=BASIS,
            starts_on=FIRST_DAY,
        )
        for indicator, row in zip(made, rows, strict=True)
    )
    if on is not None:
        _join_running(made, on)
    return len(made)


def _join_running(made: Sequence[Indicator], on: dt.date) -> None:
    counted = [one for one in made if one.source == IndicatorSource.LEDGER]
    running = Campaign.objects.running(on) if counted else Campaign.objects.none()
    for campaign in running.annotate(last=Coalesce(Max("indicators__position"), 0)):
        if campaign.last:  # without any it will be asked for all of them
            CampaignIndicator.objects.bulk_create(
                CampaignIndicator(
                    campaign=campaign,
                    indicator=indicator,
                    position=position,
                    is_typed=False,
                    starts_on=on,
                )
                for position, indicator in enumerate(
                    (one for one in counted if one.campaign_kind == campaign.kind),
                    start=campaign.last + 1,
                )
            )


def _indicator(row: dict[str, str]) -> Indicator:
    names = ["code", "name", "campaign_kind", "measure", "kind", "rollup", "source", "section"]
    fields: dict[str, Any] = {name: row[name] for name in names}
    return Indicator(
        **fields,
        is_restricted=row["is_restricted"] == "1",
        sort_order=int(row["sort_order"]),
    )


@transaction.atomic
def ask_indicators(campaign: Campaign) -> int:
    """Ask the campaign's units for the default indicators of its kind; how many are new."""
    by_code = {row["code"]: row for row in default_rows()}
    asked = set(
        CampaignIndicator.objects.filter(campaign=campaign).values_list("indicator", flat=True)
    )
    found = Indicator.objects.filter(campaign_kind=campaign.kind, code__in=by_code)
    made = CampaignIndicator.objects.bulk_create(
        CampaignIndicator(
            campaign=campaign,
            indicator=indicator,
            position=position,
            is_typed=by_code[indicator.code]["is_typed"] == "1",
            is_required=by_code[indicator.code]["is_required"] == "1",
            starts_on=campaign.starts_on,
        )
        for position, indicator in enumerate(found.order_by("sort_order"), start=1)
        if indicator.pk not in asked
    )
    return len(made)
