"""Reports that are owed, with what a reminder must know about each."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet

from apps.campaigns.models import Campaign
from apps.core.statements import fetched

from ..enums import OWED, FlashKind, ReportState
from ..models import ContactNote, DailyReport, FlashReport
from ..wording import GroupCount


@dataclass(frozen=True, slots=True)
class Owed:
    """One report a unit owes. `days` counts back to its last report, this day included."""

    report: int
    campaign: int
    unit: int
    name: str
    group_id: int | None
    group: int | None
    state: ReportState
    due_at: dt.datetime
    is_locked: bool
    is_leader_contact: bool
    has_outage: bool
    days: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How many reports are asked for and filed."""

    asked: int
    filed: int


def owed_reports(campaigns: Collection[Campaign], *, on: dt.date) -> list[Owed]:
    """Every report owed for `on`, in official order; two queries whatever the number of units."""
    reports = DailyReport.objects.filter(campaign__in=campaigns).on(on).owed()
    outage = FlashReport.objects.filter(
        campaign=OuterRef("campaign"),
        unit=OuterRef("unit"),
        kind=FlashKind.OUTAGE,
        happened_at__date=on,
    )
    told_by_phone = ContactNote.objects.filter(report=OuterRef("pk"), is_outage=True)
    rows = list(
        reports.annotate(has_outage=Exists(outage) | Exists(told_by_phone))
        .order_by("unit__sort_order", "campaign")
        .values_list(
            "pk",
            "campaign_id",
            "unit_id",
            "unit__short_name",
            "group_id",
            "group__number",
            "state",
            "due_at",
            "frozen_at",
            "unit__is_leader_contact",
            "has_outage",
        )
    )
    since = _owed_since(reports, on=on)
    return [
        Owed(
            report=report,
            campaign=campaign,
            unit=unit,
            name=name,
            group_id=group_id,
            group=group,
            state=ReportState(state),
            due_at=due_at,
            is_locked=frozen_at is not None,
            is_leader_contact=is_leader_contact,
            has_outage=has_outage,
            days=(on - since[campaign, unit]).days + 1,
        )
        for (
            report,
            campaign,
            unit,
            name,
            group_id,
            group,
            state,
            due_at,
            frozen_at,
            is_leader_contact,
            has_outage,
        ) in rows
    ]


def _owed_since(reports: QuerySet[DailyReport], *, on: dt.date) -> dict[tuple[int, int], dt.date]:
    """By campaign and unit: the first day of the unbroken run of owed days that ends on `on`."""
    history = DailyReport.objects.filter(
        campaign__in=reports.values("campaign"), unit__in=reports.values("unit"), on__lte=on
    )
    spans = history.values_list("campaign", "unit").annotate(
        first=Min("on"), last=Max("on", filter=~Q(state__in=OWED))
    )
    return {
        (campaign, unit): last + dt.timedelta(days=1) if last else first
        for campaign, unit, first, last in spans.order_by()
    }


def standings(
    campaigns: Collection[Campaign], *, on: dt.date
) -> dict[tuple[int, int | None], Standing]:
    """Counts by campaign and group id; under group None the whole campaign."""
    rows = fetched(
        STANDINGS,
        campaigns=[campaign.pk for campaign in campaigns],
        on=on,
        owed=[state.value for state in OWED],
    )
    asked: Counter[tuple[int, int | None]] = Counter()
    filed: Counter[tuple[int, int | None]] = Counter()
    for campaign, group, n_asked, n_filed in rows:
        for key in {(campaign, group), (campaign, None)}:
            asked[key] += n_asked
            filed[key] += n_filed
    return defaultdict(
        lambda: Standing(0, 0), {key: Standing(asked[key], filed[key]) for key in asked}
    )


STANDINGS = """
SELECT campaign_id, group_id, COUNT(*), COUNT(*) FILTER (WHERE NOT state = ANY(%(owed)s))
  FROM daily_dailyreport
 WHERE campaign_id = ANY(%(campaigns)s::bigint[]) AND "on" = %(on)s AND state <> 'exempt'
 GROUP BY campaign_id, group_id
"""


def missing_count(rows: Sequence[Owed], standing: Standing) -> GroupCount:
    """The counts and the names of `rows` as the sentences take them."""
    return GroupCount(
        asked=standing.asked,
        filed=standing.filed,
        missing=tuple(row.name for row in rows),
        repeated=tuple((row.name, row.days) for row in rows if row.days > 1),
    )
