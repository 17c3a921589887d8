"""What a 简报 of a day and a 报告 of a campaign may speak of, gathered from locked figures."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from apps.campaigns.enums import Hour
from apps.campaigns.milestones import news_of, proven
from apps.campaigns.models import Campaign, Milestone
from apps.campaigns.selectors import Timetable
from apps.figures.enums import CorrectionState, IndicatorKind, Rollup, ScopeKind
from apps.figures.models import Correction, Figure, Snapshot
from apps.office.documents.enums import DocumentKind, DocumentState
from apps.office.models import Document
from apps.publicity.selectors.placements import DayPlacements, day_placements

from ..enums import Fulfilment, ReportState
from ..models import CampaignDocument, CityTalkItem, DailyReport, DispatchNote, Judgment
from .digest import CampaignDay, campaign_day
from .hours import data_cut

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class LateReports:
    """Reports that came after the lock, by what became of them; together they are all of them.

    `corrected` names the units whose corrections are accepted, in official order; `waiting` wait
    for review; `unchanged` said nothing new, or it was not accepted.
    """

    corrected: Sequence[str]
    waiting: int
    unchanged: int

    @property
    def count(self) -> int:
        return len(self.corrected) + self.waiting + self.unchanged


@dataclass(frozen=True)
class BriefFacts:
    """A locked day as its 简报 tells it; corrections are those the last signed one did not print."""

    campaign: Campaign
    on: dt.date
    until: dt.datetime
    data_cut: dt.time
    day: CampaignDay
    late: LateReports
    figures: Sequence[Figure]
    categories: Sequence[Figure]
    corrections: Sequence[Correction]
    opinion: str
    dispatch: Sequence[str]
    appeared: DayPlacements
    reached: Sequence[Milestone]

    def total(self, code: str | None) -> Figure | None:
        """The day's total of an indicator where there is one to print."""
        return next((row for row in self.figures if row.indicator.code == code), None)


def locked_snapshot(campaign: Campaign, *, on: dt.date) -> Snapshot | None:
    return Snapshot.objects.locked().filter(campaign=campaign, on=on).first()


def brief_facts(snapshot: Snapshot, *, until: dt.datetime) -> BriefFacts:
    """The day of a standing lock, with the news from the night before to its own night."""
    campaign, on = snapshot.campaign, snapshot.on
    hours = Timetable(campaign)
    since, night = (hours.moment(Hour.NIGHT, on=day) for day in (on - DAY, on))
    judgment = Judgment.objects.filter(
        round__campaign=campaign, round__on=on, signed_at__isnull=False
    ).first()
    news = news_of(campaign, since=since, until=min(until, night))
    return BriefFacts(
        campaign=campaign,
        on=on,
        until=until,
        data_cut=data_cut(campaign, snapshot),
        day=campaign_day(campaign, on=on, since=since, until=min(until, night)),
        late=_late_reports(snapshot),
        figures=list(_figures(snapshot, ScopeKind.TOTAL)),
        categories=list(_figures(snapshot, ScopeKind.CATEGORY)),
        corrections=list(unprinted_corrections(campaign, on=on, until=until)),
        opinion=judgment.opinion if judgment else "",
        dispatch=_dispatch(campaign, on=on),
        appeared=day_placements(campaign, on=on),
        reached=[one.milestone for one in news if one.milestone.is_proven],
    )


def _late_reports(snapshot: Snapshot) -> LateReports:
    mine = Correction.objects.filter(figure__snapshot=snapshot, figure__unit=OuterRef("unit"))
    rows = (
        DailyReport.objects.filter(campaign=snapshot.campaign, state=ReportState.LATE)
        .on(snapshot.on)
        .order_by("unit__sort_order", "pk")
        .values_list(
            "unit__short_name",
            Exists(mine.filter(state=CorrectionState.ACCEPTED)),
            Exists(mine.filter(state=CorrectionState.PROPOSED)),
        )
    )
    found = list(rows)
    corrected = [name for name, is_corrected, _ in found if is_corrected]
    waiting = sum(waits and not is_corrected for _, is_corrected, waits in found)
    return LateReports(corrected, waiting, len(found) - len(corrected) - waiting)


def _figures(snapshot: Snapshot, scope: ScopeKind) -> QuerySet[Figure]:
    rows = Figure.objects.filter(snapshot=snapshot, scope=scope, value__isnull=False)
    return rows.select_related("indicator").order_by("indicator__sort_order", "pk")


def _dispatch(campaign: Campaign, *, on: dt.date) -> list[str]:
    note = DispatchNote.objects.filter(
        round__campaign=campaign, round__on=on, signed_at__isnull=False
    ).first()
    return [line.strip() for line in note.content.splitlines() if line.strip()] if note else []


