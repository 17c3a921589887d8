"""What is done on the round's page: lock and unlock, write and sign, tell upward."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from apps.campaigns.models import Campaign
from apps.core import formats
from apps.core.views import PortalView, ScopedFormView, portal_action
from apps.figures.enums import ScopeKind
from apps.figures.keys import keys_of
from apps.figures.models import Indicator, Snapshot

from ..errors import ActRefusedError
from ..forms.rounds import (
    RECEIVERS,
    DispatchForm,
    JudgmentForm,
    ReturnForm,
    SignForForm,
    UnlockForm,
)
from ..models import DailyRound, DispatchNote, Judgment
from ..selectors.days import day_figures
from ..selectors.findings import day_findings
from ..selectors.owed import owed_reports
from ..services import ladder, locking, opinions, rounds, upward
from .rounds import day_of, round_url


def open_day_of(request: HttpRequest, code: str, on: str) -> tuple[Campaign, dt.date]:
    """`day_of` for whoever changes the day. Raises ActRefusedError once the campaign is over."""
    campaign, day = day_of(request, code, on)
    refuse_over(campaign)
    return campaign, day


def refuse_over(campaign: Campaign) -> None:
    if not campaign.is_reporting:
        raise ActRefusedError(f"“{campaign}”已结束，四个一仅供查阅。")


@portal_action("daily.edit_round")
def open_round(request: HttpRequest, code: str, on: str) -> HttpResponseBase:
    campaign, day = open_day_of(request, code, on)
    opened = rounds.open_day(campaign, on=day, now=timezone.now())
    messages.success(request, f"已生成应报 {opened.new_reports} 家。")
    return redirect(round_url(campaign, day))


@portal_action("figures.lock_day")
def lock_round(request: HttpRequest, code: str, on: str) -> HttpResponseBase:
    campaign, day = open_day_of(request, code, on)
    user: Any = request.user
    locking.lock_day(campaign, on=day, now=timezone.now(), by=user)
    messages.success(request, f"{formats.day(day)}数据已锁定。")
    return redirect(round_url(campaign, day))


@portal_action("daily.sign_round")
def sign_judgment(request: HttpRequest, code: str, on: str) -> HttpResponseBase:
    campaign, day = open_day_of(request, code, on)
    judgment = get_object_or_404(Judgment, round__campaign=campaign, round__on=day)
    _refuse_stale(request, judgment)
    user: Any = request.user
    opinions.sign_judgment(judgment, by=user, now=timezone.now())
    messages.success(request, "已阅签。")
    return redirect(f"{round_url(campaign, day)}#judgment")


@portal_action("daily.sign_round")
def sign_dispatch(request: HttpRequest, code: str, on: str) -> HttpResponseBase:
    campaign, day = open_day_of(request, code, on)
    note = get_object_or_404(DispatchNote, round__campaign=campaign, round__on=day)
    _refuse_stale(request, note)
    user: Any = request.user
    opinions.sign_dispatch(note, by=user, now=timezone.now())
    messages.success(request, "已签发。")
    return redirect(f"{round_url(campaign, day)}#dispatch")


def _refuse_stale(request: HttpRequest, record: Judgment | DispatchNote) -> None:
    """What was on the page when 签 was pressed must be what stands now."""
    seen = request.POST.get("written_at", "")
    if seen and seen != record.written_at.isoformat():
        raise ActRefusedError("内容刚被修改，请刷新后再签。")


class OfRoundFormView(ScopedFormView, abstract=True):
    """A form of one campaign's day; back to the round's page when done."""

    anchor = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.campaign, self.on = open_day_of(request, kwargs["code"], kwargs["on"])
            self.round = DailyRound.objects.filter(campaign=self.campaign, on=self.on).first()
        return super().dispatch(request, *args, **kwargs)

    def get_round(self) -> DailyRound:
        """The day's round, made on the spot where the clock has not yet."""
        return rounds.open_day(self.campaign, on=self.on, now=timezone.now()).round

    def get_subtitle(self) -> str:
        return f"{self.campaign} · {formats.day(self.on)}"

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return ((f"四个一 · {formats.day(self.on)}", round_url(self.campaign, self.on)),)

    def get_success_url(self) -> str:
        return f"{round_url(self.campaign, self.on)}{self.anchor}"

    def get_cancel_url(self) -> str:
        return self.get_success_url()


class UnlockView(OfRoundFormView):
    permission = "figures.lock_day"
    form_class = UnlockForm
    title = "解锁当日数据"
    submit_label = "解锁"
    done = "已解锁，日报可继续报送和修改；完成后请重新锁定。"
    anchor = "#summary"

    def perform(self, form: UnlockForm) -> None:
        snapshot = get_object_or_404(Snapshot.objects.locked(), campaign=self.campaign, on=self.on)
        user: Any = self.request.user
        locking.unlock_day(
            snapshot,
            by=user,
            consented_by=form.cleaned_data["consented_by"],
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )


