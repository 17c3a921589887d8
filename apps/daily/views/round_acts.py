"""The acts of a round as they are kept: the talk with the city, its answers, owner and 免办."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from apps.core import formats
from apps.core.views import ScopedFormView, portal_action

from ..enums import ActState, Fulfilment, TalkMethod
from ..errors import ActRefusedError
from ..forms.rounds import ActForm, TalkForm, TalkItemFormSet
from ..models import CityTalkItem, DailyRound, RoundAct
from ..services import acts, talks
from .round_steps import OfRoundFormView, refuse_over


@portal_action("daily.edit_round")
def resume_act(request: HttpRequest, pk: int) -> HttpResponseBase:
    act = _act(request, pk)
    acts.resume_act(act, now=timezone.now())
    return redirect(f"{act.round.get_absolute_url()}#{act.kind}")


def _act(request: HttpRequest, pk: int) -> RoundAct:
    seen = DailyRound.objects.visible_to(request.user)
    rows = RoundAct.objects.filter(round__in=seen).select_related("round__campaign")
    act = get_object_or_404(rows, pk=pk)
    refuse_over(act.round.campaign)
    return act


class TalkView(OfRoundFormView):
    """记录沟通: one talk with as many items as were asked for."""

    permission = "daily.edit_round"
    form_class = TalkForm
    template_name = "daily/talk_form.html"
    title = "记录沟通"
    done = "已记录。"
    anchor = "#city_talk"

    def get_initial(self) -> dict[str, Any]:
        return {"at": timezone.now(), "method": TalkMethod.PHONE}

    def items(self) -> Any:
        if not hasattr(self, "_items"):
            self._items = TalkItemFormSet(prefix="items")
        return self._items

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(items=self.items(), **kwargs)

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        self._items = TalkItemFormSet(request.POST, prefix="items")
        form = self.get_form()
        if form.is_valid() and self.items().is_valid():
            return self.form_valid(form)
        return self.form_invalid(form)

    def perform(self, form: TalkForm) -> Any:
        user: Any = self.request.user
        data = form.cleaned_data
        asked = [
            talks.Asked(
                content=row["content"],
                heads=row["heads"],
                due_at=row["due_at"],
                reply=row["reply"],
                fulfilment=Fulfilment(row["fulfilment"] or Fulfilment.OPEN),
            )
            for row in self.items().cleaned_data
            if row.get("content")
        ]
        return talks.record_talk(
            self.get_round(),
            at=data["at"],
            method=data["method"],
            counterpart=data["counterpart"],
            items=asked,
            by=user,
            now=timezone.now(),
        )


class ActView(ScopedFormView):
    """责任人 and 免办 of one act."""

    permission = "daily.edit_round"
    form_class = ActForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.act = _act(request, kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_title(self) -> str:
        return f"{self.act.get_kind_display()} · {formats.day(self.act.round.on)}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "act": self.act}

    def get_initial(self) -> dict[str, Any]:
        return {"owner": self.act.owner_id}

    def perform(self, form: ActForm) -> None:
        acts.assign_act(self.act, owner=form.cleaned_data["owner"])
        if form.cleaned_data.get("waive"):
            user: Any = self.request.user
            acts.waive_act(self.act, reason=form.cleaned_data["reason"], by=user)

    def get_success_url(self) -> str:
        return f"{self.act.round.get_absolute_url()}#{self.act.kind}"

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waived = self.act.state == ActState.WAIVED
        return super().get_context_data(act=self.act, waived=waived, **kwargs)


@portal_action("daily.edit_round")
def answer_item(request: HttpRequest, pk: int) -> HttpResponseBase:
    """答复 in the row itself."""
    seen = DailyRound.objects.visible_to(request.user)
    rows = CityTalkItem.objects.filter(talk__round__in=seen)
    item = get_object_or_404(rows.select_related("talk__round__campaign"), pk=pk)
    refuse_over(item.talk.round.campaign)
    fulfilment = request.POST.get("fulfilment", "")
    if fulfilment not in Fulfilment.values:
        raise ActRefusedError("请选择落实情况。")
    talks.answer_item(
        item,
        reply=request.POST.get("reply", "")[:200],
        fulfilment=Fulfilment(fulfilment),
        now=timezone.now(),
    )
    messages.success(request, "已保存。")
    return redirect(f"{item.talk.round.get_absolute_url()}#city_talk")
