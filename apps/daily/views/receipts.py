"""已收到: what a unit holds in its hand after it has filed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from apps.core.formats import Blank
from apps.core.views import PortalView

from ..enums import ReportState
from ..models import DailyReport, ReportRevision
from ..selectors.reports import report_tag, reviewer_name, written
from ..services.reports.telling import received_text


class ReceiptView(PortalView):
    """已收到: number, time and values of one submission, fit for a screenshot."""

    permission = "daily.view_dailyreport"

    def get(self, request: HttpRequest, receipt: str) -> HttpResponse:
        visible = DailyReport.objects.visible_to(request.user)
        revision = get_object_or_404(
            ReportRevision.objects.filter(report__in=visible).select_related(
                "by", "report__campaign", "report__unit", "report__group", "report__reviewed_by"
            ),
            receipt=receipt,
        )
        report: DailyReport = revision.report
        now = timezone.now()
        stands = report.current_id == revision.pk
        may_file = request.user.has_perm("daily.file_report", report)
        context = {
            "title": "日报已收到",
            "revision": revision,
            "report": report,
            "stands": stands,
            "state": report_tag(report),
            "sentence": received_text(
                revision, can_withdraw=stands and report.can_be_withdrawn(now)
            ),
            "reviewer": reviewer_name(report),
            "values": shown_values(revision),
            "may_withdraw": stands and may_file and report.can_be_withdrawn(now),
            "may_correct": stands and may_file and report.frozen_at is not None,
            "may_approve": stands
            and report.state == ReportState.UNIT_REVIEW
            and request.user.has_perm("daily.approve_own_report", report),
            "now": now,
        }
        return TemplateResponse(request, "daily/report_receipt.html", context)


def shown_values(revision: ReportRevision) -> list[tuple[str, str, bool]]:
    """(name, value as written, whether it is a blank). The receipt is sent on as a picture, so
    what only the office and the unit may see reads 保密 on it, whoever looks."""
    shown = []
    for cell in revision.values.select_related("indicator"):
        hidden = cell.indicator.is_restricted and cell.value is not None
        text = str(Blank.WITHHELD) if hidden else written(cell)
        shown.append((cell.indicator.name, text, hidden or cell.value is None))
    return shown
