"""未报单位 as a working list: whom to ring, what was said, and the three things one can do."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from apps.campaigns.current import current_campaign, show_day, working_day
from apps.campaigns.enums import Rung
from apps.campaigns.models import Campaign
from apps.campaigns.selectors import Timetable
from apps.core import formats
from apps.core.dates import business_day
from apps.core.days import asked_day
from apps.core.permissions import Permission
from apps.core.scope import scope_of
from apps.core.views import Action, PortalView, ticked_keys, toast

from ..forms.missing import NarrowForm
from ..forms.reports import ContactForm
from ..models import DailyReport
from ..selectors.copytext import copy_texts
from ..selectors.links import missing_url
from ..selectors.reports import NEAR, MissingRow, missing_reports
from ..services import ladder
from ..services import reports as services
from ..wording import kept_back

CHASE = "daily.chase_report"
SEE = ("daily.chase_report", "daily.view_dailyround")


class MissingView(PortalView, abstract=True):
    """Base of the pages over one campaign's day of missing reports."""

    permission: ClassVar[Permission] = SEE

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.now = timezone.now()

    def look_up(self) -> None:
        campaign = current_campaign(self.request)
        if campaign is None:
            raise Http404
        self.campaign: Campaign = campaign
        today = working_day(campaign, today=business_day(self.now))
        self.on: dt.date = asked_day(self.request) or today
        show_day(self.request, campaign, self.on)

    def rows(self, *, only: list[int] | None = None) -> list[MissingRow]:
        return missing_reports(
            self.campaign,
            on=self.on,
            user=self.request.user,
            now=self.now,
            near=hint_span(self.campaign, self.on),
            only=only,
        )

    @property
    def address(self) -> str:
        return missing_url(self.campaign, self.on)


def hint_span(campaign: Campaign, on: dt.date) -> dt.timedelta:
    """How long before 截报 the first rung of the ladder stands."""
    hints = (
        step.offset_minutes
        for step, _ in Timetable(campaign).rungs(on=on)
        if step.rung == Rung.HINT
    )
    minutes = next(hints, None)
    return NEAR if minutes is None else dt.timedelta(minutes=abs(minutes))


class MissingListView(MissingView):
    """The list itself, for a group or for all."""

    title = "未报单位"

    def get(self, request: HttpRequest) -> HttpResponse:
        self.look_up()
        rows = self.chosen(self.rows())
        total = self.asked_count()
        context = self.get_context_data(
            rows=rows,
            campaign=self.campaign,
            on=self.on,
            today=business_day(self.now),
            before=self.on - dt.timedelta(days=1),
            after=self.on + dt.timedelta(days=1),
            asked=total,
            filed=total - len(rows),
            form=self.form,
            may_chase=request.user.has_perm(CHASE),
            may_enter=request.user.has_perm("daily.enter_for_unit"),
        )
        return TemplateResponse(request, "daily/missing_list.html", context)

    def asked_count(self) -> int:
        """Reports asked for, as the filters narrow them."""
        reports = DailyReport.objects.visible_to(self.request.user).filter(campaign=self.campaign)
        return int(self.narrowed(reports.on(self.on).asked()).count())

    @cached_property
    def form(self) -> NarrowForm:
        form = NarrowForm(self.request.GET, user=self.request.user)
        form.is_valid()
        return form

    def narrowed(self, reports: Any) -> Any:
        return reports.filter(**self.form.chosen)

    def chosen(self, rows: list[MissingRow]) -> list[MissingRow]:
        wanted = self.form.chosen.items()
        return [
            row for row in rows if all(getattr(row.report, name) == one for name, one in wanted)
        ]

    def get_subtitle(self) -> str:
        return f"{self.campaign} · {formats.day_long(self.on)}"

    def get_actions(self) -> list[Action]:
        query = f"?day={self.on.isoformat()}&campaign={self.campaign.code}"
        narrowed = "".join(f"&{name}={self.form[name].value()}" for name in self.form.chosen)
        return [
            Action(
                "导出名单",
                reverse("daily:missing_sheet") + query + narrowed,
                icon="file-spreadsheet",
                method="post",
            ),
            Action(
                "复制催报文字",
                reverse("daily:missing_copy") + query,
                icon="copy",
                partial=True,
                permission=CHASE,
            ),
        ]


