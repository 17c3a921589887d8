"""The steps of a case: one button, or a small form that says who, when or why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from apps.core import formats
from apps.core.dates import business_day
from apps.core.views import portal_action, ticked_keys
from apps.core.views.edit import check_object
from apps.core.views.refusals import back_address
from apps.core.views.rowforms import RowFormView

from .. import services
from ..forms.cases import AssignForm, DueForm, NoteForm, ReasonForm, ResultForm
from ..models import AssistanceCase
from ..selectors.caseload import owners_for
from .common import ASSIGN, VERIFY, WORK

LINKS = ("campaign", "beneficiary__community", "unit", "owner")


def case_for(request: HttpRequest, pk: int, permission: str) -> AssistanceCase:
    """The case the user may do that to: else 404, or 403 when only seen."""
    rows = AssistanceCase.objects.visible_to(request.user).select_related(*LINKS)
    found: AssistanceCase = get_object_or_404(rows, pk=pk)
    check_object(request, permission, found)
    return found


@portal_action(WORK)
def start(request: HttpRequest, pk: int) -> HttpResponseBase:
    case, user = case_for(request, pk, WORK), _user(request)
    services.start_case(case, by=user, now=timezone.now())
    messages.success(request, "已开始办理。")
    return redirect(case)


@portal_action(VERIFY)
def verify(request: HttpRequest, pk: int) -> HttpResponseBase:
    case, user = case_for(request, pk, VERIFY), _user(request)
    services.verify_case(case, by=user, now=timezone.now())
    messages.success(request, "已核验办结。")
    return redirect(case)


@portal_action(VERIFY)
def verify_many(request: HttpRequest) -> HttpResponseBase:
    """核验办结 of the ticked ones; those that do not wait for it are named."""
    chosen = ticked_keys(request.POST.getlist("pk"))
    user = _user(request)
    rows = list(
        AssistanceCase.objects.visible_to(user)
        .filter(pk__in=chosen)
        .select_related("unit")
        .order_by("number")
    )
    allowed = [row.pk for row in rows if user.has_perm(VERIFY, row)]
    done = services.verify_cases(allowed, by=user, now=timezone.now())
    left = [row.number for row in rows if row.pk not in done]
    messages.success(request, f"已核验办结 {len(done)} 项。")
    if left:
        names = formats.listing(left, most=10, measure="项")
        messages.warning(request, f"未办理：{names}（未填报结果、已办结或须由他人核验）。")
    return redirect(back_address(request))


def _user(request: HttpRequest) -> Any:
    return request.user


class CaseStepView(RowFormView, abstract=True):
    """A small form over one case."""

    model = AssistanceCase
    queryset = AssistanceCase.objects.select_related(*LINKS)

    def get_title(self) -> str:
        return f"{self.title}：{self.object.title}"

    def get_subtitle(self) -> str:
        return f"{self.object.number} · {self.object.beneficiary.label}"

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [
            ("帮扶事项", reverse("assistance:case_list")),
            (self.object.number, self.object.get_absolute_url()),
        ]

    def perform(self, form: Any) -> AssistanceCase:
        user: Any = self.request.user
        self.carry_out(form.cleaned_data, by=user, now=timezone.now())
        case: AssistanceCase = self.object
        return case

    def carry_out(self, data: dict[str, Any], **who: Any) -> None:
        raise NotImplementedError


class AssignView(CaseStepView):
    permission = ASSIGN
    form_class = AssignForm
    title = "交办"
    submit_label = "交办"
    done = "已交办。"

    def get_form_kwargs(self) -> dict[str, Any]:
        owners = owners_for(self.object.unit, on=business_day())
        return {**super().get_form_kwargs(), "owners": owners}

    def get_initial(self) -> dict[str, Any]:
        return {"owner": self.object.owner_id, "due_on": self.object.due_on}

    def carry_out(self, data: dict[str, Any], **who: Any) -> None:
        services.assign_case(self.object, **data, **who)


class AnswerView(CaseStepView):
    permission = WORK
    form_class = ResultForm
    title = "填报办理结果"
    submit_label = "填报"
    done = "已填报，待核验。"

    def get_initial(self) -> dict[str, Any]:
        return {"result": self.object.result}

    def carry_out(self, data: dict[str, Any], **who: Any) -> None:
        services.answer_case(self.object, **data, **who)


class ReturnView(CaseStepView):
    permission = VERIFY
    form_class = ReasonForm
    title = "退回补办"
    submit_label = "退回"
    done = "已退回补办。"

    def carry_out(self, data: dict[str, Any], **who: Any) -> None:
        services.return_case(self.object, **data, **who)


class HandBackView(CaseStepView):
    permission = WORK
    form_class = ReasonForm
    title = "退回交办"
    submit_label = "退回"
    done = "已退回，等待重新交办。"

    def carry_out(self, data: dict[str, Any], **who: Any) -> None:
        services.hand_back_case(self.object, **data, **who)


class CancelView(CaseStepView):
    permission = ASSIGN
    form_class = ReasonForm
    title = "撤销事项"
    submit_label = "撤销"
    done = "已撤销。"

    def carry_out(self, data: dict[str, Any], **who: Any) -> None:
        services.cancel_case(self.object, **data, **who)


class DueView(CaseStepView):
    permission = ASSIGN
    form_class = DueForm
    title = "调整时限"
    done = "时限已调整。"

    def get_initial(self) -> dict[str, Any]:
        return {"due_on": self.object.due_on}

    def carry_out(self, data: dict[str, Any], **who: Any) -> None:
        services.change_due(self.object, **data, **who)


class NoteView(CaseStepView):
    permission = WORK
    form_class = NoteForm
    title = "记进展"
    done = "已记下。"

    def carry_out(self, data: dict[str, Any], **who: Any) -> None:
        services.note_progress(self.object, **data, **who)
