"""When each job last ran, and every run there was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from apps.accounts.selectors import audit_is_protected
from apps.core.formats import listing
from apps.core.html import Tag, Tone
from apps.core.tables import Column, Row, Table
from apps.core.views import (
    Action,
    BoardView,
    ScopedDetailView,
    ScopedListView,
    portal_action,
)

from . import registry, selectors, services
from .enums import OccurrenceState
from .filters import OccurrenceFilters
from .models import Occurrence

VIEW = "jobs.view_occurrence"
RETRY = "jobs.retry_occurrence"
DAYS = 7
TONES: Mapping[str, Tone] = {
    OccurrenceState.EXPECTED: "blue",
    OccurrenceState.RUNNING: "yellow",
    OccurrenceState.DONE: "green",
    OccurrenceState.FAILED: "red",
}


def runs_of(name: str, **filters: str) -> str:
    return f"{reverse('jobs:occurrence_list')}?{urlencode({'job': name, **filters})}"


def standing(status: selectors.JobStatus) -> Tag:
    """The state of a job in a word."""
    if status.failed:
        return Tag("失败", "red")
    if status.missing:
        return Tag("未完成", "yellow")
    if status.last_done is None:
        return Tag("未执行过")
    return Tag("正常", "green")


STATUS_COLUMNS = (
    Column("label", "任务", phone="title", link=lambda s: runs_of(s.name)),
    Column("standing", "状态", value=standing),
    Column("last_done", "上次完成", kind="moment", blank="未执行过"),
    Column("next_due", "下次应执行", kind="moment", blank="未安排"),
    Column("done", f"近{DAYS}日完成", kind="number", unit="次"),
    Column(
        "late",
        "其中补跑",
        kind="number",
        unit="次",
        link=lambda s: runs_of(s.name, late="1"),
        help="晚于应执行时间10分钟以上才执行的",
    ),
    Column("missing", "到点未完成", kind="number", unit="次"),
    Column(
        "failed",
        "失败",
        kind="number",
        unit="次",
        link=lambda s: runs_of(s.name, state=OccurrenceState.FAILED.value),
    ),
    Column(
        "skipped",
        "已略过",
        kind="number",
        unit="次",
        help="错过时间、不再有用的提醒，不再补发",
    ),
)
RUN_COLUMNS = (
    Column("on", kind="day"),
    Column(
        "job",
        "任务",
        phone="title",
        value=lambda row: registry.label_of(row["job"]),
        link="jobs:occurrence_detail",
    ),
    Column("scope", blank="全部"),
    Column("due_at", kind="moment", sort=True),
    Column("state", kind="tag", tones=TONES),
    Column("is_late", "补跑", value=lambda row: Tag("补跑", "yellow") if row["is_late"] else None),
    Column("finished_at", kind="moment", sort=True),
    Column("tries", kind="number", unit="次"),
)


class JobStatusView(BoardView):
    permission = VIEW
    title = "定时任务"
    subtitle = (
        "每项任务上次何时完成、下次何时执行；停机期间错过的任务恢复后自动补跑，过时的提醒不再补发。"
    )
    template_name = "jobs/job_status.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        attention = Occurrence.objects.filter(
            pk__in=[
                *selectors.late_occurrences(now=now).values_list("pk", flat=True)[:50],
                *Occurrence.objects.filter(state=OccurrenceState.FAILED)
                .values_list("pk", flat=True)
                .order_by("-due_at")[:50],
            ]
        ).order_by("due_at")
        return super().get_context_data(
            ring=selectors.last_ring(),
            audit_holds=audit_is_protected(),
            statuses=Table(
                STATUS_COLUMNS,
                selectors.job_statuses(now=now, days=DAYS),
                caption=self.title,
                empty="还没有登记任务。",
            ),
            attention=Table.of(
                Occurrence,
                (*RUN_COLUMNS[:5], Column("error", phone="hide")),
                attention.values("pk", "on", "job", "scope", "due_at", "state", "error"),
                caption="需要处理",
                row_template="jobs/_retry.html",
                empty="没有失败或积压的任务。",
            ),
            **kwargs,
        )

    def get_actions(self) -> Sequence[Action]:
        return [Action("全部记录", reverse("jobs:occurrence_list"), icon="list-details")]


class OccurrenceListView(ScopedListView):
    permission = VIEW
    model = Occurrence
    title = "任务记录"
    filterset_class = OccurrenceFilters
    columns = RUN_COLUMNS
    ordering = ("-due_at",)
    empty = "还没有任务记录。定时任务启动后，每天零时起自动列出当天的任务。"

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("定时任务", reverse("jobs:job_status"))]

    def fetch(self, rows: Any) -> Sequence[Row]:
        names = ("pk", "on", "job", "scope", "due_at", "state", "is_late", "finished_at", "tries")
        return list(rows.values(*names))


class OccurrenceDetailView(ScopedDetailView):
    permission = VIEW
    model = Occurrence
    template_name = "jobs/occurrence_detail.html"
    facts = (
        Column("job", "任务", value=lambda row: registry.label_of(row.job)),
        Column("on", kind="day"),
        Column("scope", blank="全部"),
        Column("due_at", kind="moment"),
        Column("started_at", kind="moment", blank="未开始"),
        Column("finished_at", kind="moment", blank="未完成"),
        Column("tries", kind="number", unit="次"),
        Column("is_late", "补跑", kind="bool"),
        Column("claimed_by", blank="无"),
    )

    def get_title(self) -> str:
        return registry.label_of(self.object.job)

    def get_state(self) -> Tag:
        return Tag(self.object.get_state_display(), TONES.get(self.object.state, "grey"))

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [
            ("定时任务", reverse("jobs:job_status")),
            ("任务记录", reverse("jobs:occurrence_list")),
        ]

    def get_actions(self) -> Sequence[Action]:
        if self.object.state != OccurrenceState.FAILED or self.object.job == registry.PLAN:
            return ()
        url = reverse("jobs:occurrence_retry", args=[self.object.pk])
        return [Action("立即再试", url, icon="refresh", method="post", permission=RETRY)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        results = [
            (registry.result_word(key), written(value)) for key, value in self.object.result.items()
        ]
        return super().get_context_data(results=results, **kwargs)


def written(value: Any) -> str:
    """A value of a result as people read it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return listing(map(str, value)) or "无"
    if isinstance(value, dict):
        return "；".join(f"{key}：{written(inner)}" for key, inner in value.items()) or "无"
    return str(value)


@portal_action(RETRY)
def retry_occurrence(request: HttpRequest, pk: int) -> HttpResponse:
    occurrence = get_object_or_404(Occurrence.objects.visible_to(request.user), pk=pk)
    services.retry_occurrence(occurrence)
    messages.success(request, "已安排再试，一分钟内执行。")
    return redirect("jobs:job_status")
