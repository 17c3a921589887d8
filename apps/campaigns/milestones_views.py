"""重要节点: the clocks of the campaign in hand, and what each rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.core import formats
from apps.core.boards import Kpi
from apps.core.history import history
from apps.core.html import Tag, blank
from apps.core.tables import Column, Event, Table
from apps.core.views import (
    Action,
    ScopedDetailView,
    ScopedListView,
)

from .current import current_campaign
from .milestones import Standing, standing, stopped
from .milestones_forms import (
    MilestoneFilters,
)
from .milestones_services import MANAGE, RECORD, permission_to_change
from .models import Milestone, MilestoneReset

VIEW = "campaigns.view_milestone"
LIST = "campaigns:milestone_list"
HOUR = dt.timedelta(hours=1)
EVENTS = 30
STEPS = (("撤销时间", "撤销"), ("撤回时间", "撤回"), ("登记时间", "登记实现"))
"""A change of that field is that step."""


def now_of(row: Milestone) -> Standing:
    return standing(row, at=stopped(row.campaign, timezone.now()))


def reached(row: Milestone) -> Any:
    """The moment of a claim that may be quoted; of another why it may not."""
    if row.reached_at is None:
        return blank("未实现")
    if row.missing_evidence:
        return blank("证据不全，不引用")
    return format_html('<span class="num nowrap">{}</span>', formats.moment(row.reached_at))


def notice(row: Milestone) -> str:
    """据省电力公司通报 7月23日 18:00 豫电〔2021〕7号."""
    at = formats.moment(row.source_at) if row.source_at else ""
    return " ".join(part for part in (row.source, at, row.source_number) if part)


COLUMNS = (
    Column("name", link="campaigns:milestone_detail", phone="title", css="nowrap"),
    Column("place", label="区域"),
    Column("limit_text", label="时限", css="nowrap"),
    Column("counted_from", label="起算", kind="moment"),
    Column("due_at", label="时限至", kind="moment"),
    Column("standing", label="情况", value=lambda row: now_of(row).tag, css="p-end"),
    Column("reached_at", label="实现时间", value=reached),
    Column("notice", label="来源", value=notice, blank="未登记"),
    Column("lacks", label="缺少", value=lambda row: "、".join(row.missing_evidence)),
)


class MilestoneListView(ScopedListView):
    permission = VIEW
    model = Milestone
    title = "重要节点"
    filterset_class = MilestoneFilters
    columns = COLUMNS
    as_objects = True
    ordering = ("started_at", "limit_hours")
    row_template = "campaigns/_milestone_actions.html"
    measure = "项"
    empty = "本任务没有登记重要节点。"

    def get_subtitle(self) -> str:
        campaign = current_campaign(self.request) or ""
        return f"{campaign} · 以有关部门通报为准，证据不全的不在材料中引用"

    def get_queryset(self) -> QuerySet[Any]:
        rows: Any = super().get_queryset().filter(campaign=current_campaign(self.request))
        return rows.with_resets().select_related("campaign", "district")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = self.request.user.has_perm(RECORD)
        return super().get_context_data(may_record=may, **kwargs)

    def get_actions(self) -> Sequence[Action]:
        campaign = current_campaign(self.request)
        if campaign is None or not campaign.is_reporting:
            return ()
        url = reverse("campaigns:milestone_create")
        return (Action("增加节点", url, icon="plus", primary=True, permission=MANAGE),)


RESET_COLUMNS = (
    Column("at", kind="moment", phone="title"),
    Column("source"),
    Column("source_number", blank="未登记"),
    Column("by", label="登记人", value=lambda row: str(row.by or ""), blank="未登记"),
    Column("state", label="状态", value=lambda row: (
        Tag(f"已撤销：{row.withdrawn_reason}") if row.withdrawn_at else Tag("有效", "blue"))),
)  # fmt: skip


class MilestoneDetailView(ScopedDetailView):
    """One clock: how it stands, what it rests on, the new cases told, and all that changed."""

    permission = VIEW
    model = Milestone
    queryset = Milestone.objects.with_resets().select_related(
        "campaign", "district", "recorded_by", "withdrawn_by", "cancelled_by"
    )
    template_name = "campaigns/milestone_detail.html"
    facts = (
        Column("campaign__name", label="应急任务"),
        Column("place", label="区域", blank="不限"),
        Column("clock"),
        Column("limit_text", label="时限"),
        Column("started_at", kind="moment"),
        Column("started_source", blank="未登记"),
        Column("alarm_hours", label="提前提醒", value=lambda row: f"{row.alarm_hours} 小时"),
        Column("reached_at", label="实现时间", value=reached),
        Column("source", blank="未登记"),
        Column("source_at", kind="moment", blank="未登记"),
        Column("source_number", blank="未登记"),
        Column("recorded_by", blank="未登记"),
        Column("recorded_at", kind="moment", blank="未登记"),
    )

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("重要节点", f"{reverse(LIST)}?campaign={self.object.campaign.code}")]

    def get_subtitle(self) -> str:
        limit: str = self.object.limit_text
        return "" if limit in self.object.name else limit

    def get_state(self) -> Tag | None:
        return now_of(self.object).tag

    def get_actions(self) -> Sequence[Action]:
        row: Milestone = self.object
        if row.cancelled_at is not None:
            return ()

        def to(name: str) -> str:
            return reverse(f"campaigns:milestone_{name}", args=[row.pk])

        reach = Action("登记实现", to("reach"), icon="check", primary=True, permission=RECORD)
        fill = Action("补充证据", to("reach"), icon="check", primary=True, permission=RECORD)
        change = permission_to_change(row.campaign)
        take_back = Action("撤回", to("withdraw"), icon="arrow-back-up", permission=change)
        found = [reach] if row.reached_at is None else [take_back]
        if row.missing_evidence:
            found.insert(0, fill)
        if row.resets_on_cases:
            found.append(Action("登记新增通报", to("reset"), icon="refresh", permission=change))
        if row.campaign.is_reporting:
            found.append(Action("修改", to("edit"), icon="edit", permission=MANAGE))
        if row.reached_at is None:
            found.append(Action("撤销", to("cancel"), icon="x", permission=MANAGE))
        return found

    def get_timeline(self) -> Sequence[Event]:
        """From the trail: nothing here can be tidied up afterwards."""
        return [_event(change) for change in history(self.object)[:EVENTS]]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: Milestone = self.object
        now = now_of(row)
        return super().get_context_data(
            standing=now,
            kpis=_kpis(now),
            resets=self._resets() if row.resets_on_cases else None,
            **kwargs,
        )

    def _resets(self) -> Table:
        may = self.request.user.has_perm(permission_to_change(self.object.campaign))
        return Table.of(
            MilestoneReset,
            RESET_COLUMNS,
            self.object.resets.select_related("by"),
            row_template="campaigns/_reset_actions.html" if may else "",
            empty="没有登记新增通报，自起算时间连续计。",
        )


def _event(change: Any) -> Event:
    """登记实现, 撤回 or 修改, with what each field was before."""
    changed = {str(field.label) for field in change.fields}
    title = next((name for label, name in STEPS if label in changed), change.operation)
    lines = [f"{f.label}：{f.before or '空'} → {f.after or '空'}" for f in change.fields]
    is_new = change.operation != "修改"
    return Event(
        change.at,
        change.operation if is_new else title,
        by=change.actor_name,
        text="" if is_new else "\n".join(lines),
    )


def _kpis(now: Standing) -> list[Kpi]:
    row = now.milestone
    ends = formats.moment(row.due_at)
    if row.resets_on_cases:
        until = min(now.at, row.reached_at or now.at)
        since = f"自 {formats.moment(row.counted_from)} 起"
        days = row.clear_days(until=until)
        return [
            Kpi("连续无新增", days, "天", notes=(since,)),
            Kpi("应满", row.limit_hours // 24, "天", notes=(f"{ends} 满",)),
        ]
    until = row.reached_at if row.is_proven and row.reached_at else now.at
    used, left = (until - row.started_at) // HOUR, abs(row.due_at - until) // HOUR
    over = until > row.due_at
    label = "超出" if over else "剩余"
    return [
        Kpi("用时" if row.is_proven else "已过", used, "小时", notes=("不足一小时的舍去",)),
        Kpi("时限", row.limit_hours, "小时", notes=(f"至 {ends}",)),
        Kpi(label, left, "小时", alert=over),
    ]
