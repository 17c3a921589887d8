"""One need on its line with the heads of each step: 需求 → 调配 → 到岗 → 社区确认."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html

from apps.campaigns.current import current_day
from apps.core import formats
from apps.core.boards import Kpi
from apps.core.html import Tag, blank
from apps.core.panels import PanelledDetailView
from apps.core.tables import Column, Event, Table
from apps.core.views import (
    Action,
)

from ..enums import NeedState
from ..models import Deployment, Need, NeedConfirmation
from ..needs import Sent, sent_for, with_chain
from ..signing import signatures_of
from ..whereabouts import OPEN_NEEDS
from .common import EDIT, NEED_TONES, span
from .needs import PROPOSE, RAISE, URGENCY_TONES, VIEW


def _told_by(need: Need) -> str:
    """Whoever rang or sent the list; without a name, as of the city's own, the account."""
    return need.told_by or str(need.raised_by or "")


class NeedDetailView(PanelledDetailView):
    """The chain of one need with the heads of each step, who is late and whom to ring."""

    permission = VIEW
    model = Need
    template_name = "deployments/need_detail.html"
    queryset = Need.objects.select_related(
        "campaign",
        "community__street__district",
        "task_type",
        "raised_by",
        "settled_by",
        "reopened_by",
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
        Column("community__street__name", label="街道"),
        Column("wanted", label="任务或物资"),
        Column("goods", blank="不需物资"),
        Column("quantity", blank="不需物资"),
        Column("urgency", kind="tag", tones=URGENCY_TONES),
        Column("span", label="起止", value=span),
        Column("shift", blank="未登记"),
        Column("community__contact", label="社区联系人", blank="未登记"),
        Column("community__duty_phone", label="社区电话", kind="phone", blank="未登记"),
        Column("source"),
        Column("told_by", value=_told_by, blank="未登记"),
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
            reopen = reverse("deployments:need_reopen", args=[need.pk])
            return [*found, Action("恢复", reopen, icon="arrow-back-up", permission=RAISE)]
        return [*self._sending(need), *found, *self._settling(need)]

    def _sending(self, need: Need) -> Iterator[Action]:
        if need.heads:
            propose = f"{reverse('deployments:allocation_new')}?need={need.pk}"
            yield Action("生成调配建议", propose, icon="route", primary=True, permission=PROPOSE)
            query = f"need={need.pk}&community={need.community_id}"
            send = f"{reverse('deployments:deployment_create')}?{query}"
            yield Action("直接派出", send, icon="users-plus", permission=EDIT)

    def _settling(self, need: Any) -> Iterator[Action]:
        settle = reverse("deployments:need_settle", args=[need.pk, NeedState.MET])
        close = reverse("deployments:need_settle", args=[need.pk, NeedState.CLOSED])
        # What is filled is settled by one press; where something is lacking a form asks why.
        whole: dict[str, Any] = {"method": "post", "confirm": "确定已落实吗？"}
        yield Action(
            "已落实", settle, icon="check", permission=RAISE, **({} if need.lacking else whole)
        )
        yield Action("关闭", close, icon="x", permission=RAISE)
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
            said = "：".join(filter(None, (need.get_state_display(), need.settled_reason)))
            events.append(Event(need.settled_at, said, by=by, tone="green"))
        if need.reopened_at:
            by = str(need.reopened_by)
            events.append(Event(need.reopened_at, f"恢复：{need.reopened_reason}", by=by))
        return sorted(events, key=lambda event: event.at)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day = current_day(self.request)
        rows = Deployment.objects.visible_to(self.request.user).filter(need=self.object)
        sent = sent_for(rows, on=day, campaign=self.object.campaign)
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
    Column("present", "到岗", kind="number", unit="人", value=arrival, blank="未登记"),
    Column("when", "到岗时间", value=lambda one: (
        f"{formats.day(one.deployment.starts_on)} {one.deployment.shift}".strip())),
    Column("sheet", "调配单", value=_sheet),
    Column("state", "状态", value=lambda one: one.deployment.get_state_display()),
)  # fmt: skip
