"""One 力量调配通知单: its lines, how far it is, and its print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Max
from django.urls import reverse

from apps.core.boards import Kpi
from apps.core.html import Tag
from apps.core.panels import PanelledDetailView
from apps.core.permissions import allowed
from apps.core.tables import Column, Event
from apps.core.views import Action

from ..allocating import TOLD, UNDER_WAY, Nearness, SheetState
from ..models import AllocationLine, AllocationSheet, DeploymentDay
from ..needs import is_due
from ..services import allocation as services
from .allocations import (
    ACKNOWLEDGE,
    EDIT,
    SHEET_TONES,
    SIGN,
    SIGN_FOR,
    VIEW,
    sheet_span,
)


class SheetPage(PanelledDetailView, abstract=True):
    permission = VIEW
    model = AllocationSheet
    queryset = AllocationSheet.objects.select_related(
        "campaign", "document", "made_by", "submitted_by", "signed_by", "signature_by",
        "issued_by", "finished_by", "withdrawn_by",
    )  # fmt: skip

    def lines(self) -> list[Any]:
        """The sheet's lines as far as one may see, with the most that were present on a day."""
        rows = AllocationLine.objects.visible_to(self.request.user).filter(sheet=self.object)
        found = rows.select_related(
            "unit", "community__street__district", "task_type", "leader", "need", "deployment",
            "acknowledged_by",
        )  # fmt: skip
        lines: list[Any] = list(found.order_by("unit__sort_order", "community__sort_key", "pk"))
        came = dict(
            DeploymentDay.objects.filter(deployment__allocation__sheet=self.object)
            .order_by()
            .values_list("deployment")
            .annotate(n=Max("present"))
        )
        sheet = self.object
        due = sheet.state in UNDER_WAY and is_due(sheet.campaign, on=sheet.on)
        for line in lines:
            line.present = came.get(line.deployment_id)
            line.is_late = due and not line.present
        return lines


