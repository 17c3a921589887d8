"""The steps a report takes: one button, or a small form that says why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from apps.campaigns.enums import Hour
from apps.campaigns.selectors import Timetable
from apps.core import formats
from apps.core.dates import business_day
from apps.core.views import ScopedFormView, portal_action, ticked_keys
from apps.core.views.refusals import back_address

from ..forms.reports import ExemptionForm, ReturnForm, UnitReturnForm
from ..models import DailyReport, ReportValue
from ..selectors.reports import written
from ..selectors.sheets import sees_restricted
from ..services import reports as services

LINKS = ("campaign", "unit", "group", "current")


def _looked_up(request: HttpRequest, pk: int, permission: str) -> DailyReport:
    """The visible report `pk`, over which a posting of the user grants `permission` itself."""
    rows = DailyReport.objects.visible_to(request.user).select_related(*LINKS)
    report: DailyReport = get_object_or_404(rows, pk=pk)
    if not request.user.has_perm(permission, report):
        raise PermissionDenied
    return report


def _version(request: HttpRequest, report: DailyReport) -> int:
    """The version the button was drawn from; the present one when it was not said."""
    said = request.POST.get("version") or request.GET.get("version") or ""
    return int(said) if said.isdecimal() else report.version


@portal_action("daily.approve_own_report")
def approve_report(request: HttpRequest, pk: int) -> HttpResponseBase:
    report = _looked_up(request, pk, "daily.approve_own_report")
    user: Any = request.user
    services.approve_in_unit(report, version=_version(request, report), by=user, now=timezone.now())
    messages.success(request, "已审核报出。")
    return redirect(report)


@portal_action("daily.file_report")
def withdraw_report(request: HttpRequest, pk: int) -> HttpResponseBase:
    report = _looked_up(request, pk, "daily.file_report")
    user: Any = request.user
    services.withdraw_report(report, version=_version(request, report), by=user, now=timezone.now())
    messages.success(request, "已撤回，修改后请重新提交。")
    return redirect("daily:report_edit", pk)


@portal_action("daily.review_report")
def accept_report(request: HttpRequest, pk: int) -> HttpResponseBase:
    report = _looked_up(request, pk, "daily.review_report")
    user: Any = request.user
    services.accept_report(report, by=user, now=timezone.now())
    messages.success(request, "已审核通过。")
    return redirect(report)


@portal_action("daily.review_report")
def accept_many(request: HttpRequest) -> HttpResponseBase:
    """审核通过 for the ticked rows; those in another state or of one's own unit are named."""
    chosen = ticked_keys(request.POST.getlist("pk"))
    user: Any = request.user
    rows = DailyReport.objects.visible_to(user).filter(pk__in=chosen).select_related("unit")
    reports = list(rows.order_by("unit__sort_order"))
    allowed = [row.pk for row in reports if user.has_perm("daily.review_report", row)]
    done = services.accept_reports(allowed, by=user, now=timezone.now())
    left = [str(row.unit) for row in reports if row.pk not in done]
    messages.success(request, f"已审核通过 {len(done)} 份。")
    if left:
        messages.warning(
            request, f"未办理：{formats.listing(left, most=10)}（未报、已审核或须他人审核）。"
        )
    return redirect(back_address(request))


class ReportStepView(ScopedFormView, abstract=True):
    """A small form over one report. The permission must hold over the report itself."""

    @property
    def step_permission(self) -> str:
        return str(self.permission)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.report: DailyReport | None = None
        return super().dispatch(request, *args, **kwargs)

    def get_report(self) -> DailyReport:
        if self.report is None:
            self.report = _looked_up(self.request, self.kwargs["pk"], self.step_permission)
        return self.report

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.object = self.get_report()
        return super().get_context_data(**kwargs)

    def get_title(self) -> str:
        report = self.get_report()
        return f"{self.title}：{report.unit} {formats.day(report.on)}日报"

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        report = self.get_report()
        return (
            ("单位日报", reverse("daily:report_list")),
            (f"{report.unit} {formats.day(report.on)}日报", report.get_absolute_url()),
        )

    def get_success_url(self) -> str:
        return self.get_report().get_absolute_url()


class ReportReturnView(ReportStepView):
    """退回核改 by the group or the office."""

    permission = "daily.review_report"
    form_class = ReturnForm
    title = "退回核改"
    submit_label = "退回核改"
    done = "已退回，已通知单位。"

    def get_initial(self) -> dict[str, Any]:
        """Half an hour before the lock, so that the new figures still count; else an hour on."""
        report, now = self.get_report(), timezone.now()
        lock = Timetable(report.campaign).moment(Hour.LOCK, on=report.on)
        until = lock - dt.timedelta(minutes=30)
        return {"due_at": until if until > now else now + dt.timedelta(hours=1)}

    def get_form_kwargs(self) -> dict[str, Any]:
        report = self.get_report()
        cells = ReportValue.objects.filter(revision=report.current_id).select_related("indicator")
        if not sees_restricted(self.request.user, report):
            cells = cells.filter(indicator__is_restricted=False)
        return {
            **super().get_form_kwargs(),
            "values": [(cell.indicator.name, written(cell)) for cell in cells],
        }

    def perform(self, form: ReturnForm) -> DailyReport:
        report = self.get_report()
        user: Any = self.request.user
        services.return_report(
            report,
            reason=form.wording,
            due_at=form.cleaned_data["due_at"],
            by=user,
            now=timezone.now(),
        )
        return report


class UnitReturnView(ReportStepView):
    """The unit's reviewer hands the report back."""

    permission = "daily.approve_own_report"
    form_class = UnitReturnForm
    title = "退回联络员"
    submit_label = "退回"
    done = "已退回联络员。"

    def perform(self, form: UnitReturnForm) -> DailyReport:
        report = self.get_report()
        user: Any = self.request.user
        services.return_in_unit(
            report, reason=form.cleaned_data["reason"], by=user, now=timezone.now()
        )
        return report


class ReportExemptView(ReportStepView):
    """免报, approved by the office."""

    permission = "daily.exempt_unit"
    form_class = ExemptionForm
    title = "免报"
    submit_label = "批准免报"
    done = "已批准免报，应报数随之减少。"

    def get_initial(self) -> dict[str, Any]:
        report = self.get_report()
        return {"starts_on": report.on, "ends_on": max(report.on, business_day())}

    def perform(self, form: ExemptionForm) -> DailyReport:
        report = self.get_report()
        user: Any = self.request.user
        services.exempt_unit(report.campaign, report.unit, by=user, **form.cleaned_data)
        return report
