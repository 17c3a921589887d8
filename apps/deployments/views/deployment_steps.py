"""What is done to a deployment: sent, changed, counted for a day, ended."""

from __future__ import annotations

import datetime as dt
from typing import Any

from apps.campaigns.current import working_day
from apps.core.dates import business_day, parsed_day
from apps.core.views import (
    ScopedCreateView,
    ScopedUpdateView,
)
from apps.core.views.rowforms import RowFormView

from .. import services
from ..forms import DayForm, DeploymentForm, DeploymentUpdateForm, LastDayForm
from ..models import Assignment, Deployment, DeploymentDay
from .common import EDIT, OfCampaignCreateMixin, OfCampaignUpdateMixin
from .deployments import RECORD


class DeploymentCreateView(OfCampaignCreateMixin, ScopedCreateView):
    permission = EDIT
    model = Deployment
    form_class = DeploymentForm
    title = "派出力量"
    done = "已登记，请继续增派人员。"
    cancel_to = "deployments:deployment_list"


class DeploymentUpdateView(OfCampaignUpdateMixin, ScopedUpdateView):
    permission = EDIT
    model = Deployment
    form_class = DeploymentUpdateForm


class DeploymentEndView(RowFormView):
    """The deployment ends, and everybody's stay with it."""

    permission = EDIT
    model = Deployment
    form_class = LastDayForm
    submit_label = "结束任务"
    done = "任务已结束，人员已一并离岗。"

    def get_title(self) -> str:
        return f"结束任务：{self.object}"

    def get_subtitle(self) -> str:
        return "最后一天之后不再计入在岗，人员一并离岗"

    def perform(self, form: Any) -> Deployment:
        services.end_deployment(self.object, last_day=form.cleaned_data["last_day"])
        row: Deployment = self.object
        return row


class DeploymentDayView(RowFormView):
    """One day of a deployment, new or corrected."""

    permission = RECORD
    model = Deployment
    queryset = Deployment.objects.select_related("unit", "community", "campaign", "task_type")
    form_class = DayForm
    done = "已登记。"

    def get_day(self) -> dt.date:
        asked = parsed_day(self.request.GET.get("on", ""))
        today = working_day(self.object.campaign, today=business_day())
        return asked or min(today, self.object.ends_on or today)

    def get_title(self) -> str:
        return f"登记在岗：{self.object}"

    def get_subtitle(self) -> str:
        measure = self.object.task_type.get_measure_display()
        return f"{self.object.task_type} · 工作量按“{measure}”计"

    def get_initial(self) -> dict[str, Any]:
        day = self.get_day()
        row = DeploymentDay.objects.filter(deployment=self.object, on=day).first()
        if row is None:
            sent = Assignment.objects.filter(deployment=self.object).on(day).count()
            return {"day": day, "expected": sent or None}
        names = ("expected", "present", "night", "hours", "output", "note")
        known = {name: getattr(row, name) for name in names}
        return {"day": day, "seen": row.recorded_at.isoformat(), **known}

    def perform(self, form: Any) -> Deployment:
        services.record_day(self.object, on=business_day(), **form.cleaned_data)
        row: Deployment = self.object
        return row
