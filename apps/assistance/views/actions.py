"""Acts of help: the list, one act, the same act for many, and taking back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from apps.campaigns.current import current_campaign, running_campaign
from apps.campaigns.in_campaign import InCampaignMixin, InRunningCampaignMixin
from apps.core.dates import business_day
from apps.core.formats import day as written
from apps.core.tables import Column
from apps.core.views import Action, ScopedFormView, portal_action, ticked_keys
from apps.core.views.keyed import KeyedListView
from apps.figures.models import Snapshot

from .. import services
from ..filters import ActionFilters
from ..forms.actions import ActionForm, ManyActionsForm
from ..models import AssistanceAction, AssistanceCase, Beneficiary
from .common import BENEFICIARY, LABEL_FIELDS, RECORD, VIEW_BENEFICIARY, while_running


class ActionListView(InCampaignMixin, KeyedListView):
    permission = VIEW_BENEFICIARY
    model = AssistanceAction
    title = "帮扶记录"
    filterset_class = ActionFilters
    columns = (
        Column("on", label="日期", kind="day", sort=True),
        Column(
            "label",
            label="帮扶对象",
            value=BENEFICIARY.value,
            link="assistance:beneficiary_detail",
            link_by="beneficiary_id",
            phone="title",
        ),
        Column("service_type"),
        Column("mode"),
        Column("note", blank="", css="wide"),
        Column("unit__short_name", label="帮扶单位", link="units:unit_detail", link_by="unit_id"),
        Column(
            "case__number",
            label="事项",
            link="assistance:case_detail",
            link_by="case_id",
            blank="",
            phone="hide",
        ),
        Column("by__name", label="登记人", phone="hide"),
    )
    extra_fields = (*LABEL_FIELDS, "beneficiary_id", "unit_id", "case_id")
    ordering = ("-on",)
    measure = "次"
    empty = "本任务还没有帮扶记录。"

    @property
    def submission(self) -> UUID | None:
        """The submission whose acts are shown right after they were recorded."""
        try:
            return UUID(self.request.GET.get("submission", ""))
        except ValueError:
            return None

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset().filter(campaign=current_campaign(self.request))
        return rows.filter(submission=self.submission) if self.submission else rows

    def get_actions(self) -> Sequence[Action]:
        record = Action(
            "登记帮扶",
            reverse("assistance:action_create"),
            icon="heart-plus",
            primary=True,
            permission=RECORD,
        )
        sheet = Action(
            "导出统计表",
            reverse("assistance:actions_sheet"),
            icon="file-spreadsheet",
            method="post",
        )
        found = [sheet, *while_running(self.request, record)]
        if self.submission and self._may_withdraw(self.submission):
            undo = Action(
                "撤回本次登记",
                reverse("assistance:action_withdraw", args=[self.submission]),
                icon="arrow-back-up",
                method="post",
                danger=True,
                confirm="撤回本次登记的全部帮扶记录？",
                permission=RECORD,
            )
            whole = Action("全部记录", reverse("assistance:action_list"), icon="list")
            found = [undo, whole, *found]
        return found

    def _may_withdraw(self, submission: UUID) -> bool:
        own = AssistanceAction.objects.filter(submission=submission, by=self.request.user.pk)
        recorded = own.values_list("recorded_at", flat=True).first()
        return recorded is not None and business_day(recorded) == business_day()


class RecordingView(InRunningCampaignMixin, ScopedFormView, abstract=True):
    """Records acts in the campaign in hand, then shows what was recorded, with the way back."""

    permission = RECORD
    title = "登记帮扶"
    submit_label = "登记"
    done = ""

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("帮扶记录", reverse("assistance:action_list"))]

    def get_cancel_url(self) -> str:
        return reverse("assistance:action_list")

    def record(self, form: Any, beneficiaries: Sequence[Beneficiary], case: Any = None) -> int:
        user: Any = self.request.user
        campaign = running_campaign(self.request)
        act = form.act
        count = services.record_actions(
            campaign,
            act,
            beneficiaries=beneficiaries,
            case=case,
            submission=form.cleaned_data["submission"],
            by=user,
            today=business_day(),
        )
        self.submission = form.cleaned_data["submission"]
        messages.success(self.request, f"已登记 {count} 次。登记有误的，当日可以撤回。")
        if Snapshot.objects.locked().filter(campaign=campaign, on=act.on).exists():
            messages.warning(
                self.request, f"{written(act.on)}数据已锁定，本次登记不改变当日核定数。"
            )
        return count

    def get_success_url(self) -> str:
        return f"{reverse('assistance:action_list')}?submission={self.submission}"


class ActionCreateView(RecordingView):
    form_class = ActionForm

    def get_initial(self) -> dict[str, Any]:
        """What the address names: a case with its beneficiary and unit, or a beneficiary."""
        user, asked = self.request.user, self.request.GET
        named = asked.get("case", "")
        case = (
            AssistanceCase.objects.visible_to(user).filter(pk=named).first()
            if named.isdecimal()
            else None
        )
        if case is not None:
            return {
                "case": case.pk,
                "beneficiary": case.beneficiary_id,
                "unit": case.unit_id,
                "service_type": case.service_type,
            }
        who = asked.get("beneficiary", "")
        return {"beneficiary": who} if who.isdecimal() else {}

    def perform(self, form: Any) -> int:
        data = form.cleaned_data
        return self.record(form, [data["beneficiary"]], data["case"])


class ManyActionsView(RecordingView):
    """Quick entry: those ticked on the list are posted here and the act is typed once."""

    form_class = ManyActionsForm
    template_name = "assistance/action_many.html"
    title = "登记同一帮扶"

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("帮扶对象", reverse("assistance:beneficiary_list"))]

    def get_cancel_url(self) -> str:
        return reverse("assistance:beneficiary_list")

    def ticked(self) -> list[Beneficiary]:
        keys = ticked_keys(self.request.POST.getlist("pk"))[:500]
        rows = Beneficiary.objects.visible_to(self.request.user).filter(pk__in=keys)
        return list(rows.select_related("community").order_by("pk"))

    def get(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Nobody is ticked in an address."""
        return redirect("assistance:beneficiary_list")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "submission" in request.POST:
            return super().post(request, *args, **kwargs)
        ticked = [row.pk for row in self.ticked()]
        if not ticked:
            messages.warning(request, "请先勾选帮扶对象。")
            return redirect("assistance:beneficiary_list")
        user: Any = request.user
        form = ManyActionsForm(user=user, initial={"pk": ticked, "submission": uuid.uuid4()})
        return self.answer(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(beneficiaries=self.ticked(), **kwargs)

    def perform(self, form: Any) -> int:
        return self.record(form, list(form.cleaned_data["pk"]))


@portal_action(RECORD)
def withdraw(request: HttpRequest, submission: UUID) -> HttpResponseBase:
    """Take back what one submission recorded."""
    user: Any = request.user
    count = services.withdraw_actions(submission, by=user, now=timezone.now())
    messages.success(request, f"已撤回 {count} 次。")
    return redirect("assistance:action_list")
