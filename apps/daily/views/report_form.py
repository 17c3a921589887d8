"""The daily report as it is filled in: the form and its draft."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from apps.campaigns.current import current_campaign
from apps.campaigns.models import Campaign
from apps.campaigns.selectors import running_campaigns
from apps.core.dates import business_day
from apps.core.days import asked_day
from apps.core.errors import ConflictError, DomainError
from apps.core.scope import scope_of
from apps.core.views import PortalView, portal_action
from apps.units.models import Unit

from ..enums import ReportState
from ..forms.reports import ReportForm
from ..models import DailyReport, ReportRevision
from ..selectors.briefs import locked_snapshot
from ..selectors.hours import data_cut
from ..selectors.reports import reviewer_name
from ..selectors.sheets import lines_for, sees_restricted
from ..services import reports as services
from ..services.reports.telling import returned_text

FILE = ("daily.file_report", "daily.enter_for_unit")
UNANSWERED = frozenset({ReportState.MISSING, ReportState.DRAFT, ReportState.RETURNED})
OPTIONS = ("campaign", "unit", "group", "current")


def mode_of(user: Any, report: DailyReport) -> str:
    """own, review (the unit's 审核人 files himself) or proxy; PermissionDenied for the rest."""
    if user.has_perm("daily.approve_own_report", report):
        return "review"
    if user.has_perm("daily.file_report", report):
        return "own"
    if user.has_perm("daily.enter_for_unit", report):
        return "proxy"
    raise PermissionDenied


class MyReportView(PortalView):
    """今日日报 of one's own unit, or the one of `?on=`; filed already, it leads to the receipt."""

    permission = "daily.file_report"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        now = timezone.now()
        on = asked_day(request) or business_day(now)
        report = services.report_of(self.campaign(on), self.unit(), on=on, now=now)
        if report.current and report.state not in UNANSWERED:
            return redirect("daily:receipt", report.current.receipt)
        return ReportFormView.draw(request, report)

    def unit(self) -> Unit:
        own = Unit.objects.filter(pk__in=scope_of(self.request.user).own_units)
        asked = self.request.GET.get("unit")
        found = own.filter(pk=asked).first() if asked and asked.isdecimal() else own.first()
        if found is None:
            raise Http404
        return found

    def campaign(self, on: dt.date) -> Campaign:
        """The campaign in hand; when that takes no reports and none was named, the first running."""
        current = current_campaign(self.request)
        if current is None:
            raise services.CampaignClosedError("当前没有进行中的应急任务，无需报送日报。")
        asked = self.request.GET.get("campaign", current.code)
        if asked != current.code:
            raise services.CampaignClosedError(
                f"网址中的应急任务“{asked}”不存在，或不在您的工作范围内，请从工作台打开日报。"
            )
        if not current.is_reporting and "campaign" not in self.request.GET:
            return next(iter(running_campaigns(on=on)), current)
        return current


class ReportFormView(PortalView):
    """The form of one report: its unit's, or a proxy's (代录)."""

    permission = FILE

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        report = self.report(pk)
        services.check_day(report.campaign, on=report.on, now=timezone.now())
        if not report.is_open and report.current:
            return redirect("daily:receipt", report.current.receipt)
        return self.draw(request, report)

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        report = self.report(pk)
        form = make_form(report, request.user, data=request.POST)
        if not form.is_valid():
            return self.answer(request, report, form, status=422)
        try:
            revision = self.file(report, form)
        except DomainError as error:
            return self.refused(request, report, form, error)
        return redirect(f"{reverse('daily:receipt', args=[revision.receipt])}?new=1")

    def report(self, pk: int) -> DailyReport:
        rows = DailyReport.objects.visible_to(self.request.user).select_related(*OPTIONS)
        return get_object_or_404(rows, pk=pk)

    def file(self, report: DailyReport, form: ReportForm) -> ReportRevision:
        user: Any = self.request.user
        now = timezone.now()
        if form.origin is None:
            return services.submit_report(report, form.filing, by=user, now=now)
        return services.enter_for_unit(report, form.filing, origin=form.origin, by=user, now=now)

    def refused(
        self, request: HttpRequest, report: DailyReport, form: ReportForm, error: DomainError
    ) -> HttpResponse:
        """The same page with everything typed; after a conflict drawn from what stands now."""
        differences = error.differences if isinstance(error, ConflictError) else ()
        if isinstance(error, ConflictError):
            report.refresh_from_db()
            data = request.POST.copy()
            data["version"], data["submission"] = str(report.version), str(uuid.uuid4())
            data["draft_mark"] = (report.draft or {}).get("at", "")
            form = make_form(report, request.user, data=data)
            hidden = {line.name for line in form.lines if form.is_blind and line.is_restricted}
            differences = tuple(one for one in differences if one.label not in hidden)
            form.is_valid()
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return self.answer(request, report, form, status=error.status, differences=differences)

    @classmethod
    def draw(cls, request: HttpRequest, report: DailyReport) -> HttpResponse:
        """The page as first opened."""
        if report.state == ReportState.EXEMPT:
            raise services.NotAskedError(
                f"{report.unit}当日已批准免报，无需报送；如需报送，请联系工委办公室。"
            )
        form = make_form(report, request.user)
        return cls.answer(request, report, form)

    @staticmethod
    def answer(
        request: HttpRequest,
        report: DailyReport,
        form: ReportForm,
        *,
        status: int = 200,
        differences: Any = (),
    ) -> HttpResponse:
        locked = locked_snapshot(report.campaign, on=report.on) if report.frozen_at else None
        today = business_day()
        context = {
            "report": report,
            "form": form,
            "blocks": form.blocks(),
            "differences": differences,
            "title": "今日日报" if report.on == today else "补报日报",
            "data_cut": data_cut(report.campaign, locked),
            "is_past_due": timezone.now() > report.due_at,
            "reviewer": reviewer_name(report) if form.mode == "own" else "",
            "returned": returned_text(report) if report.state == ReportState.RETURNED else "",
            "draft": draft_payload(report, form),
            "others": other_reports(report) if form.mode != "proxy" else [],
            "back": reverse("daily:missing_list") if form.mode == "proxy" else "/",
        }
        return TemplateResponse(request, "daily/report_form.html", context, status=status)


def make_form(report: DailyReport, user: Any, *, data: Any = None) -> ReportForm:
    """A form over `report`: what was typed, else the draft, else what stands, else blank."""
    now = timezone.now()
    lines = lines_for(report, user)
    is_blind = not sees_restricted(user, report)
    hidden = {f"v-{line.code}" for line in lines if is_blind and line.is_restricted}
    stored = {name: value for name, value in stored_fields(report).items() if name not in hidden}
    return ReportForm(
        data,
        initial={
            "version": report.version,
            "opened_at": now.isoformat(),
            "source_at": now,
            "draft_mark": (report.draft or {}).get("at", ""),
            **stored,
        },
        lines=lines,
        mode=mode_of(user, report),
        after_lock=report.frozen_at is not None,
        is_blind=is_blind,
    )


def stored_fields(report: DailyReport) -> dict[str, Any]:
    if report.draft:
        return dict(report.draft["fields"])
    return services.fields_of(report.current) if report.current else {}


def draft_payload(report: DailyReport, form: ReportForm) -> dict[str, Any]:
    """What the page's script needs to keep and compare drafts; without one, what is filed."""
    draft = report.draft or {}
    return {
        "key": f"{report.pk}:{report.version}",
        "url": reverse("daily:report_draft", args=[report.pk]),
        "mark": draft.get("at", ""),
        "by": draft.get("by", ""),
        "fields": {
            name: form.initial[name] for name in stored_fields(report) if name in form.initial
        },
    }


def other_reports(report: DailyReport) -> list[Campaign]:
    """The other campaigns whose report the unit owes that day."""
    rows = DailyReport.objects.filter(unit=report.unit_id, on=report.on).asked()
    return [
        row.campaign
        for row in rows.exclude(pk=report.pk).select_related("campaign")
        if row.campaign.is_reporting
    ]


@portal_action(FILE)
def save_draft(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Autosave of the form: JSON in, the draft's mark out; 409 with the other draft, or what is
    filed by now."""
    report = get_object_or_404(
        DailyReport.objects.visible_to(request.user).select_related(*OPTIONS), pk=pk
    )
    form = make_form(report, request.user)
    try:
        sent = json.loads(request.body)
        version, seen = int(sent["version"]), str(sent["seen"])
        fields = {name: str(sent["fields"].get(name, ""))[:300] for name in form.draft_fields}
    except (ValueError, KeyError, TypeError, AttributeError):
        return JsonResponse({"message": "草稿未能读取，请刷新页面。"}, status=400)
    now = timezone.now()
    user: Any = request.user
    try:
        mark = services.save_draft(
            report, version=version, fields=fields, seen=seen, by=user, now=now
        )
    except DomainError as error:
        standing = draft_payload(report, make_form(report, request.user))
        return JsonResponse({"message": error.message, "draft": standing}, status=error.status)
    return JsonResponse({"mark": mark})
