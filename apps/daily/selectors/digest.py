"""What the morning digests tell, gathered per campaign from the day that was locked."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Count, Q, Sum

from apps.campaigns.models import Campaign
from apps.core import formats
from apps.core.addresses import address
from apps.core.linked import linked
from apps.deployments.visits import answers_owed, answers_to_verify, spot_checks_due
from apps.figures.enums import CorrectionState, ScopeKind, Stage
from apps.figures.keys import keys_of
from apps.figures.models import Correction
from apps.figures.selectors.day_values import DayFigures, Value
from apps.publicity.selectors.placements import day_placements

from ..enums import FlashKind, Fulfilment, ReportState
from ..models import CityTalkItem, DailyReport, DailyRound, DispatchNote, FlashReport
from .days import day_figures
from .findings import day_findings
from .hours import data_cut
from .links import missing_url, reports_url
from .owed import Owed, owed_reports

ATTENTION = 5
"""Findings that the digest carries; the round's page has them all."""
SHORT = (Fulfilment.OPEN, Fulfilment.PARTLY, Fulfilment.DECLINED)
"""How far a need may be from being met, the farthest from an answer first."""


@dataclass(frozen=True)
class CampaignDay:
    """One campaign's day as its digest tells it.

    `filed` are all reports that are in; `late` of them came after the lock. `unmet` has what the
    city asked for and has not got in full.
    """

    campaign: Campaign
    on: dt.date
    data_cut: dt.time
    stage: Stage | None
    headlines: dict[str, Value]
    asked: int
    filed: int
    late: int
    owed: list[Owed]
    incidents: int
    injured: int
    asked_by_city: int
    met: int
    unmet: dict[Fulfilment, list[CityTalkItem]]
    findings: list[str]
    corrections: list[Correction]
    today: list[str] = field(default_factory=list)
    appeared: str = ""

    @property
    def in_time(self) -> int:
        """Reports that were in before the lock: those the locked figures count."""
        return self.filed - self.late

    @property
    def has_data(self) -> bool:
        return self.asked > 0


def campaign_day(
    campaign: Campaign, *, on: dt.date, since: dt.datetime, until: dt.datetime
) -> CampaignDay:
    """The day `on` of `campaign`; news and corrections are those from `since` to `until`."""
    day = day_figures(campaign, on=on, user=None)
    round_ = DailyRound.objects.filter(campaign=campaign, on=on).first()
    reports = DailyReport.objects.filter(campaign=campaign).on(on).asked()
    owed = owed_reports([campaign], on=on)
    counts = reports.aggregate(
        asked=Count("pk"), late=Count("pk", filter=Q(state=ReportState.LATE))
    )
    news = FlashReport.objects.filter(campaign=campaign, at__gte=since, at__lt=until).aggregate(
        incidents=Count("pk", filter=Q(kind__in=[FlashKind.INCIDENT, FlashKind.INJURY])),
        injured=Sum("injured"),
    )
    items = list(
        CityTalkItem.objects.filter(talk__round=round_).select_related("need__community")
        if round_
        else []
    )
    return CampaignDay(
        campaign=campaign,
        on=on,
        data_cut=data_cut(campaign, day.snapshot),
        stage=day.stage,
        headlines=_headlines(day),
        asked=counts["asked"],
        filed=counts["asked"] - len(owed),
        late=counts["late"],
        owed=owed,
        incidents=news["incidents"],
        injured=news["injured"] or 0,
        asked_by_city=len(items),
        met=sum(item.fulfilment == Fulfilment.DONE for item in items),
        unmet=_unmet(items),
        findings=_findings(day),
        corrections=list(_corrections(campaign, since, until)),
        today=_dispatch_lines(round_),
        appeared=day_placements(campaign, on=on).sentence,
    )


def _unmet(items: Sequence[CityTalkItem]) -> dict[Fulfilment, list[CityTalkItem]]:
    """What is not met, by how far it is: what is met in part is not told as unmet."""
    by_state = {state: [i for i in items if i.fulfilment == state] for state in SHORT}
    return {state: found for state, found in by_state.items() if found}


def _headlines(day: DayFigures) -> dict[str, Value]:
    """Totals of the key indicators, under the names of `figures.keys`."""
    keys = keys_of(day.campaign.kind)
    found = {
        name: day.value(getattr(keys, name), ScopeKind.TOTAL)
        for name in ("on_post", "communities", "teams", "injured", "helped", "visited")
    }
    return {name: value for name, value in found.items() if value is not None}


def _findings(day: DayFigures) -> list[str]:
    """What asks for attention; the missing and the corrections have sections of their own."""
    found = [row for row in day_findings(day) if row.label not in ("未报", "更正")]
    return [linked(formats.tight(row.text), row.url) for row in found[:ATTENTION]]


def _dispatch_lines(round_: DailyRound | None) -> list[str]:
    """Up to three lines of the dispatch a leader signed for today."""
    note = DispatchNote.objects.filter(round=round_, signed_at__isnull=False).first()
    return [line for line in note.content.splitlines() if line.strip()][:3] if note else []