class MissingCopyView(MissingView):
    """复制催报文字: totals and unit names only, one text per group."""

    permission = CHASE

    def get(self, request: HttpRequest) -> HttpResponse:
        self.look_up()
        scope = scope_of(request.user)
        groups = None if scope.everything else scope.groups
        texts = copy_texts(self.campaign, on=self.on, groups=groups)
        return TemplateResponse(request, "daily/_missing_copy.html", {"texts": texts})


class MissingChaseView(MissingView):
    """催报: first the names, who is left out and why; then the letters."""

    permission = CHASE
    title = "催报"

    def get(self, request: HttpRequest) -> HttpResponse:
        self.look_up()
        rows = self.ticked(request.GET.getlist("pk"))
        left_out = [row for row in rows if row.owed.is_leader_contact or row.owed.has_outage]
        told = [row for row in rows if row not in left_out]
        context = self.get_context_data(
            told=told, left_out=left_out, campaign=self.campaign, on=self.on, back=self.address
        )
        return TemplateResponse(request, "daily/missing_chase.html", context)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        self.look_up()
        rows = self.ticked(request.POST.getlist("pk"))
        sent = ladder.chase(
            self.campaign, {row.report.unit_id for row in rows}, on=self.on, now=self.now
        )
        if sent.mails:
            messages.success(
                request,
                f"已催报 {sent.units} 家，共 {sent.mails} 封邮件{kept_back(sent.not_before)}。",
            )
        else:
            messages.warning(request, "没有新发出：所选单位已报、未留邮箱，或十分钟内刚催报过。")
        return redirect(self.address)

    def ticked(self, chosen: list[str]) -> list[MissingRow]:
        """The ticked rows the user may chase; nothing ticked means all of them."""
        only = ticked_keys(chosen)
        user: Any = self.request.user
        return [row for row in self.rows(only=only or None) if user.has_perm(CHASE, row.report)]

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("未报单位", self.address)]


def _row(request: HttpRequest, report: DailyReport) -> dict[str, Any]:
    """The context of one row of the list as it stands now."""
    found = missing_reports(
        report.campaign,
        on=report.on,
        user=request.user,
        now=timezone.now(),
        near=hint_span(report.campaign, report.on),
        only=[report.pk],
    )
    return {
        "row": found[0] if found else None,
        "may_chase": request.user.has_perm(CHASE, report),
        "may_enter": request.user.has_perm("daily.enter_for_unit", report),
    }


def _report(request: HttpRequest, pk: int) -> DailyReport:
    rows = DailyReport.objects.visible_to(request.user).select_related("campaign", "unit", "group")
    report: DailyReport = get_object_or_404(rows, pk=pk)
    if not request.user.has_perm(CHASE, report):
        raise PermissionDenied
    return report


class ContactView(PortalView):
    """已联系: the row becomes a line to type in, and the row again."""

    permission = CHASE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = _report(request, pk)
        if "cancel" in request.GET:
            return TemplateResponse(request, "daily/_missing_row.html", _row(request, report))
        return self.line(request, report, ContactForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        report = _report(request, pk)
        form = ContactForm(request.POST)
        if not form.is_valid():
            return self.line(request, report, form, status=422)
        user: Any = request.user
        services.note_contact(report, by=user, now=timezone.now(), **form.cleaned_data)
        if not request.headers.get("HX-Request"):
            messages.success(request, "联系情况已登记。")
            return redirect(report)
        answer = TemplateResponse(request, "daily/_missing_row.html", _row(request, report))
        return toast(answer, f"{report.unit}：联系情况已登记。")

    @staticmethod
    def line(
        request: HttpRequest, report: DailyReport, form: ContactForm, *, status: int = 200
    ) -> HttpResponse:
        template = (
            "daily/_missing_contact.html"
            if request.headers.get("HX-Request")
            else "daily/report_contact.html"
        )
        context = {"report": report, "form": form, "title": f"已联系：{report.unit}"}
        return TemplateResponse(
            request,
            template,
            context | {"subtitle": "", "actions": [], "breadcrumbs": [], "state": None},
            status=status,
        )
