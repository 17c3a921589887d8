"""Cases: the list, the record with its timeline, and opening one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from apps.campaigns.current import current_campaign
from apps.campaigns.in_campaign import InCampaignMixin
from apps.core import formats
from apps.core.dates import business_day
from apps.core.html import Tag, Tone
from apps.core.links import reachable
from apps.core.panels import PanelledDetailView
from apps.core.scope import scope_of
from apps.core.tables import Column, Event, Fact, Table, facts_of
from apps.core.views import (
    Action,
    AutocompleteView,
    BulkAction,
    Tab,
)
from apps.core.views.keyed import KeyedListView

from ..enums import LIVE_CASES, CaseEventKind, CaseState
from ..filters import CaseFilters
from ..forms.cases import NoteForm
from ..models import AssistanceAction, AssistanceCase
from .common import (
    ASSIGN,
    CASE_COLUMNS,
    CASE_FIELDS,
    OPEN,
    RECORD,
    STATE_TONES,
    VERIFY,
    VIEW_CASE,
    WORK,
    due_tag,
    while_running,
)

EVENT_TONES: dict[str, Tone] = {
    CaseState.OPEN: "yellow",
    CaseState.ANSWERED: "yellow",
    CaseState.CLOSED: "green",
    CaseState.CANCELLED: "grey",
}


class CaseListView(InCampaignMixin, KeyedListView):
    permission = VIEW_CASE
    model = AssistanceCase
    title = "帮扶事项"
    filterset_class = CaseFilters
    columns = CASE_COLUMNS
    extra_fields = CASE_FIELDS
    measure = "项"
    empty = "本任务还没有帮扶事项。"

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(campaign=current_campaign(self.request))

    def get_actions(self) -> Sequence[Action]:
        return [
            Action("看板", reverse("assistance:case_board"), icon="layout-kanban"),
            *while_running(
                self.request,
                Action(
                    "登记事项",
                    reverse("assistance:case_create"),
                    icon="plus",
                    primary=True,
                    permission=OPEN,
                ),
            ),
        ]

    def get_bulk_actions(self) -> Sequence[BulkAction]:
        return [
            BulkAction(
                "核验办结",
                reverse("assistance:case_verify_many"),
                icon="checks",
                confirm="将以下事项核验办结？办结后不能退回。",
                permission=VERIFY,
            )
        ]


class CaseDetailView(PanelledDetailView):
    permission = VIEW_CASE
    model = AssistanceCase
    queryset = AssistanceCase.objects.select_related(
        "campaign", "beneficiary__community", "unit", "owner", "answered_by", "verified_by"
    )
    template_name = "assistance/case_detail.html"
    facts = (
        Column("number"),
        Column(
            "beneficiary",
            label="帮扶对象",
            link="assistance:beneficiary_detail",
            link_by="beneficiary_id",
        ),
        Column("unit__short_name", label="承办单位", link="units:unit_detail", link_by="unit_id"),
        Column("owner", label="责任人", blank="未交办"),
        Column("service_type"),
        Column("source"),
        Column("campaign__name", label="应急任务"),
        Column("opened_on", kind="day"),
        Column("due_on", kind="day"),
    )
    tabs = (Tab("actions", "帮扶记录"), Tab("photos", "照片", "assistance/_photos.html"))

    def get_title(self) -> str:
        return str(self.object.title)

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("帮扶事项", reverse("assistance:case_list"))]

    def get_state(self) -> Tag:
        return Tag(self.object.get_state_display(), STATE_TONES[self.object.state])

    def get_facts(self) -> Sequence[Fact]:
        columns = list(self.facts)
        if self.object.verified_by_id:
            columns += [Column("verified_by"), Column("closed_at", kind="moment")]
        return facts_of(self.object, reachable(columns, self.request.user))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        case = self.object
        tag = due_tag(case.state, case.due_on, today=business_day())
        form = NoteForm() if self._may_write() else None
        return super().get_context_data(due=tag, result=case.result, note_form=form, **kwargs)

    def _may_write(self) -> bool:
        return self.object.state in LIVE_CASES and self.request.user.has_perm(WORK, self.object)

    def get_actions(self) -> Sequence[Action]:
        """The next step first; what else may be done after it."""
        case, user = self.object, self.request.user
        may = {name for name in (OPEN, ASSIGN, WORK, VERIFY, RECORD) if user.has_perm(name, case)}
        return [*self._steps(case, may), *self._sidesteps(case, may)]

    def _steps(self, case: AssistanceCase, may: set[str]) -> Iterator[Action]:
        state = case.state
        if state == CaseState.OPEN and ASSIGN in may:
            yield self._action("交办", "case_assign", "user-share", primary=True)
        if state == CaseState.ASSIGNED and WORK in may:
            yield self._action("开始办理", "case_start", "player-play", method="post", primary=True)
        if state == CaseState.UNDERWAY and WORK in may:
            yield self._action("填报结果", "case_answer", "clipboard-check", primary=True)
        if state == CaseState.ANSWERED and VERIFY in may:
            if case.answered_by_id != self.request.user.pk:
                yield self._action(
                    "核验办结",
                    "case_verify",
                    "checks",
                    method="post",
                    primary=True,
                    confirm="核验办结？办结后不能退回。",
                )
            yield self._action("退回补办", "case_return", "arrow-back-up")

    def _sidesteps(self, case: AssistanceCase, may: set[str]) -> Iterator[Action]:
        if case.state not in LIVE_CASES:
            return
        if RECORD in may and case.campaign.is_reporting:
            url = f"{reverse('assistance:action_create')}?case={case.pk}"
            yield Action("登记帮扶", url, icon="heart-plus")
        in_hand = case.state in (CaseState.ASSIGNED, CaseState.UNDERWAY)
        if in_hand and ASSIGN in may:
            yield self._action("改派", "case_assign", "user-share")
        if in_hand and WORK in may and self._is_mine(case):
            yield self._action("退回交办", "case_hand_back", "arrow-back")
        if OPEN in may:
            yield self._action("修改", "case_update", "edit")
        if ASSIGN in may:
            yield self._action("调整时限", "case_due", "calendar-time")
            if case.state != CaseState.ANSWERED:
                yield self._action("撤销", "case_cancel", "ban", danger=True)

    def _is_mine(self, case: AssistanceCase) -> bool:
        user = self.request.user
        return case.owner_id == user.pk or case.unit_id in scope_of(user).own_units

    def _action(self, label: str, name: str, icon: str, **more: Any) -> Action:
        url = reverse(f"assistance:{name}", args=[self.object.pk])
        return Action(label, url, icon=icon, **more)

    def get_timeline(self) -> Sequence[Event]:
        return [
            Event(
                event.at,
                event.get_after_display()
                if event.kind == CaseEventKind.MOVED
                else event.get_kind_display(),
                by=str(event.by),
                text=event.text,
                tone=EVENT_TONES.get(event.after, "blue" if event.after else "grey"),
            )
            for event in self.object.events.select_related("by")
        ]

    def tab_actions(self) -> dict[str, Any]:
        rows = AssistanceAction.objects.visible_to(self.request.user).filter(case=self.object)
        columns = (
            Column("on", label="日期", kind="day", phone="title"),
            Column("service_type"),
            Column("mode"),
            Column("note", blank=""),
            Column("unit__short_name", label="帮扶单位"),
            Column("by__name", label="登记人"),
        )
        found = rows.select_related("unit", "by").order_by("-on", "-pk")[:200]
        return {"table": Table.of(AssistanceAction, columns, found, empty="还没有帮扶记录。")}

    def tab_photos(self) -> dict[str, Any]:
        may = self._may_write()
        return {
            "photos": list(self.object.attachments.all()),
            "may_remove": may,
            "upload_url": reverse("assistance:case_photos", args=[self.object.pk]) if may else "",
        }


class CaseLookup(AutocompleteView):
    """Cases of the campaign in hand."""

    permission = VIEW_CASE
    model = AssistanceCase
    search_fields = ("number", "title")

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(campaign=current_campaign(self.request))

    def label(self, row: Any) -> str:
        return f"{row.number} {row.title}（{formats.day(row.opened_on)}）"
