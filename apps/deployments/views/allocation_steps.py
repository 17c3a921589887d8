"""The steps of a sheet: one-button posts, and forms where a step wants a word more."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from apps.core.dates import business_day
from apps.core.views import portal_action
from apps.core.views.rowforms import RowFormView

from ..allocating import TOLD
from ..forms_allocation import AcknowledgeForm, ReasonForm, SignForForm
from ..models import AllocationLine, AllocationSheet
from ..services import allocation as services
from .allocations import ACKNOWLEDGE, EDIT, SIGN, SIGN_FOR


def _sheet(request: HttpRequest, pk: int) -> AllocationSheet:
    rows = AllocationSheet.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("campaign", "document"), pk=pk)


@portal_action(EDIT)
def submit_sheet(request: HttpRequest, pk: int) -> HttpResponseBase:
    user: Any = request.user
    sheet = services.submit_sheet(_sheet(request, pk), by=user, now=timezone.now())
    messages.success(request, "已送审，待工委领导签发。")
    return redirect(sheet)


@portal_action(SIGN)
def sign_sheet(request: HttpRequest, pk: int) -> HttpResponseBase:
    user: Any = request.user
    sheet = services.sign_sheet(_sheet(request, pk), by=user, now=timezone.now())
    messages.success(request, f"已签发，编为{sheet.number_text}。")
    return redirect(sheet)


@portal_action(EDIT)
def issue_sheet(request: HttpRequest, pk: int) -> HttpResponseBase:
    user: Any = request.user
    sheet = services.issue_sheet(_sheet(request, pk), by=user, now=timezone.now())
    messages.success(request, "已下发，各单位已收到通知。")
    return redirect(sheet)


@portal_action(EDIT)
def finish_sheet(request: HttpRequest, pk: int, outcome: str) -> HttpResponseBase:
    """已完成 or 部分完成."""
    user: Any = request.user
    sheet = services.finish_sheet(
        _sheet(request, pk), is_whole=outcome == "done", by=user, now=timezone.now()
    )
    messages.success(request, f"已办结：{sheet.get_state_display()}。")
    return redirect(sheet)


class SheetFormView(RowFormView, abstract=True):
    """A step of a sheet that wants a word more."""

    model = AllocationSheet
    queryset = AllocationSheet.objects.select_related("campaign", "document")
    verb = ""

    def get_title(self) -> str:
        return f"{self.verb}：{self.object}"

    def get_cancel_url(self) -> str:
        return str(self.object.get_absolute_url())


class ReturnView(SheetFormView):
    permission = (SIGN, EDIT)
    form_class = ReasonForm
    verb = submit_label = "退回修改"
    done = "已退回修改。"

    def perform(self, form: ReasonForm) -> AllocationSheet:
        return services.return_sheet(self.object, reason=form.cleaned_data["reason"])


class SignForView(SheetFormView):
    permission = SIGN_FOR
    form_class = SignForForm
    verb = submit_label = "代签"
    done = "已代签。"

    def perform(self, form: SignForForm) -> AllocationSheet:
        user: Any = self.request.user
        return services.sign_sheet(
            self.object, by=user, now=timezone.now(),
            on_behalf_of=form.cleaned_data["on_behalf_of"],
        )  # fmt: skip


class WithdrawView(SheetFormView):
    permission = EDIT
    form_class = ReasonForm
    verb = submit_label = "撤回"
    done = "已撤回。"

    def get_subtitle(self) -> str:
        if self.object.state in TOLD:
            return "已派出的任务一并撤回，各单位收到通知；编号不再使用"
        return "撤回后不再送审、签发"

    def perform(self, form: ReasonForm) -> AllocationSheet:
        user: Any = self.request.user
        return services.withdraw_sheet(
            self.object, by=user, reason=form.cleaned_data["reason"], now=timezone.now(),
            on=business_day(),
        )  # fmt: skip


class AcknowledgeView(RowFormView):
    """接单 by the unit, or by the office for a unit that answers by phone."""

    permission = ACKNOWLEDGE
    model = AllocationLine
    queryset = AllocationLine.objects.select_related(
        "sheet", "unit", "community", "task_type", "leader"
    )
    form_class = AcknowledgeForm
    submit_label = "接单"
    done = "已接单。请在下沉任务中增派人员，到岗后登记在岗。"

    def get_title(self) -> str:
        return f"接单：{self.object}"

    def get_subtitle(self) -> str:
        line = self.object
        words = (str(line.sheet), str(line.task_type), line.shift, line.meeting_place)
        return " · ".join(word for word in words if word)

    def get_initial(self) -> dict[str, Any]:
        line = self.object
        return {"leader": line.leader_id, "phone": line.leader_phone or line.unit.duty_phone}

    def get_success_url(self) -> str:
        return str(self.object.sheet.get_absolute_url())

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def perform(self, form: AcknowledgeForm) -> AllocationLine:
        user: Any = self.request.user
        return services.acknowledge_line(
            self.object, by=user, now=timezone.now(), **form.cleaned_data
        )
