"""走访问题: the working list, the record of one, and its steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from apps.campaigns.current import current_campaign
from apps.campaigns.in_campaign import InCampaignMixin
from apps.core.html import Tag
from apps.core.tables import Column, Event
from apps.core.views import Action, PortalView, ScopedDetailView, portal_action
from apps.core.views.edit import check_object
from apps.core.views.keyed import KeyedListView
from apps.core.views.rowforms import RowFormView

from ..models import Finding, FindingStep
from ..services import visits as services
from ..visits_enums import FindingState
from ..visits_filters import FindingFilters
from ..visits_forms import AnswerForm, ReturnForm, usual_due
from .visits import FINDING_TONES, VIEW, due, shown

ANSWER = "deployments.answer_finding"
VERIFY = "deployments.verify_finding"
LINKS = (
    "visit__campaign", "visit__group", "visit__unit", "visit__community__street__district",
    "item", "answered_by", "verified_by",
)  # fmt: skip


class FindingListView(InCampaignMixin, KeyedListView):
    permission = VIEW
    model = Finding
    queryset = Finding.objects.select_related("visit__unit", "visit__group", "visit__community")
    title = "走访问题"
    filterset_class = FindingFilters
    as_objects = True
    columns = (
        Column("text", link="deployments:finding_detail", phone="title", css="wide"),
        Column("visit__unit", "单位", css="nowrap"),
        Column("where", "地点", value=lambda row: row.visit.where),
        Column("group", "小组", value=lambda row: f"第{row.visit.group.number}组"),
        Column("on", "走访日期", kind="day", value=lambda row: row.visit.on, sort="visit__on"),
        Column("due_on", value=due, sort=True, css="nowrap"),
        Column("state", kind="tag", tones=FINDING_TONES),
        Column("answered_at", kind="moment", blank="未答复"),
    )
    ordering = ("due_on", "id")
    measure = "项"
    empty = "本任务走访没有发现需要整改的问题。"

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(visit__campaign=current_campaign(self.request))

    def get_actions(self) -> Sequence[Action]:
        return [Action("走访记录", reverse("deployments:visit_list"), icon="map-pin-check")]


class FindingDetailView(ScopedDetailView):
    permission = VIEW
    model = Finding
    queryset = Finding.objects.select_related(*LINKS)
    template_name = "deployments/finding_detail.html"
    facts = (
        Column("visit__unit", "单位", link="units:unit_detail", link_by="visit__unit_id"),
        Column("visit__where", "地点"),
        Column("visit", "走访", link="deployments:visit_detail", link_by="visit_id"),
        Column("visit__group", "联络服务小组"),
        Column("item", blank="其他"),
        Column("due_on", value=due),
        Column("answered_by", blank="未答复"),
        Column("verified_by", blank="未核实"),
    )

    def get_title(self) -> str:
        return str(self.object.text)

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [
            ("走访问题", reverse("deployments:finding_list")),
            (str(self.object.visit), self.object.visit.get_absolute_url()),
        ]

    def get_state(self) -> Tag:
        return Tag(self.object.get_state_display(), FINDING_TONES[self.object.state])

    def get_actions(self) -> Sequence[Action]:
        """Whose turn it is sees the one button that moves it."""
        row, user = self.object, self.request.user
        if row.is_awaited and user.has_perm(ANSWER, row):
            url = reverse("deployments:finding_answer", args=[row.pk])
            return [Action("填报整改答复", url, icon="message-check", primary=True)]
        mine = row.answered_by_id == user.pk
        if row.state != FindingState.ANSWERED or mine or not user.has_perm(VERIFY, row):
            return []
        verify, back = (
            reverse(f"deployments:finding_{name}", args=[row.pk]) for name in ("verify", "return")
        )
        return [
            Action(
                "核实",
                verify,
                icon="checks",
                method="post",
                primary=True,
                confirm="已核实整改到位？核实后不能退回。",
            ),
            Action("退回重办", back, icon="arrow-back-up"),
        ]

    def _steps(self) -> list[FindingStep]:
        rows = FindingStep.objects.filter(finding=self.object).select_related("by")
        return list(rows.prefetch_related("photos").order_by("-at", "-pk"))

    def get_timeline(self) -> Sequence[Event]:
        self.steps = self._steps()
        return [
            Event(
                step.at,
                "发现问题" if step.after == FindingState.OPEN else step.get_after_display(),
                by=str(step.by),
                text=step.text,
                tone=FINDING_TONES[step.after],
            )
            for step in self.steps
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        answers = [step for step in self.steps if step.after == FindingState.ANSWERED]
        return {**context, "answers": answers}


class FindingStepView(RowFormView, abstract=True):
    """A small form over one finding."""

    model = Finding
    queryset = Finding.objects.select_related(*LINKS)

    def get_subtitle(self) -> str:
        return f"{self.object.visit.unit} · {self.object.text}"

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [
            ("走访问题", reverse("deployments:finding_list")),
            (self.object.text, self.object.get_absolute_url()),
        ]


class AnswerView(FindingStepView):
    permission = ANSWER
    form_class = AnswerForm
    title = "整改答复"
    submit_label = "答复"
    done = "已答复，联络服务小组会核实。"

    def get_initial(self) -> dict[str, Any]:
        return {"answer": self.object.answer}

    def perform(self, form: AnswerForm) -> Finding:
        user: Any = self.request.user
        row: Finding = self.object
        services.answer_finding(row, **form.cleaned_data, by=user, now=timezone.now())
        return row


class ReturnView(FindingStepView):
    permission = VERIFY
    form_class = ReturnForm
    title = "退回重办"
    submit_label = "退回"
    done = "已退回，已告知单位。"

    def get_initial(self) -> dict[str, Any]:
        return {"due_on": usual_due()}

    def perform(self, form: ReturnForm) -> Finding:
        user: Any = self.request.user
        row: Finding = self.object
        services.return_finding(row, **form.cleaned_data, by=user, now=timezone.now())
        return row


@portal_action(VERIFY)
def verify(request: HttpRequest, pk: int) -> HttpResponseBase:
    """核实."""
    rows = Finding.objects.visible_to(request.user).select_related(*LINKS)
    row = get_object_or_404(rows, pk=pk)
    check_object(request, VERIFY, row)
    user: Any = request.user
    services.verify_finding(row, by=user, now=timezone.now())
    messages.success(request, "已核实。")
    return redirect(row)


class FindingPhotoView(PortalView):
    """One picture of an answer, under the finding's scope."""

    permission = VIEW

    def get(self, request: HttpRequest, pk: int, photo: int) -> HttpResponseBase:
        steps = FindingStep.objects.visible_to(request.user).filter(finding=pk, photos=photo)
        step = get_object_or_404(steps.distinct())
        return shown(get_object_or_404(step.photos.all(), pk=photo))