class AllocationDetailView(SheetPage):
    permission = VIEW
    template_name = "deployments/allocation_detail.html"
    facts = (
        Column("campaign__name", label="应急任务"),
        Column("number_text", label="编号", blank="签发时编号"),
        Column("span", label="起止", value=sheet_span),
        Column("note", blank="无"),
        Column("signed_by", blank="未签发"),
        Column("signed_at", kind="moment", blank="未签发"),
        Column("issued_at", kind="moment", blank="未下发"),
        Column("returned_reason", blank="无"),
        Column("withdrawn_reason", blank="无"),
    )

    def get_facts(self) -> Any:
        """Reasons only where something was given back or taken back."""
        facts = super().get_facts()
        return [fact for fact in facts if fact.label not in self._idle()]

    def _idle(self) -> set[str]:
        sheet = self.object
        words = {"退回意见": sheet.returned_reason, "撤回原因": sheet.withdrawn_reason}
        return {label for label, text in words.items() if not text}

    def get_state(self) -> Tag:
        return Tag(self.object.get_state_display(), SHEET_TONES[self.object.state])

    def get_subtitle(self) -> str:
        return f"{self.object.campaign} · {self.object.on.month}月{self.object.on.day}日到岗"

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("力量调配", reverse("deployments:allocation_list"))]

    def get_actions(self) -> Sequence[Action]:
        printed = self._to("print")
        found = [Action("打印", printed, icon="printer", new_tab=True)]
        document = self.object.document
        if document is not None:
            found.append(
                Action(
                    "公文",
                    document.get_absolute_url(),
                    icon="file-text",
                    permission="office.view_document",
                )
            )
        if not self.object.campaign.is_reporting:
            return found
        return [*found, *self._steps()]

    def _to(self, name: str) -> str:
        return reverse(f"deployments:allocation_{name}", args=[self.object.pk])

    def _steps(self) -> Iterator[Action]:
        state = self.object.state
        if state == SheetState.DRAFT:
            yield Action("修改", self._to("edit"), icon="edit", permission=EDIT)
            yield self._press("送审", "submit", "send", EDIT)
        if state == SheetState.REVIEW:
            yield Action("退回修改", self._to("return"), permission=(SIGN, EDIT))
            yield Action("代签", self._to("sign_for"), permission=SIGN_FOR)
            yield self._press("签发", "sign", "writing-sign", SIGN)
        if state == SheetState.SIGNED:
            yield self._press("下发", "issue", "send", EDIT)
        if state == SheetState.ARRIVED:
            yield self._press("办结：已完成", "done", "check", EDIT)
        if state in UNDER_WAY:
            yield Action(
                "办结：部分完成",
                self._to("partly"),
                method="post",
                confirm="按部分完成办结？未到岗的仍在各单位在岗登记中显示。",
                permission=EDIT,
            )
        if state in services.WITHDRAWABLE:
            yield Action("撤回", self._to("withdraw"), danger=True, permission=EDIT)

    def _press(self, label: str, name: str, icon: str, permission: str) -> Action:
        question = {
            "submit": "送审后人员即为本单占用，不能再改，退回后可改。确定送审吗？",
            "sign": f"签发“{self.object}”？签发后编号，公文去掉送审稿标识。",
            "issue": "下发后各单位即收到通知并可接单。确定下发吗？",
            "done": "按已完成办结？",
        }[name]
        return Action(
            label, self._to(name), icon=icon, method="post", primary=True, confirm=question,
            permission=permission,
        )  # fmt: skip

    def get_timeline(self) -> Sequence[Event]:
        row = self.object
        signer = (
            f"{row.signature_by}代{row.signed_by}" if row.is_signed_on_behalf else row.signed_by
        )
        steps = (
            (row.made_at, "起草", row.made_by, ""),
            (row.submitted_at, "送审", row.submitted_by, ""),
            (row.signed_at, f"签发，编为{row.number_text}", signer, ""),
            (row.issued_at, "下发", row.issued_by, ""),
            (row.accepted_at, "各单位均已接单", None, ""),
            (row.arrived_at, "各支均已到岗", None, ""),
            (row.finished_at, row.get_state_display(), row.finished_by or "按在岗登记自动", ""),
            (row.withdrawn_at, "撤回", row.withdrawn_by, row.withdrawn_reason),
        )
        is_office = allowed(self.request.user, "deployments.view_dispatch_list")
        return [
            Event(at, text, by=str(by or ""), text=more)
            for at, text, by, more in steps
            if at is not None and (is_office or at is not row.made_at)
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = self.lines()
        asking = [line for line in lines if line.heads]
        is_office = allowed(self.request.user, "deployments.view_dispatch_list")
        return super().get_context_data(
            lines=asking,
            kpis=_kpis(self.object, asking),
            changes=[line for line in lines if line.heads != line.proposed] if is_office else [],
            proposal=self.object.proposal if is_office else {},
            decided=_decided(self.object, asking) if is_office else {},
            may_acknowledge=_acknowledgeable(self.request.user, self.object, asking),
            show_progress=self.object.state in TOLD,
            **kwargs,
        )


def _kpis(sheet: AllocationSheet, lines: Sequence[Any]) -> list[Kpi]:
    heads = sum(line.heads for line in lines)
    accepted = sum(line.acknowledged_at is not None for line in lines)
    came = sum(min(line.present or 0, line.heads) for line in lines)
    late = sum(line.is_late for line in lines)
    found = [
        Kpi("派出单位", len({line.unit_id for line in lines}), "家"),
        Kpi("派出", heads, "人", notes=(f"对应需求 {len({x.need_id for x in lines})} 项",)),
    ]
    if sheet.state in TOLD:
        found += [
            Kpi("已接单", accepted, "条", notes=(f"共 {len(lines)} 条",)),
            Kpi(
                "到岗",
                came,
                "人",
                notes=(f"未到 {late} 支" if late else "无逾期",),
                alert=bool(late),
            ),
        ]
    return found


def _decided(sheet: AllocationSheet, lines: Sequence[AllocationLine]) -> dict[str, Any]:
    """The sheet as it stands, in the words of its proposal."""
    sent = sum(line.heads for line in lines)
    asked = sheet.proposal.get("asked", 0)
    return {
        "sent": sent,
        "unmet": max(asked - sent, 0),
        "far": sum(line.heads for line in lines if line.nearness == Nearness.FURTHER),
    }


def _acknowledgeable(
    user: Any, sheet: AllocationSheet, lines: Sequence[AllocationLine]
) -> set[int]:
    """Lines whose unit the person may answer for."""
    if sheet.state not in UNDER_WAY:
        return set()
    units = {line.unit_id for line in lines if user.has_perm(ACKNOWLEDGE, line.unit)}
    return {line.pk for line in lines if line.unit_id in units}


class AllocationPrintView(SheetPage):
    """The sheet on paper; the document is the official form."""

    permission = VIEW
    template_name = "deployments/allocation_print.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = [line for line in self.lines() if line.heads]
        total = sum(line.heads for line in lines)
        return super().get_context_data(lines=lines, total=total, **kwargs)
