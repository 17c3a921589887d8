"""Daily reports as records: the list, one report, and the steps it can take."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from apps.campaigns.current import current_day, show_day
from apps.core import formats
from apps.core.filters import PortalFilterSet
from apps.core.html import Tag
from apps.core.scope import scope_of
from apps.core.tables import Column, Event, Fact, facts_of
from apps.core.views import (
    Action,
    BulkAction,
    ScopedDetailView,
    ScopedListView,
)

from ..enums import OWED, REPORT_TONES
from ..filters import ReportFilter
from ..models import DailyReport
from ..selectors.reports import report_tag, revision_steps, state_tag
from ..selectors.sheets import sees_restricted
from .report_cells import group_label, next_actions, origin, source_tag, value_lines

LINKS = ("campaign", "unit", "group", "current", "reviewed_by", "current__by")


class ReportListView(ScopedListView):
    """单位日报: every expected report one may see."""

    permission = "daily.view_dailyreport"
    model = DailyReport
    filterset_class: type[PortalFilterSet] | None = ReportFilter
    columns = (
        Column("on", "日期", kind="day", sort=True),
        Column(
            "unit__short_name",
            "单位",
            link="daily:report_detail",
            sort="unit__sort_order",
            phone="title",
        ),
        Column("campaign__name", "应急任务", phone="hide"),
        Column("group__number", "联络组", value=group_label, sort=True),
        Column("category", phone="hide"),
        Column("state", kind="tag", tones=REPORT_TONES, sort=True),
        Column("current__at", "报送时间", kind="moment", sort=True),
        Column("current__source", "来源", value=source_tag),
    )
    extra_fields = ("group__number", "current__source", "current__is_late", "frozen_at")
    empty = "还没有应报的日报。应急任务开始后，每日零点过后自动生成当日应报。"
    measure = "份"

    def get_title(self) -> str:
        return "单位日报"

    def get_bulk_actions(self) -> Sequence[BulkAction]:
        return (
            BulkAction(
                "审核通过",
                reverse("daily:report_accept_many"),
                icon="check",
                confirm="将以下单位的日报审核通过？",
                permission="daily.review_report",
            ),
        )


class UnitHistoryView(ReportListView):
    """近30天: the reports of one's own unit."""

    permission = "daily.file_report"
    filterset_class = None
    page_size = 30
    empty = "本单位还没有日报。"

    def get_title(self) -> str:
        return "本单位近30天日报"

    def get_queryset(self) -> Any:
        since = current_day(self.request) - dt.timedelta(days=30)
        own = scope_of(self.request.user).own_units
        return super().get_queryset().filter(unit__in=own, on__gt=since)

    def get_bulk_actions(self) -> Sequence[BulkAction]:
        return ()

    def get_actions(self) -> Sequence[Action]:
        return (Action("今日日报", reverse("daily:report_form"), icon="pencil", primary=True),)


class ReportDetailView(ScopedDetailView):
    """One report: facts, values beside yesterday's, revisions, contacts, next steps."""

    permission = "daily.view_dailyreport"
    model = DailyReport
    queryset = DailyReport.objects.select_related(*LINKS)
    template_name = "daily/report_detail.html"
    facts = (
        Column("campaign", "应急任务"),
        Column("unit", "单位", link="units:unit_detail", link_by="unit_id"),
        Column("group", "当日联络组"),
        Column("category"),
        Column("due_at", kind="moment"),
        Column("current__receipt", "编号", link="daily:receipt", link_by="current__receipt"),
        Column("current__at", "报送时间", kind="moment"),
        Column("current__by", "报送人"),
        Column("current", "来源", value=origin),
        Column("reviewed_by", kind="text"),
        Column("current__leader_on_duty", "带队领导"),
        Column("current__night_phone", "今晚值班电话", kind="phone"),
        Column("frozen_at", kind="moment"),
    )

    def get_facts(self) -> Sequence[Fact]:
        """Nothing filed, nothing to say about who filed it."""
        report: DailyReport = self.object
        columns = [
            column
            for column in self.facts
            if (report.current_id or not column.name.startswith("current"))
            and (column.name not in {"frozen_at", "reviewed_by"} or getattr(report, column.name))
        ]
        return facts_of(report, columns)

    def get_title(self) -> str:
        return f"{self.object.unit} {formats.day(self.object.on)}日报"

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return (("单位日报", reverse("daily:report_list")),)

    def get_state(self) -> Tag:
        report = self.object
        if report.state in OWED and report.frozen_at is None:
            return state_tag(report, now=timezone.now())
        return report_tag(report)

    def get_actions(self) -> Sequence[Action]:
        return list(next_actions(self.request.user, self.object))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report = self.object
        show_day(self.request, report.campaign, report.on)
        return super().get_context_data(
            values=value_lines(report, self.request.user),
            contacts=report.contacts.select_related("by"),
            is_contradicted=DailyReport.objects.filter(pk=report.pk).contradicted().exists(),
            may_note=self.request.user.has_perm("daily.chase_report", report),
            **kwargs,
        )

    def get_timeline(self) -> Sequence[Event]:
        return [
            Event(
                step.revision.at,
                f"第{step.revision.number}次报送（{step.revision.get_source_display()}）",
                by=str(step.revision.by or ""),
                text="\n".join(step.differences),
                tone="yellow" if step.revision.is_late else "green",
                link=reverse("daily:receipt", args=[step.revision.receipt]),
            )
            for step in revision_steps(
                self.object, is_open=sees_restricted(self.request.user, self.object)
            )
        ]
