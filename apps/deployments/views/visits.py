"""走访督导: the list, the record with what was checked and found, and the form on the spot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from apps.campaigns.current import current_campaign
from apps.campaigns.in_campaign import InCampaignMixin
from apps.core import formats
from apps.core.dates import business_day
from apps.core.html import Tag, Tone
from apps.core.tables import Column, Event, Row, Table
from apps.core.views import (
    Action,
    PortalView,
    ScopedDetailView,
)
from apps.core.views.keyed import KeyedListView
from apps.office.models import Attachment

from ..models import Finding, FindingStep, Visit, VisitResult
from ..visits import with_outcome
from ..visits_enums import FindingState, Verdict
from ..visits_filters import VisitFilters

VIEW = "deployments.view_visit"
RECORD = "deployments.record_visit"

FINDING_TONES: dict[Any, Tone] = {
    FindingState.OPEN: "yellow",
    FindingState.RETURNED: "red",
    FindingState.ANSWERED: "blue",
    FindingState.VERIFIED: "green",
}
VERDICT_TONES: dict[Any, Tone] = {
    Verdict.OK: "green",
    Verdict.BAD: "red",
    Verdict.UNCHECKED: "grey",
}


def where(row: Row) -> str:
    """The community with the spot in it, or the place alone."""
    name, place = row["community__name"] or "", row["place"]
    return f"{name}（{place}）" if name and place else name or place


def outcome(row: Row) -> Tag:
    """Whose turn it is: the unit's before the group's."""
    if row["awaited"]:
        return Tag(f"待答复{row['awaited']}", "yellow")
    if row["to_verify"]:
        return Tag(f"待核实{row['to_verify']}", "blue")
    return Tag("已核实", "green") if row["found"] else Tag("无问题")


VISIT_COLUMNS = (
    Column("on", "日期", kind="day", sort=True),
    Column("unit__short_name", "单位", link="deployments:visit_detail", phone="title"),
    Column("where", "地点", value=where, css="place"),
    Column("group__number", "小组", value=lambda row: f"第{row['group__number']}组", css="nowrap"),
    Column("visitors", phone="hide", css="nowrap"),
    Column("expected", "应到", kind="number", unit="人", blank="未清点"),
    Column("present", "实到", kind="number", unit="人", blank="未清点"),
    Column("good", "符合", kind="number", unit="项", phone="hide"),
    Column("bad", "不符合", kind="number", unit="项"),
    Column("found", "问题", kind="number", unit="项"),
    Column("outcome", "办理", value=outcome),
)
VISIT_FIELDS = ("community__name", "place", "group__number", "awaited", "to_verify", "found")


class VisitListView(InCampaignMixin, KeyedListView):
    permission = VIEW
    model = Visit
    title = "走访督导"
    filterset_class = VisitFilters
    columns = VISIT_COLUMNS
    extra_fields = VISIT_FIELDS
    measure = "次"
    empty = "本任务还没有走访记录。"

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset().filter(campaign=current_campaign(self.request))
        return with_outcome(rows)

    def get_actions(self) -> Sequence[Action]:
        findings = Action("走访问题", reverse("deployments:finding_list"), icon="list-check")
        campaign = current_campaign(self.request)
        if campaign is None or not campaign.is_reporting:
            return [findings]
        url = reverse("deployments:visit_create")
        return [
            findings,
            Action("登记走访", url, icon="plus", primary=True, permission=RECORD),
        ]


def _community_url(row: Visit) -> str:
    if row.community_id is None:
        return ""
    return reverse("communities:community_detail", args=[row.community_id])


class VisitDetailView(ScopedDetailView):
    permission = VIEW
    model = Visit
    queryset = Visit.objects.select_related(
        "campaign", "group", "unit", "community__street__district", "deployment", "by", "revised_by"
    )
    template_name = "deployments/visit_detail.html"
    facts = (
        Column("unit__short_name", "单位", link="units:unit_detail", link_by="unit_id"),
        Column("where", "地点", link=_community_url),
        Column("community__street__district__name", "区县", blank="不在社区"),
        Column("on", kind="day"),
        Column("at", value=lambda row: formats.clock(row.at) if row.at else None, blank="未登记"),
        Column("group", "联络服务小组"),
        Column("visitors"),
        Column("expected", "应到", kind="number", unit="人", blank="未清点"),
        Column("present", "实到", kind="number", unit="人", blank="未清点"),
        Column(
            "deployment",
            "下沉任务",
            value=lambda row: "查看" if row.deployment_id else None,
            link="deployments:deployment_detail",
            link_by="deployment_id",
            blank="无",
        ),
        Column("campaign__name", "应急任务"),
    )

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("走访督导", reverse("deployments:visit_list"))]

    def get_state(self) -> Tag:
        row = with_outcome(Visit.objects.filter(pk=self.object.pk))
        return outcome(row.values("awaited", "to_verify", "found").get())

    def get_actions(self) -> Sequence[Action]:
        visit = self.object
        if not (visit.campaign.is_reporting and self.request.user.has_perm(RECORD, visit)):
            return []
        add = reverse("deployments:finding_create", args=[visit.pk])
        query = urlencode({"community": visit.community_id or "", "campaign": visit.campaign.code})
        again = f"{reverse('deployments:visit_create')}?{query}"
        return [
            Action("补记问题", add, icon="alert-circle"),
            Action("修改", reverse("deployments:visit_update", args=[visit.pk]), icon="edit"),
            Action("登记同址另一单位", again, icon="plus"),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        visit = self.object
        results = VisitResult.objects.filter(visit=visit).select_related("item")
        findings = Finding.objects.filter(visit=visit).select_related("item").order_by("pk")
        return super().get_context_data(
            results=Table.of(
                VisitResult,
                RESULT_COLUMNS,
                results.order_by("item__sort_order"),
                is_compact=True,
                empty="没有逐项检查。",
            ),
            findings=Table.of(Finding, FINDING_COLUMNS, findings, empty="没有需要整改的问题。"),
            photos=list(visit.photos.all()),
            **kwargs,
        )

    def get_timeline(self) -> Sequence[Event]:
        visit = self.object
        steps = (
            FindingStep.objects.filter(finding__visit=visit)
            .exclude(after=FindingState.OPEN)
            .select_related("finding", "by")
        )
        events = [
            Event(
                step.at,
                step.get_after_display(),
                by=str(step.by),
                text=f"{step.finding.text}{f'：{step.text}' if step.text else ''}",
                tone=FINDING_TONES[step.after],
                link=step.finding.get_absolute_url(),
            )
            for step in steps
        ]
        events.append(Event(visit.recorded_at, "登记走访", by=str(visit.by)))
        if visit.revised_at:
            events.append(Event(visit.revised_at, "修改走访", by=str(visit.revised_by)))
        return sorted(events, key=lambda event: event.at, reverse=True)


def due(row: Finding) -> Any:
    """The day, and 逾期 while the unit owes the answer."""
    if row.is_awaited and row.due_on < business_day():
        return Tag(f"逾期 {formats.day(row.due_on)}", "red")
    return formats.day(row.due_on)


RESULT_COLUMNS = (
    Column("item__name", "检查事项", phone="title"),
    Column("item__standard", "检查内容", phone="hide"),
    Column("verdict", kind="tag", tones=VERDICT_TONES, css="p-end"),
)
FINDING_COLUMNS = (
    Column("text", link="deployments:finding_detail", phone="title", css="wide"),
    Column("item__name", "检查事项", value=lambda row: str(row.item or ""), blank="其他"),
    Column("due_on", value=due, css="nowrap"),
    Column("state", kind="tag", tones=FINDING_TONES),
)


def shown(photo: Attachment) -> HttpResponseBase:
    """A stored picture, for whoever the record was shown to and for nobody after them."""
    answer = FileResponse(photo.file.open("rb"), content_type=photo.content_type)
    answer["Content-Disposition"] = "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


class VisitPhotoView(PortalView):
    """One picture of a visit, under the visit's scope."""

    permission = VIEW

    def get(self, request: HttpRequest, pk: int, photo: int) -> HttpResponseBase:
        visit = get_object_or_404(Visit.objects.visible_to(request.user), pk=pk)
        return shown(get_object_or_404(visit.photos.all(), pk=photo))
