"""需求预测: what was told of each community, beside what came, and how good that was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import django_filters
from django.db.models import Max, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.campaigns.current import current_campaign, current_day
from apps.campaigns.enums import Hour
from apps.campaigns.models import Campaign
from apps.campaigns.selectors import Timetable
from apps.communities.models import Community, District
from apps.core import formats, html
from apps.core.boards import Chart, Kpi, Series
from apps.core.dates import parsed_day
from apps.core.filters import DayFilter, PortalFilterSet, SearchFilter
from apps.core.tables import Column, Row, Table
from apps.core.views import Action
from apps.core.views.keyed import KeyedListView

from ..forecast import DAY, WEEK, DayScore, record, scores, with_forecast
from ..models import NeedForecast

VIEW = "deployments.view_forecast"
DAYS = 14
"""Days the course and the record go back."""


class ForecastFilters(PortalFilterSet):
    q = SearchFilter(fields=["name", "street__name"], label="社区、街道")
    district = django_filters.ModelChoiceFilter(
        queryset=District.objects.all(), field_name="street__district", label="区县"
    )
    on = DayFilter(method="by_day", label="预测日期")
    off = django_filters.ChoiceFilter(
        choices=[("under", "预测偏少"), ("over", "预测偏多"), ("none", "没有预测")],
        method="by_error",
        label="偏差",
    )

    class Meta:
        model = Community
        fields: list[str] = []

    def by_day(self, rows: QuerySet[Any], _: str, _day: dt.date) -> QuerySet[Any]:
        """The view has chosen the day."""
        return rows

    def by_error(self, rows: QuerySet[Any], _: str, value: str) -> QuerySet[Any]:
        if value == "none":
            return rows.filter(heads=None)
        if "error" not in rows.query.annotations:
            return rows.none()
        return rows.filter(error__lt=0) if value == "under" else rows.filter(error__gt=0)


def _week(row: Row) -> Any:
    """10—14; of a campaign younger than a week how many days there were."""
    if row["low"] is None:
        return None
    days = f" · {row['days']} 天" if row["days"] < WEEK else ""
    return format_html('<span class="num nowrap">{}—{}{}</span>', row["low"], row["high"], days)


def _error(value: int) -> Any:
    """Told less than came is what hurts: red; more is plain."""
    if not value:
        return format_html('<span class="num muted">{}</span>', 0)
    return html.change(value, good="up" if value < 0 else "")


COMMUNITY = Column("name", link="communities:community_detail", phone="title")
TOLD_COLUMNS = (
    COMMUNITY,
    Column("street__district__short_name", label="区县"),
    Column("eve", label="前一日", kind="number", unit="人", blank="无"),
    Column("week", label="近七日（人）", kind="number", value=_week, blank="无需求",
           phone="hide"),
    Column("known", label="其中已登记", kind="number", unit="人", blank="未记", phone="hide"),
    Column("heads", label="预测", kind="number", unit="人", blank="没有预测", sort="told"),
)  # fmt: skip
ASKED = Column("asked", label="现已登记", kind="number", unit="人", sort=True, css="p-end")
ACTUAL = Column("asked", label="实际", kind="number", unit="人", sort=True)
ERROR = Column(
    "error",
    label="误差",
    kind="number",
    unit="人",
    value=lambda row: _error(row["error"]),
    sort=True,
    css="p-end",
)


class ForecastListView(KeyedListView):
    permission = VIEW
    model = Community
    title = "需求预测"
    template_name = "deployments/forecast_list.html"
    filterset_class = ForecastFilters
    extra_fields: Sequence[str] = ("low", "high", "days")
    ordering = ("-most", "sort_key")
    measure = "个社区"
    empty = "这一天没有预测，也没有社区需求。"

    @cached_property
    def campaign(self) -> Campaign | None:
        return current_campaign(self.request)

    @cached_property
    def on(self) -> dt.date:
        """The day asked for, else the last one foretold, else tomorrow."""
        asked = parsed_day(self.request.GET.get("on", ""))
        return asked or self.latest or current_day(self.request) + DAY

    @cached_property
    def latest(self) -> dt.date | None:
        rows = NeedForecast.objects.filter(campaign=self.campaign)
        found: dt.date | None = rows.aggregate(on=Max("on"))["on"]
        return found

    @cached_property
    def hours(self) -> Timetable | None:
        return Timetable(self.campaign) if self.campaign else None

    def is_due(self, day: dt.date) -> bool:
        """From the evening of the day on its need is known well enough to be compared."""
        return bool(self.hours and timezone.now() >= self.hours.moment(Hour.FORECAST, on=day))

    @cached_property
    def is_compared(self) -> bool:
        return self.is_due(self.on)

    def get_subtitle(self) -> str:
        state = "已与实际比对" if self.is_compared else "尚未到期"
        return f"{self.campaign or ''} · {formats.day_long(self.on)} · {state}"

    def get_actions(self) -> Sequence[Action]:
        steps = ((-DAY, "前一天", "chevron-left"), (DAY, "后一天", "chevron-right"))
        return [
            Action(label, self._address(self.on + step), icon=icon)
            for step, label, icon in steps
            if self._is_known(self.on + step)
        ]

    def _is_known(self, day: dt.date) -> bool:
        campaign = self.campaign
        return bool(campaign and self.latest and campaign.starts_on < day <= self.latest)

    def _address(self, day: dt.date) -> str:
        query = self.request.GET.copy()
        query.pop("page", None)
        query["on"] = day.isoformat()
        return f"{reverse('deployments:forecast_list')}?{query.urlencode()}"

    def get_columns(self) -> Sequence[Column]:
        own = (ACTUAL, ERROR) if self.is_compared else (ASKED,)
        self.columns = (*TOLD_COLUMNS, *own)
        return super().get_columns()

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        return with_forecast(rows, campaign=self.campaign, on=self.on, is_due=self.is_compared)

    def fetch(self, rows: Any) -> Sequence[Any]:
        self.extra_fields = (*type(self).extra_fields, *(["error"] if self.is_compared else []))
        return super().fetch(rows)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.campaign is None:
            return super().get_context_data(**kwargs)
        campaign = self.campaign
        first = max(campaign.starts_on, self.on - (DAYS - 1) * DAY)
        days = scores(campaign, first=first, last=self.on)
        due = [one for one in days if self.is_due(one.on)]
        told = NeedForecast.objects.filter(campaign=campaign, on=self.on)
        made, known = told.aggregate(at=Max("made_at"), known=Sum("known")).values()
        return super().get_context_data(
            kpis=self._kpis(next((one for one in days if one.on == self.on), None), made, known),
            record=record(due),
            chart=_chart(days, {one.on for one in due}),
            score_table=self._scores(due),
            made_at=made,
            hour=self.hours.at(Hour.FORECAST) if self.hours else None,
            **kwargs,
        )

    def _kpis(
        self, score: DayScore | None, made_at: dt.datetime | None, known: int | None
    ) -> list[Kpi]:
        if score is None:
            return []
        at = formats.moment(made_at, on=self.on) if made_at else ""
        parts = () if known is None else (f"其中当时已登记 {formats.number(known)}",)
        told = Kpi("预测需求", score.told, "人", notes=(f"{at} 作出，不再改动", *parts))
        eve = Kpi("前一日需求", score.eve, "人", notes=("沿用前一日数的结果",))
        needs = f"{reverse('deployments:need_list')}?{urlencode({'state': 'open'})}"
        if not self.is_compared:
            return [
                told,
                eve,
                Kpi("现已登记", score.asked, "人", url=needs, notes=("当日需求以登记为准",)),
            ]
        covered = f"有需求社区 {score.asking} 个，预测到 {score.foreseen} 个"
        return [
            told,
            Kpi("实际需求", score.asked, "人", notes=(covered,)),
            Kpi(
                "合计偏多" if score.bias > 0 else "合计偏少" if score.bias else "合计持平",
                abs(score.bias),
                "人",
                notes=("预测与实际之差",),
            ),
            Kpi(
                "平均误差",
                _rounded(score.mean_off),
                "人/社区",
                notes=(f"沿用前一日数为 {_rounded(score.mean_eve_off)}",),
            ),
        ]

    def _scores(self, days: Sequence[DayScore]) -> Table:
        columns = (
            Column(
                "on", "日期", kind="day", phone="title", link=lambda one: self._address(one.on)
            ),
            Column("told", "预测", kind="number"),
            Column("asked", "实际", kind="number"),
            Column("bias", "合计误差", kind="number", value=lambda one: _error(one.bias)),
            Column("covered", "覆盖社区", kind="number", value=_covered),
            Column("mean_off", "平均误差", kind="number", css="p-end",
                   value=lambda one: _rounded(one.mean_off)),
            Column("mean_eve_off", "沿用前日", kind="number",
                   value=lambda one: _rounded(one.mean_eve_off)),
        )  # fmt: skip
        return Table(
            columns, list(reversed(days)), caption="逐日比对", empty="还没有到期的预测。",
            is_compact=True,
        )  # fmt: skip


def _covered(one: DayScore) -> Any:
    return format_html('<span class="num">{}</span>', formats.ratio(one.foreseen, one.asking))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _chart(days: Sequence[DayScore], due: set[dt.date]) -> Chart:
    return Chart(
        key="forecast",
        title="预测与实际需求",
        unit="人",
        x=[f"{one.on.month}/{one.on.day}" for one in days],
        series=[
            Series("实际", [one.asked if one.on in due else None for one in days], kind="area"),
            Series("预测", [one.told for one in days], kind="dashed"),
        ],
        blank="未到期",
    )
