"""What the one page tells a leader, gathered from the books of the day.

The questions are those a leader asks at eight in the morning and at ten at night (office practice):
what happened, who is where, who is missing, what the city asked for, what was told upward.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q, Sum

from apps.campaigns.enums import Hour
from apps.campaigns.milestones import Standing, news_of
from apps.campaigns.models import Campaign
from apps.campaigns.selectors import Timetable
from apps.communities.models import AreaStatus, Community, District, Estate, Street
from apps.communities.selectors import under
from apps.deployments.forecast import told_total
from apps.deployments.models import DeploymentDay
from apps.deployments.selectors import Shortage, departures, shortages
from apps.figures.enums import ScopeKind, Stage
from apps.figures.keys import keys_of
from apps.figures.selectors.day_values import DayFigures, Value
from apps.units.enums import Role
from apps.units.models import Member, Posting, Unit

from ..enums import Edition
from ..models import FlashReport, RoundAct, UpwardReturn
from .days import day_figures
from .digest import CampaignDay, campaign_day
from .owed import Owed
from .upward import differences, returns_of

DAY = dt.timedelta(days=1)
REPEATED = 2
"""Days without a report after which a leader's own call is proposed."""


@dataclass(frozen=True)
class NightShift:
    """Who leads a night shift, and where."""

    unit: str
    community: str
    leader: str
    night: int


@dataclass(frozen=True)
class Closures:
    """Places newly put under a measure, and how many of our members live there."""

    places: Sequence[str]
    members: int


@dataclass(frozen=True)
class Call:
    """A unit a leader should phone: the secretary's name and the duty room's number."""

    unit: str
    secretary: str
    phone: str
    days: int


@dataclass(frozen=True)
class Told:
    """One number that went upward, and what it differs from."""

    row: UpwardReturn
    differs: Sequence[str]


@dataclass(frozen=True)
class PageFacts:
    """Everything one edition of the page may speak of; `about` is the day of its figures."""

    campaign: Campaign
    edition: Edition
    on: dt.date
    about: dt.date
    at: dt.datetime
    day: CampaignDay
    figures: DayFigures
    flashes: Sequence[FlashReport]
    districts: Sequence[tuple[str, Value]]
    shifts: Sequence[NightShift]
    night_heads: int
    closures: Closures
    told: Sequence[Told]
    calls: Sequence[Call]
    short: Sequence[Shortage]
    leaving: Sequence[tuple[str, int]]
    acts: Sequence[RoundAct]
    clocks: Sequence[Standing]
    foretold: int | None

    @property
    def next_day(self) -> dt.date:
        """The day whose hands the page speaks of."""
        return self.about + DAY

    @property
    def is_locked(self) -> bool:
        return self.figures.stage == Stage.LOCKED


def page_facts(campaign: Campaign, *, on: dt.date, edition: Edition) -> PageFacts:
    """The facts of the edition of `on`: the morning speaks of the day before, the night of `on`.

    News and corrections are those since the edition before it, up to this edition's hour, so that
    a page drawn late tells the same.
    """
    hours = Timetable(campaign)
    is_morning = edition == Edition.MORNING
    about = on - DAY if is_morning else on
    at = hours.moment(Hour.LEADER_DIGEST if is_morning else Hour.NIGHT, on=on)
    since = (
        hours.moment(Hour.NIGHT, on=about)
        if is_morning
        else hours.moment(Hour.LEADER_DIGEST, on=on)
    )
    figures = day_figures(campaign, on=about, user=None)
    day = campaign_day(campaign, on=about, since=since, until=at)
    next_day = about + DAY
    shifts = _night_shifts(campaign, on=about)
    return PageFacts(
        campaign=campaign,
        edition=edition,
        on=on,
        about=about,
        at=at,
        day=day,
        figures=figures,
        flashes=list(
            FlashReport.objects.filter(campaign=campaign, at__gte=since, at__lt=at)
            .select_related("unit")
            .order_by("at", "id")
        ),
        districts=_districts(figures),
        shifts=shifts,
        night_heads=sum(shift.night for shift in shifts),
        closures=_closures(campaign, since=since, until=at),
        told=_told(campaign, on=about),
        calls=_calls(day.owed, on=on),
        short=shortages(campaign, on=next_day),
        leaving=_leaving(campaign, on=next_day),
        acts=list(
            RoundAct.objects.filter(round__campaign=campaign, round__on=about)
            .select_related("owner", "round__campaign")
            .order_by("due_at", "pk")
        ),
        clocks=news_of(campaign, since=since, until=at),
        foretold=told_total(campaign, on=next_day),
    )


def _districts(figures: DayFigures) -> list[tuple[str, Value]]:
    """Where people are on post, in official order; districts without anybody are left out."""
    code = keys_of(figures.campaign.kind).on_post
    found = []
    for pk, name in District.objects.order_by("sort_order").values_list("pk", "short_name"):
        value = figures.value(code, ScopeKind.DISTRICT, pk)
        if value is not None and value.number:
            found.append((name, value))
    return found


def _night_shifts(campaign: Campaign, *, on: dt.date) -> list[NightShift]:
    rows = (
        DeploymentDay.objects.filter(deployment__campaign=campaign, on=on, night__gt=0)
        .order_by("-night", "deployment__unit__sort_order", "pk")
        .values_list(
            "deployment__unit__short_name",
            "deployment__community__name",
            "deployment__leader__name",
            "night",
        )
    )
    return [NightShift(unit, place, leader or "", night) for unit, place, leader, night in rows]


def _closures(campaign: Campaign, *, since: dt.datetime, until: dt.datetime) -> Closures:
    new = AreaStatus.objects.filter(
        starts_at__gte=since, starts_at__lt=until, is_drill=campaign.is_drill
    ).with_places()
    places = list(new.order_by("starts_at", "pk"))
    if not any(row.measure.is_sealed for row in places):
        return Closures([str(row) for row in places], 0)
    sealed = new.filter(measure__is_sealed=True)
    living = Member.objects.filter(
        Q(home_estate__in=under(Estate, sealed))
        | Q(home_community__in=under(Community, sealed))
        | Q(home_community__street__in=under(Street, sealed))
    )
    return Closures([str(row) for row in places], living.count())


def _told(campaign: Campaign, *, on: dt.date) -> list[Told]:
    return [
        Told(row, differences(campaign, on=on, indicator=row.indicator, value=row.value))
        for row in returns_of(campaign, on=on)
    ]


def _calls(owed: Sequence[Owed], *, on: dt.date) -> list[Call]:
    """Units whose leaders only a leader may call, and those silent for days."""
    found = [row for row in owed if row.is_leader_contact or row.days >= REPEATED]
    secretaries = dict(
        Posting.objects.on(on)
        .filter(unit__in=[row.unit for row in found], role=Role.UNIT_LEADER)
        .order_by("unit", "-starts_on")
        .values_list("unit", "user__name")
    )
    phones = dict(
        Unit.objects.filter(pk__in=[row.unit for row in found]).values_list("pk", "duty_phone")
    )
    return [
        Call(row.name, secretaries.get(row.unit, ""), phones.get(row.unit, ""), row.days)
        for row in found
    ]


def _leaving(campaign: Campaign, *, on: dt.date) -> list[tuple[str, int]]:
    """Units whose people set out on `on`, with their heads, the most first."""
    rows = (
        departures(campaign, on=on)
        .order_by()
        .values("unit__short_name")
        .annotate(heads=Sum("people"), n=Count("pk"))
        .order_by(F("heads").desc(), "unit__sort_order")
        .values_list("unit__short_name", "heads")
    )
    return [(name, heads or 0) for name, heads in rows]
