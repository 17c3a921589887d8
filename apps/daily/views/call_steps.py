"""Steps of a 临时报数: 延期, 撤销, 结束, and a unit's answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from apps.core import formats
from apps.core.views import ScopedFormView, portal_action

from ..enums import CallState
from ..forms.calls import ExtendForm, ReplyForm, WithdrawForm
from ..models import DataCall, DataCallReply
from ..selectors.calls import answers_itself, known_values
from ..selectors.hours import quiet_until
from ..services import calls as services
from ..wording import kept_back
from .calls import ANSWER, OPEN, call_of


class CallStepView(ScopedFormView, abstract=True):
    """A form about one call."""

    permission = OPEN

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.call = call_of(request, kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_subtitle(self) -> str:
        return self.call.title

    def get_success_url(self) -> str:
        return str(self.call.get_absolute_url())

    def get_cancel_url(self) -> str:
        return self.get_success_url()


class CallExtendView(CallStepView):
    form_class = ExtendForm
    title = "延期"
    submit_label = "延期"
    done = "已延期。"

    def perform(self, form: ExtendForm) -> DataCall:
        return services.extend_call(
            self.call, due_at=form.cleaned_data["due_at"], now=timezone.now()
        )


class CallWithdrawView(CallStepView):
    form_class = WithdrawForm
    title = "撤销报数"
    submit_label = "撤销"

    def perform(self, form: WithdrawForm) -> DataCall:
        now = timezone.now()
        waits = kept_back(quiet_until([self.call.campaign], now=now), while_owed=False)
        self.done = f"已撤销，已通知各单位{waits}。"
        services.withdraw_call(self.call, reason=form.cleaned_data["reason"], now=now)
        return self.call


@portal_action(OPEN)
def end_call(request: HttpRequest, pk: int) -> HttpResponse:
    call = call_of(request, pk)
    if services.end_call(call, now=timezone.now()):
        messages.success(request, "已结束。")
    return redirect(call)


class ReplyView(ScopedFormView):
    """填报, or 代录 for a unit of one's group: few cells, made for a phone."""

    permission = ANSWER
    form_class = ReplyForm
    template_name = "daily/call_reply.html"
    submit_label = "报送"
    done = "已报送。结束前可以修改。"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            rows = DataCallReply.objects.visible_to(request.user).select_related(
                "call__campaign", "unit", "filed_by"
            )
            self.reply: DataCallReply = get_object_or_404(rows, pk=kwargs["pk"])
            self.is_proxy = not answers_itself(request.user, self.reply)
            if self.is_proxy and not request.user.has_perm("daily.enter_for_unit"):
                raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_title(self) -> str:
        return f"{'代录' if self.is_proxy else '填报'}：{self.reply.call}"

    def get_subtitle(self) -> str:
        due = formats.moment(self.reply.call.due_at)
        return f"{self.reply.unit} · {due}截止"

    def get_form_kwargs(self) -> dict[str, Any]:
        items = list(self.reply.call.items.select_related("indicator").order_by("position"))
        return {
            **super().get_form_kwargs(),
            "reply": self.reply,
            "items": items,
            "known": known_values(self.reply, items),
            "is_proxy": self.is_proxy,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            reply=self.reply,
            call=self.reply.call,
            is_open=self.reply.call.state == CallState.OPEN,
            **kwargs,
        )

    def perform(self, form: ReplyForm) -> DataCallReply:
        user: Any = self.request.user
        return services.file_reply(self.reply, form.answer(), by=user, now=timezone.now())

    def get_success_url(self) -> str:
        return self.reply.call.get_absolute_url()

    def get_cancel_url(self) -> str:
        return self.get_success_url()
