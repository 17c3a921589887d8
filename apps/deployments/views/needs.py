"""Needs of communities, and what became of each: 需求 → 调配 → 到岗 → 社区确认."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.campaigns.current import current_campaign, current_day
from apps.core import formats
from apps.core.boards import Kpi
from apps.core.dates import business_day
from apps.core.errors import ConflictError
from apps.core.html import Tag, Tone, blank
from apps.core.panels import PanelledDetailView
from apps.core.tables import Column, Event, Row, Table
from apps.core.views import (
    Action,
    AutocompleteView,
    ScopedCreateView,
    ScopedUpdateView,
    portal_action,
)
from apps.core.views.keyed import KeyedListView
from apps.core.views.rowforms import RowFormView

from ..allocating import NeedSource, Urgency
from ..enums import NeedState
from ..filters_allocation import NeedFilters
from ..forms_allocation import ConfirmNeedForm, NeedForm
from ..models import Deployment, Need, NeedConfirmation
from ..needs import Sent, by_urgency, late_deployments, sent_for, with_chain
from ..services import needs as services
from ..signing import signatures_of
from ..whereabouts import OPEN_NEEDS
from .common import EDIT, NEED_TONES, OfCampaignCreateMixin, span

VIEW = "deployments.view_need"
RAISE = "deployments.raise_need"
PROPOSE = "deployments.edit_allocation"
URGENCY_TONES: dict[Any, Tone] = {
    Urgency.NORMAL: "grey",
    Urgency.PRESSING: "yellow",
    Urgency.URGENT: "red",
}


def wanted(row: Row) -> Any:
    """The kind of work, or the goods asked for."""
    return row["task_type__name"] or f"{row['goods']} {row['quantity']}"


def heads(name: str) -> Any:
    """People of a step; a need for goods counts none."""

    def cell(row: Row) -> Any:
        return row[name] if row["heads"] else blank("物资")

    return cell


def late(row: Row) -> Any:
    """未到 2 支: who should be there and is not; nothing where all is well."""
    return Tag(f"未到 {row['late']} 支", "red") if row["late"] else blank("无")


class NeedListView(KeyedListView):
    """One line a need, the most pressing first."""

    permission = VIEW
    model = Need
    title = "社区需求"
    filterset_class = NeedFilters
    columns = (
        Column(
            "community__name",
            label="社区",
            link="deployments:need_detail",
            phone="title",
            css="nowrap",
        ),
        Column("community__street__district__short_name", label="区县", css="nowrap"),
        Column("task_type__name", label="任务或物资", value=wanted, css="nowrap"),
        Column("urgency", kind="tag", tones=URGENCY_TONES, sort=True),
        Column("heads", label="需求", kind="number", unit="人", value=heads("heads"), sort=True),
        Column("accepted", label="调配", kind="number", unit="人", value=heads("accepted")),
        Column("arrived", label="到岗", kind="number", unit="人", value=heads("arrived")),
        Column("confirmed", label="社区确认", kind="number", unit="人", blank="未确认"),
        Column("gap", label="缺口", kind="number", unit="人", blank="不计", sort=True),
        Column("late", label="到岗情况", value=late),
        Column("raised_at", label="提出", kind="day", sort=True, phone="hide"),
        Column("state", kind="tag", tones=NEED_TONES),
    )
    extra_fields = (
        "starts_on",
        "ends_on",
        "task_type__name",
        "goods",
        "quantity",
        "heads",
        "accepted",
        "arrived",
        "late",
    )
    ordering = ("standing", "-urgency", "raised_at")
    measure = "项"
    empty = "本任务还没有登记社区需求。"

    def get_subtitle(self) -> str:
        day = current_day(self.request)
        campaign = current_campaign(self.request) or ""
        return f"{campaign} · 到岗、确认、缺口为{formats.day(day)} · 久未落实的在前"

    def get_actions(self) -> Sequence[Action]:
        campaign = current_campaign(self.request)
        sheet = reverse("deployments:needs_sheet")
        export = Action("导出需求清单", sheet, icon="file-spreadsheet", method="post")
        if campaign is None or not campaign.is_reporting:
            return (export,)
        raise_, propose = reverse("deployments:need_create"), reverse("deployments:allocation_new")
        return [
            export,
            Action("生成调配建议", propose, icon="route", permission=PROPOSE),
            Action("登记需求", raise_, icon="plus", primary=True, permission=RAISE),
        ]

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset().filter(campaign=current_campaign(self.request))
        day = current_day(self.request)
        return late_deployments(by_urgency(with_chain(rows, on=day), on=day), on=day)


class NeedDetailView(PanelledDetailView):
    """The chain of one need with the heads of each step, who is late and whom to ring."""

    permission = VIEW
    model = Need
    template_name = "deployments/need_detail.html"
    queryset = Need.objects.select_related(
        "campaign", "community__street__district", "task_type", "raised_by", "settled_by"
    )
    facts = (
        Column("campaign__name", label="应急任务"),
        Column(
            "community__name",
            label="社区",
            link="communities:community_detail",
            link_by="community_id",
        ),
        Column("community__street__district__name", label="区县"),
        Column("wanted", label="任务或物资"),
        Column("goods", blank="不需物资"),
        Column("quantity", blank="不需物资"),
        Column("urgency", kind="tag", tones=URGENCY_TONES),
        Column("span", label="起止", value=span),
        Column("shift", blank="未登记"),
        Column("community__contact", label="社区联系人", blank="未登记"),
        Column("community__duty_phone", label="社区电话", kind="phone", blank="未登记"),
        Column("source"),
        Column("told_by", blank="未登记"),
        Column("note", blank="无"),
    )

    def get_queryset(self) -> QuerySet[Any]:
        return with_chain(super().get_queryset(), on=current_day(self.request))

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("社区需求", reverse("deployments:need_list"))]

    def get_state(self) -> Tag | None:
        return Tag(self.object.get_state_display(), NEED_TONES[self.object.state])

    def get_actions(self) -> Sequence[Action]:
        need = self.object
        if not need.campaign.is_reporting:
            return []
        confirm = reverse("deployments:need_confirm", args=[need.pk])
        found = [Action("社区确认", confirm, icon="checks", permission=RAISE)] if need.heads else []
        if need.state not in OPEN_NEEDS:
            return found
        return [*self._sending(need), *found, *self._settling(need)]

    def _sending(self, need: Need) -> Iterator[Action]:
        if need.heads:
            propose = f"{reverse('deployments:allocation_new')}?need={need.pk}"
            yield Action("生成调配建议", propose, icon="route", primary=True, permission=PROPOSE)
            query = f"need={need.pk}&community={need.community_id}"
            send = f"{reverse('deployments:deployment_create')}?{query}"
            yield Action("直接派出", send, icon="users-plus", permission=EDIT)

    def _settling(self, need: Need) -> Iterator[Action]:
        settle = reverse("deployments:need_settle", args=[need.pk, NeedState.MET])
        close = reverse("deployments:need_settle", args=[need.pk, NeedState.CLOSED])
        question = "关闭后该需求不再计入缺口，确定吗？"
        yield Action("已落实", settle, icon="check", method="post", permission=RAISE)
        yield Action("关闭", close, icon="x", method="post", confirm=question, permission=RAISE)
        edit = reverse("deployments:need_update", args=[need.pk])
        yield Action("修改", edit, icon="edit", permission=RAISE)

    def get_timeline(self) -> Sequence[Event]:
        need = self.object
        by = str(need.raised_by or need.told_by or "市直工委")
        events = [Event(need.raised_at, f"提出，{need.wanted}", by=by)]
        events += [
            Event(row.at, f"{formats.day(row.on)}社区确认 {row.heads} 人", by=str(row.by or ""))
            for row in NeedConfirmation.objects.filter(need=need).select_related("by")[:20]
        ]
        events += [
            Event(at, f"{formats.day(on)}社区扫码确认 {heads} 人", by=str(need.community))
            for on, at, heads in signatures_of(need)[:20]
        ]
        if need.settled_at:
            by = str(need.settled_by or "按到岗情况自动")
            events.append(Event(need.settled_at, need.get_state_display(), by=by, tone="green"))
        return sorted(events, key=lambda event: event.at)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day = current_day(self.request)
        rows = Deployment.objects.visible_to(self.request.user).filter(need=self.object)
        sent = sent_for(rows, on=day)
        return super().get_context_data(
            chain=self._chain(sent),
            table=Table.of(Deployment, SENT_COLUMNS, sent, empty="还没有派出力量。"),
            late=[one for one in sent if one.is_late],
            day=day,
            **kwargs,
        )

    def _chain(self, sent: Sequence[Sent]) -> list[Kpi]:
        """需求 → 调配 → 到岗 → 社区确认."""
        need = self.object
        if not need.heads:
            return []
        late = sum(one.is_late for one in sent)
        confirmed = need.confirmed
        differs = confirmed is not None and confirmed != need.arrived
        return [
            Kpi("需求", need.heads, "人", notes=(need.get_source_display(),)),
            Kpi(
                "调配",
                need.accepted,
                "人",
                notes=(f"还差 {need.lacking} 人" if need.lacking else "已足",),
            ),
            Kpi(
                "到岗",
                need.arrived,
                "人",
                notes=(f"未到 {late} 支" if late else "无逾期",),
                alert=bool(late),
            ),
            Kpi(
                "社区确认",
                confirmed,
                "人",
                reason="未确认",  # type: ignore[arg-type]
                notes=("与登记不一致，请核对" if differs else "",),
                alert=differs,
            ),
        ]


def arrival(one: Sent) -> Any:
    if one.is_late:
        return Tag("未到岗", "red")
    return one.present


def _of_deployment(one: Sent) -> str:
    return one.deployment.get_absolute_url()


def _sheet(one: Sent) -> Any:
    if one.line is None:
        return blank("直接派出")
    sheet = one.line.sheet
    return format_html("{}", sheet.number_text or sheet)


SENT_COLUMNS = (
    Column("unit", "派出单位", value=lambda one: str(one.deployment.unit), link=_of_deployment,
           phone="title"),
    Column("leader", "带队人", value=lambda one: str(one.leader or ""), blank="未指定"),
    Column("phone", "联系电话", kind="phone", blank="未登记"),
    Column("heads", "派出", kind="number", unit="人"),
    Column("present", "到岗", kind="number", unit="人", value=arrival, blank="未到日期"),
    Column("when", "到岗时间", value=lambda one: (
        f"{formats.day(one.deployment.starts_on)} {one.deployment.shift}".strip())),
    Column("sheet", "调配单", value=_sheet),
    Column("state", "状态", value=lambda one: one.deployment.get_state_display()),
)  # fmt: skip


class NeedCreateView(OfCampaignCreateMixin, ScopedCreateView):
    permission = RAISE
    model = Need
    form_class = NeedForm
    title = "登记社区需求"
    cancel_to = "deployments:need_list"

    def get_initial(self) -> dict[str, Any]:
        is_office = self.request.user.has_perm(PROPOSE)
        source = NeedSource.PHONE if is_office else NeedSource.CITY
        return {**super().get_initial(), "source": source, "heads": None}

    def perform(self, form: NeedForm) -> Need:
        user: Any = self.request.user
        need: Need = form.save(commit=False)
        return services.raise_need(need, by=user, now=timezone.now())

    def get_success_url(self) -> str:
        return reverse("deployments:need_detail", args=[self.object.pk])


class NeedUpdateView(ScopedUpdateView):
    permission = RAISE
    model = Need
    queryset = Need.objects.select_related("campaign")
    form_class = NeedForm

    def perform(self, form: NeedForm) -> Need:
        current = Need.objects.get(pk=self.object.pk)
        if current.state not in OPEN_NEEDS:
            raise ConflictError(f"该需求现为“{current.get_state_display()}”，不能再改。")
        found: Need = form.save()
        return found

    def get_success_url(self) -> str:
        return reverse("deployments:need_detail", args=[self.object.pk])

    def get_cancel_url(self) -> str:
        return self.get_success_url()


class NeedConfirmView(RowFormView):
    """社区确认: how many people were there, as the community says."""

    permission = RAISE
    model = Need
    queryset = Need.objects.select_related("campaign", "community", "task_type")
    form_class = ConfirmNeedForm
    done = "已登记社区确认。"

    def get_title(self) -> str:
        return f"社区确认：{self.object}"

    def get_initial(self) -> dict[str, Any]:
        is_office = self.request.user.has_perm(PROPOSE)
        return {
            "on": min(current_day(self.request), business_day()),
            "source": NeedSource.PHONE if is_office else NeedSource.CITY,
        }

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def perform(self, form: ConfirmNeedForm) -> Need:
        user: Any = self.request.user
        services.confirm_need(
            self.object, by=user, now=timezone.now(), today=business_day(), **form.cleaned_data
        )
        need: Need = self.object
        return need


@portal_action(RAISE)
def settle_need(request: HttpRequest, pk: int, state: str) -> HttpResponse:
    """已落实 or 关闭."""
    need = get_object_or_404(Need.objects.visible_to(request.user), pk=pk)
    chosen = NeedState.CLOSED if state == NeedState.CLOSED else NeedState.MET
    user: Any = request.user
    services.settle_need(need, state=chosen, by=user, now=timezone.now())
    return redirect("deployments:need_detail", pk)


class NeedLookup(AutocompleteView):
    permission = VIEW
    model = Need
    search_fields = ("community__name", "note", "goods")

    def get_queryset(self) -> QuerySet[Any]:
        campaign = current_campaign(self.request)
        rows = super().get_queryset().filter(campaign=campaign, state__in=OPEN_NEEDS)
        return rows.select_related("community", "task_type")
