"""The one page of an hour, drawn and kept."""

import datetime as dt
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from apps.accounts.models import User
from apps.campaigns.models import Campaign
from apps.core import formats
from apps.figures.keys import keys_of

from .. import wording_onepage as wording
from ..enums import Edition
from ..models import OnePage
from ..selectors.days import headline, stage_tag
from ..selectors.onepage import PageFacts, page_facts


def draw_page(campaign: Campaign, *, on: dt.date, edition: Edition) -> dict[str, Any]:
    """What the page would say now, as it is kept: nothing is stored. For the office's eyes."""
    facts = page_facts(campaign, on=on, edition=edition)
    return {
        "title": wording.title(facts),
        "about": facts.about.isoformat(),
        "stage": str(stage_tag(facts.figures).label),
        "kpis": _kpis(facts),
        "sections": [asdict(section) for section in wording.sections(facts)],
        "text": wording.text(facts, sign=settings.ORGAN_NAME),
    }


def keep_page(
    campaign: Campaign,
    *,
    on: dt.date,
    edition: Edition,
    now: dt.datetime,
    by: User | None = None,
) -> OnePage:
    """Draw the page and keep it as the next version; by the clock (`by` None) only the first.

    Idempotent for the clock: a page that stands is answered.
    """
    standing = OnePage.objects.filter(campaign=campaign, on=on, edition=edition)
    if by is None and (found := standing.order_by("version").first()):
        return found
    content = draw_page(campaign, on=on, edition=edition)
    last = standing.aggregate(last=Max("version"))["last"] or 0
    try:
        with transaction.atomic():
            return OnePage.objects.create(
                campaign=campaign,
                on=on,
                edition=edition,
                version=last + 1,
                made_at=now,
                made_by=by,
                content=content,
            )
    except IntegrityError:
        # Somebody drew the same version at the same moment: theirs says the same.
        return standing.get(version=last + 1)


def _kpis(facts: PageFacts) -> list[dict[str, Any]]:
    """The strip of key figures as text, each with the address of its rows."""
    keys = keys_of(facts.campaign.kind)
    codes = [
        code
        for code in (keys.on_post, keys.ever_on_post, keys.communities, keys.teams, keys.gap)
        if code
    ]
    return [
        {
            "label": kpi.label,
            "value": formats.figure(kpi.value, "", qualifier=kpi.qualifier),
            "unit": kpi.unit,
            "url": kpi.url,
            "corrected": asdict(kpi.corrected) if kpi.corrected else None,
            "notes": list(kpi.notes),
            "change": None if kpi.change is None else formats.change(kpi.change),
            "basis": kpi.basis,
        }
        for kpi in headline(facts.figures, user=None, codes=codes)
    ]