def unprinted_corrections(
    campaign: Campaign, *, on: dt.date, until: dt.datetime
) -> QuerySet[Correction]:
    """Of days up to `on`, accepted before `until`, as far as no signed 简报 of an earlier day has
    printed them: the next one prints them. A draft that nobody signed has told nobody.

    What was accepted before the campaign's first 简报 had its period stands in the list alone.
    """
    earlier = CampaignDocument.objects.filter(
        campaign=campaign, on__lt=on, document__kind=DocumentKind.BRIEF
    )
    first = earlier.filter(document__in=Document.objects.standing()).aggregate(on=Min("on"))["on"]
    told = earlier.filter(
        document__state=DocumentState.SIGNED,
        on__gte=OuterRef("figure__snapshot__on"),
        until__gt=OuterRef("reviewed_at"),
    )
    rows = Correction.objects.standing().filter(
        ~Exists(told),
        figure__snapshot__campaign=campaign,
        figure__snapshot__on__lte=on,
        state=CorrectionState.ACCEPTED,
        reviewed_at__gte=Timetable(campaign).moment(Hour.NIGHT, on=(first or on) - DAY),
        reviewed_at__lt=until,
    )
    return rows.select_related("figure__snapshot", "figure__indicator", "figure__unit").order_by(
        "figure__snapshot__on", "figure__unit__sort_order", "reviewed_at", "id"
    )


@dataclass(frozen=True)
class ReportFacts:
    """A campaign as of its last locked day; `work` has the totals of each flow, day by day."""

    campaign: Campaign
    on: dt.date
    data_cut: dt.time
    units: int
    figures: Sequence[Figure]
    categories: Sequence[Figure]
    work: Mapping[str, Sequence[Figure]]
    locked_days: int
    milestones: Sequence[Milestone]
    asked_by_city: int
    met: int
    partly_met: int
    dispatch: Sequence[str]

    def total(self, code: str | None) -> Figure | None:
        return next((row for row in self.figures if row.indicator.code == code), None)


def last_locked(campaign: Campaign) -> Snapshot | None:
    """The newest day whose figures are locked."""
    return Snapshot.objects.locked().filter(campaign=campaign).order_by("-on").first()


def report_facts(snapshot: Snapshot) -> ReportFacts:
    """The state of the campaign as of the day of a standing lock."""
    campaign, on = snapshot.campaign, snapshot.on
    locked = Snapshot.objects.locked().filter(campaign=campaign, on__lte=on)
    items = CityTalkItem.objects.filter(talk__round__campaign=campaign, talk__round__on__lte=on)
    talks = items.aggregate(
        n=Count("pk"),
        met=Count("pk", filter=Q(fulfilment=Fulfilment.DONE)),
        partly=Count("pk", filter=Q(fulfilment=Fulfilment.PARTLY)),
    )
    return ReportFacts(
        campaign=campaign,
        on=on,
        data_cut=data_cut(campaign, snapshot),
        units=campaign.activations.on(on).values("unit").distinct().count(),
        figures=list(_figures(snapshot, ScopeKind.TOTAL)),
        categories=list(_figures(snapshot, ScopeKind.CATEGORY)),
        work=_work(locked),
        locked_days=locked.count(),
        milestones=proven(
            campaign.milestones.standing()
            .with_resets()
            .select_related("district")
            .order_by("started_at", "limit_hours", "pk")
        ),
        asked_by_city=talks["n"],
        met=talks["met"],
        partly_met=talks["partly"],
        dispatch=_dispatch(campaign, on=on) if campaign.is_reporting else (),
    )


def _work(locked: QuerySet[Snapshot]) -> dict[str, list[Figure]]:
    """Totals that add up from day to day, by code in the indicators' order; none restricted."""
    rows = (
        Figure.objects.filter(
            snapshot__in=locked,
            scope=ScopeKind.TOTAL,
            value__gt=0,
            indicator__kind=IndicatorKind.FLOW,
            indicator__rollup=Rollup.SUM,
            indicator__is_restricted=False,
        )
        .select_related("indicator")
        .order_by("indicator__sort_order", "snapshot__on", "pk")
    )
    found: dict[str, list[Figure]] = {}
    for row in rows:
        found.setdefault(row.indicator.code, []).append(row)
    return found


def documents_of(
    campaign: Campaign, *, kind: DocumentKind, on: dt.date | None = None
) -> QuerySet[Document]:
    """Documents of the campaign that stand, those of `on` alone when it is given."""
    rows = Document.objects.standing().filter(about__campaign=campaign, kind=kind)
    return rows if on is None else rows.filter(about__on=on)


def signed_briefs(campaign: Campaign, *, since: dt.datetime, until: dt.datetime) -> list[Document]:
    """简报 signed in that span, in the order of their days: what a digest may point to."""
    rows = Document.objects.signed().filter(
        about__campaign=campaign,
        kind=DocumentKind.BRIEF,
        signed_at__gte=since,
        signed_at__lt=until,
    )
    return list(rows.select_related("series").order_by("about__on", "pk"))
