"""What a board is about: a campaign, a day of it, the reader, and where the reader stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone

from apps.campaigns.current import check_within, current_campaign, runs, show_day, working_day
from apps.campaigns.models import Campaign
from apps.core.addresses import address
from apps.core.boards import FLASH, FROZEN, LIVE
from apps.core.dates import business_day
from apps.core.days import asked_day
from apps.core.html import Tag
from apps.core.scope import Scope, scope_of
from apps.daily.selectors.days import day_figures
from apps.figures.enums import ScopeKind, Stage
from apps.figures.keys import KeyIndicators, keys_of
from apps.figures.models import Snapshot
from apps.figures.selectors.day_values import DayFigures
from apps.figures.selectors.days import home_scope, standing_snapshot
from apps.figures.selectors.moves import Key
from apps.units.enums import OFFICE_ROLES

DAY = dt.timedelta(days=1)
TOTALS = (ScopeKind.TOTAL, ScopeKind.GROUP, ScopeKind.CATEGORY)
"""Scopes of a board: the leaves stand one press behind each number."""

STAGES = {Stage.LOCKED: FROZEN, Stage.FLASH: FLASH, None: LIVE}
OF_GROUP = (ScopeKind.GROUP, ScopeKind.UNIT)


@dataclass(frozen=True)
class Frame:
    """One board's subject. `at` is the reader's own place: the whole, or their group."""

    campaign: Campaign
    on: dt.date
    now: dt.datetime
    user: Any
    at: tuple[ScopeKind, Key]

    @cached_property
    def scope(self) -> Scope:
        return scope_of(self.user)

    @property
    def is_office(self) -> bool:
        return bool(self.scope.roles & OFFICE_ROLES)

    @cached_property
    def keys(self) -> KeyIndicators:
        return keys_of(self.campaign.kind)

    @cached_property
    def figures(self) -> DayFigures:
        """Totals of the day in the reader's scope; of a group also its units'."""
        scope, key = self.at
        if scope == ScopeKind.GROUP:
            return day_figures(
                self.campaign,
                on=self.on,
                user=self.user,
                scopes=OF_GROUP,
                group=int(key or 0),
                by_place=(self.keys.on_post,),
                snapshot=self.snapshot,
            )
        keys = self.keys
        return day_figures(
            self.campaign,
            on=self.on,
            user=self.user,
            scopes=TOTALS,
            by_place=None if scope != ScopeKind.TOTAL else (keys.on_post, keys.ever_on_post),
            snapshot=self.snapshot,
        )

    @cached_property
    def snapshot(self) -> Snapshot | None:
        return standing_snapshot(self.campaign, on=self.on)

    @cached_property
    def tag(self) -> Tag:
        """快报数, 核定数 or 实时, without the figures themselves."""
        return STAGES[Stage(self.snapshot.stage) if self.snapshot else None]

    @property
    def is_running(self) -> bool:
        return runs(self.campaign, business_day(self.now))

    @property
    def last_day(self) -> dt.date:
        return working_day(self.campaign, today=business_day(self.now))

    @property
    def days(self) -> list[dt.date]:
        """The campaign's days up to the day of the board."""
        first = self.campaign.starts_on
        return [first + DAY * n for n in range((self.on - first).days + 1)]

    def url(self, name: str, *args: Any, **asked: Any) -> str:
        """A board's address for the same campaign and day."""
        query = {"campaign": self.campaign.code, "day": self.on.isoformat(), **asked}
        return f"{address(f'dashboard:{name}', *args)}?{urlencode(query)}"


def frame_of(
    request: HttpRequest, *, at: tuple[ScopeKind, Key] | None = None, now: dt.datetime | None = None
) -> Frame | None:
    """The campaign in hand on `?day=`, else on its working day; None while there is no campaign.

    A day outside the campaign, or still ahead, is 404.
    """
    campaign = current_campaign(request)
    if campaign is None:
        return None
    now = now or timezone.now()
    today = business_day(now)
    on = asked_day(request) or working_day(campaign, today=today)
    check_within(campaign, on, today=today)
    show_day(request, campaign, on)
    return Frame(campaign, on, now, request.user, at or home_scope(request.user))
