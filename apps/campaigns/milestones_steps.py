"""重要节点: the forms of a clock, and the steps that record what became of it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from apps.core import formats
from apps.core.views import (
    ScopedCreateView,
    ScopedUpdateView,
)
from apps.core.views.rowforms import RowFormView

from . import milestones_services as services
from .current import running_campaign
from .in_campaign import InRunningCampaignMixin
from .milestones_forms import (
    ClockForm,
    ReachedForm,
    ResetForm,
    WithdrawForm,
)
from .milestones_services import MANAGE, RECORD
from .milestones_views import LIST
from .models import Milestone, MilestoneReset


class MilestoneFormMixin:
    """Both forms of a clock end on its record."""

    object: Any

    def get_success_url(self) -> str:
        return str(self.object.get_absolute_url())


class MilestoneCreateView(InRunningCampaignMixin, MilestoneFormMixin, ScopedCreateView):
    permission = MANAGE
    model = Milestone
    form_class = ClockForm
    title = "增加重要节点"

    def get_cancel_url(self) -> str:
        return reverse(LIST)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "campaign": running_campaign(self.request)}

    def perform(self, form: ClockForm) -> Milestone:
        return services.keep_clock(form.save(commit=False))


class MilestoneUpdateView(MilestoneFormMixin, ScopedUpdateView):
    permission = MANAGE
    model = Milestone
    queryset = Milestone.objects.select_related("campaign", "district")
    form_class = ClockForm

    def perform(self, form: ClockForm) -> Milestone:
        services.refuse_changing(self.object)
        return services.keep_clock(form.save(commit=False))


class StepView(RowFormView, abstract=True):
    """A step on one clock."""

    model = Milestone
    queryset = Milestone.objects.select_related("campaign", "district")

    def get_title(self) -> str:
        return f"{self.title}：{self.object}"

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    @property
    def steps(self) -> dict[str, Any]:
        return {"by": self.request.user, "now": timezone.now()}


class ReachedView(StepView):
    permission = RECORD
    form_class = ReachedForm
    title = "登记实现"
    subtitle = "以有关部门通报为准；本平台只登记，不宣布"
    done = "已登记。"

    def get_initial(self) -> dict[str, Any]:
        row: Milestone = self.object
        return {name: getattr(row, name) for name in ReachedForm.base_fields}

    def perform(self, form: ReachedForm) -> Milestone:
        return services.record_reached(self.object, **form.cleaned_data, **self.steps)


class ResetView(StepView):
    permission = RECORD
    form_class = ResetForm
    title = "登记新增通报"
    subtitle = "自此重新起算；只登记通报时间，不登记例数"
    done = "已登记，天数重新起算。"

    def perform(self, form: ResetForm) -> Milestone:
        return services.record_reset(self.object, **form.cleaned_data, **self.steps).milestone


class WithdrawClaimView(StepView):
    permission = RECORD
    form_class = WithdrawForm
    title = "撤回登记的实现"
    submit_label = "撤回"
    done = "已撤回，继续计时。"

    def perform(self, form: WithdrawForm) -> Milestone:
        return services.withdraw_claim(self.object, **form.cleaned_data, **self.steps)


class CancelClockView(StepView):
    permission = MANAGE
    form_class = WithdrawForm
    title = "撤销节点"
    subtitle = "限误设的节点；撤销后不再计时，记录留存"
    submit_label = "撤销"
    done = "已撤销，不再计时。"

    def perform(self, form: WithdrawForm) -> Milestone:
        return services.cancel_clock(self.object, **form.cleaned_data, **self.steps)


class WithdrawResetView(RowFormView):
    permission = RECORD
    model = MilestoneReset
    queryset = MilestoneReset.objects.select_related("milestone__campaign", "milestone__district")
    form_class = WithdrawForm
    title = "撤销新增通报"
    submit_label = "撤销"
    done = "已撤销，天数按其余通报计。"

    def get_title(self) -> str:
        return f"{self.title}：{formats.moment(self.object.at)}"

    def get_cancel_url(self) -> str:
        return self.get_success_url()

    def perform(self, form: WithdrawForm) -> MilestoneReset:
        actor: Any = self.request.user
        return services.withdraw_reset(
            self.object, by=actor, now=timezone.now(), **form.cleaned_data
        )