class JudgmentView(OfRoundFormView):
    permission = "daily.edit_round"
    form_class = JudgmentForm
    template_name = "daily/judgment_form.html"
    title = "研判意见"
    done = "已保存，请分管领导阅签。"
    anchor = "#judgment"

    def get_initial(self) -> dict[str, Any]:
        written = Judgment.objects.filter(round=self.round).first()
        return {"opinion": written.opinion if written else ""}

    def findings(self) -> list[Any]:
        return day_findings(day_figures(self.campaign, on=self.on, user=None))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(findings=self.findings(), **kwargs)

    def perform(self, form: JudgmentForm) -> Judgment:
        user: Any = self.request.user
        return opinions.write_judgment(
            self.get_round(),
            opinion=form.cleaned_data["opinion"],
            findings=[finding.stored() for finding in self.findings()],
            by=user,
            now=timezone.now(),
        )


class DispatchView(OfRoundFormView):
    permission = "daily.edit_round"
    form_class = DispatchForm
    title = "调度内容"
    done = "已保存，请分管领导签发。"
    anchor = "#dispatch"

    def get_initial(self) -> dict[str, Any]:
        written = DispatchNote.objects.filter(round=self.round).first()
        return {"content": written.content if written else ""}

    def perform(self, form: DispatchForm) -> DispatchNote:
        user: Any = self.request.user
        return opinions.write_dispatch(
            self.get_round(),
            content=form.cleaned_data["content"],
            by=user,
            now=timezone.now(),
        )


class SignOnBehalfView(OfRoundFormView):
    permission = "daily.edit_round"
    form_class = SignForForm
    title = "代签调度"
    submit_label = "代签"
    done = "已代签。"
    anchor = "#dispatch"

    def perform(self, form: SignForForm) -> None:
        note = get_object_or_404(DispatchNote, round=self.round)
        user: Any = self.request.user
        leader = form.cleaned_data["on_behalf_of"]
        opinions.sign_dispatch(note, by=user, on_behalf_of=leader, now=timezone.now())


class ReturnView(OfRoundFormView):
    """登记报送: who was told which number."""

    permission = "daily.record_upward_return"
    form_class = ReturnForm
    template_name = "daily/return_form.html"
    title = "登记向上报送"
    done = "已登记。"
    anchor = "#returns"

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        asked = Indicator.objects.filter(
            pk__in=self.campaign.indicators.on(self.on).values("indicator")
        )
        form.fields["indicator"].queryset = asked
        return form

    def get_initial(self) -> dict[str, Any]:
        code = keys_of(self.campaign.kind).on_post
        day = day_figures(self.campaign, on=self.on, user=None)
        total = day.value(code, ScopeKind.TOTAL)
        return {
            "receiver": RECEIVERS[0],
            "indicator": day.asked[code].id if code in day.asked else None,
            "value": total.number if total else None,
            "at": timezone.now(),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(receivers=RECEIVERS, **kwargs)

    def perform(self, form: ReturnForm) -> Any:
        user: Any = self.request.user
        data = form.cleaned_data
        return upward.record_return(
            self.campaign,
            on=self.on,
            receiver=data["receiver"],
            indicator=data["indicator"],
            value=data["value"],
            at=data["at"],
            by=user,
            explanation=data["explanation"],
        )


class LateNoticesView(PortalView):
    """逾期提醒: the list is read by a person, then it goes."""

    permission = "daily.confirm_late_notice"
    title = "确认发出逾期提醒"

    def get(self, request: HttpRequest, code: str, on: str) -> HttpResponseBase:
        campaign, day = open_day_of(request, code, on)
        told, left_out = ladder.reachable(owed_reports([campaign], on=day))
        names = [row.name for row in told]
        skipped = "；".join(
            f"{reason}略去：{formats.listing(units)}" for reason, units in left_out.items()
        )
        context = {
            **self.page_context(),
            "question": (
                f"以下 {len(names)} 家{formats.day(day)}日报仍未收到，确认向机关党委发出提醒？"
                f"{skipped}"
            ),
            "names": names,
            "submit_label": f"确认发出（{len(names)} 家）",
            "cancel_url": round_url(campaign, day),
        }
        return TemplateResponse(request, "pages/confirm.html", context)

    def post(self, request: HttpRequest, code: str, on: str) -> HttpResponseBase:
        campaign, day = open_day_of(request, code, on)
        round_ = get_object_or_404(DailyRound, campaign=campaign, on=day)
        user: Any = request.user
        sent = ladder.confirm_held(round_, by=user, now=timezone.now())
        messages.success(request, f"已发出 {sent} 封提醒。" if sent else "提醒此前已确认发出。")
        return redirect(round_url(campaign, day))
