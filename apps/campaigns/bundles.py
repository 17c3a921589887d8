"""What sources of bundles ask of campaigns: the one meant, its days, whose seal a sheet takes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings

from apps.core.dates import business_day
from apps.core.scope import scope_of
from apps.office.bundles import BundleAsk
from apps.units.models import LiaisonGroup, Unit

from .current import working_day
from .models import Campaign


def campaign_of(ask: BundleAsk) -> Campaign | None:
    """The campaign, where whoever asks may see it."""
    rows: Any = Campaign.objects.visible_to(ask.user)
    found: Campaign | None = rows.filter(code=ask.campaign).first()
    return found


def days_of(campaign: Campaign, ask: BundleAsk) -> list[dt.date]:
    """Those of the days asked for on which the campaign has run so far."""
    end = working_day(campaign, today=business_day(ask.at))
    return [on for on in ask.days if campaign.starts_on <= on <= end]


def organ_of(user: Any) -> str:
    """Whose seal a sheet takes: the unit's or group's of who has but one, else the office's."""
    scope = scope_of(user)
    if scope.everything:
        return str(settings.ORGAN_NAME)
    if len(scope.groups) == 1:
        group = LiaisonGroup.objects.get(pk=next(iter(scope.groups)))
        return f"{settings.ORGAN_NAME}{group}"
    if len(scope.own_units) == 1:
        return Unit.objects.get(pk=next(iter(scope.own_units))).name
    return str(settings.ORGAN_NAME)