def _corrections(campaign: Campaign, since: dt.datetime, until: dt.datetime):  # type: ignore[no-untyped-def]
    return (
        Correction.objects.standing()
        .filter(
            figure__snapshot__campaign=campaign,
            state=CorrectionState.ACCEPTED,
            reviewed_at__gte=since,
            reviewed_at__lt=until,
        )
        .select_related("figure__snapshot", "figure__indicator", "figure__unit")
        .order_by("figure__snapshot__on", "figure__unit__sort_order")
    )


@dataclass(frozen=True)
class GroupMorning:
    """One group's morning for one campaign: how yesterday stands and what to do today."""

    pk: int
    number: int
    asked: int
    filed: int
    on_post: Decimal | None
    todo: list[str]


def group_mornings(campaign: Campaign, *, on: dt.date) -> dict[int, GroupMorning]:
    """By group id, for the day `on`."""
    counts = (
        DailyReport.objects.filter(campaign=campaign, group__isnull=False)
        .on(on)
        .asked()
        .order_by()
        .values_list("group", "group__number")
        .annotate(
            asked=Count("pk"),
            # What came after the lock stays 补报 when it is accepted: it would wait for ever.
            to_review=Count("pk", filter=Q(state=ReportState.FILED)),
            returned=Count("pk", filter=Q(state=ReportState.RETURNED)),
        )
    )
    owed: dict[int | None, int] = defaultdict(int)
    for row in owed_reports([campaign], on=on):
        owed[row.group_id] += 1
    on_post = _group_values(campaign, on=on, code=keys_of(campaign.kind).on_post)
    checks = spot_checks_due(campaign, on=on)
    answers = answers_to_verify(campaign, on=on)
    answered = f"{address('deployments:finding_list')}?turn=to_verify&campaign={campaign.code}"

    def of_group(group: int, state: ReportState) -> str:
        return reports_url(campaign, day=on.isoformat(), group=group, state=state.value)

    def visits_of(group: int) -> str:
        """The group's board tells of each unit on post how long ago it was visited."""
        asked = urlencode({"campaign": campaign.code, "day": on.isoformat()})
        return f"{address('dashboard:group_board', group)}?{asked}#visit-units"

    return {
        group: GroupMorning(
            pk=group,
            number=number,
            asked=asked,
            filed=asked - owed[group],
            on_post=on_post.get(group),
            todo=_todo(
                {
                    "催报{}家": (owed[group] - returned, missing_url(campaign, on, group=group)),
                    "退回核改跟进{}家": (returned, of_group(group, ReportState.RETURNED)),
                    "审核日报{}份": (to_review, of_group(group, ReportState.FILED)),
                    "到岗抽查{}处": (checks.get(group, 0), visits_of(group)),
                    "核实走访问题答复{}项": (answers.get(group, 0), answered),
                }
            ),
        )
        for group, number, asked, to_review, returned in counts
    }


def _group_values(campaign: Campaign, *, on: dt.date, code: str) -> dict[int, Decimal | None]:
    day = day_figures(campaign, on=on, user=None)
    return {
        value.group: value.number
        for (name, scope, _), value in day.values.items()
        if name == code and scope == ScopeKind.GROUP and value.group is not None
    }


def unit_todos(campaigns: Collection[Campaign], *, on: dt.date) -> dict[int, tuple[str, list[str]]]:
    """By unit id: its name and what it owes from `on`. Units with nothing to do are absent."""
    rows = (
        DailyReport.objects.filter(campaign__in=campaigns)
        .on(on)
        .owed()
        .order_by("unit__sort_order")
        .values_list("unit", "unit__short_name")
        .annotate(
            returned=Count("pk", filter=Q(state=ReportState.RETURNED)),
            review=Count("pk", filter=Q(state=ReportState.UNIT_REVIEW)),
            missing=Count("pk", filter=Q(state__in=[ReportState.MISSING, ReportState.DRAFT])),
        )
    )
    day = formats.day(on, today=on)
    found = {
        unit: (
            name,
            _todo(
                {
                    "退回核改{}": (returned, _of_day(on, ReportState.RETURNED)),
                    f"{day}日报待本单位审核{{}}": (review, _of_day(on, ReportState.UNIT_REVIEW)),
                    f"{day}日报待补报{{}}": (missing, _of_day(on, "owed")),
                }
            ),
        )
        for unit, name, returned, review, missing in rows
    }
    for unit, (name, count) in answers_owed(campaigns).items():
        owing = linked(count, f"{address('deployments:finding_list')}?turn=awaited")
        found.setdefault(unit, (name, []))[1].append(f"走访问题待答复{owing}")
    return found


def _of_day(on: dt.date, state: str) -> str:
    asked = {"day": on.isoformat(), "state": str(state)}
    return f"{address('daily:report_list')}?{urlencode(asked)}"


def _todo(counts: dict[str, tuple[int, str]]) -> list[str]:
    """What there is to do, each count with the address of its rows."""
    return [text.format(linked(n, url)) for text, (n, url) in counts.items() if n > 0]
