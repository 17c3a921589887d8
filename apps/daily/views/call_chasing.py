"""临时报数: reminding who still owes, by letter or by text to copy."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from apps.core.dates import business_day
from apps.core.views import (
    PortalView,
)

from .. import wording_calls as wording
from ..enums import CallState
from ..models import DataCall
from ..selectors.calls import (
    CallRow,
    call_rows,
)
from ..services import calls as services
from ..services.ladder import reachable
from ..wording import kept_back
from .calls import CHASE, call_of


class CallCopyView(PortalView):
    """复制文字: totals and unit names only."""

    permission = CHASE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        call = call_of(request, pk)
        rows = call_rows(call, on=business_day(), user=request.user)
        text = wording.copy_text(
            title=call.title,
            asked=len(rows),
            missing=[row.name for row in rows if row.is_owed],
            due_at=call.due_at,
            sign=settings.ORGAN_NAME,
        )
        return TemplateResponse(request, "daily/_missing_copy.html", {"texts": [("全部", text)]})


class CallChaseView(PortalView):
    """催报: first the names and who is left out, then the letters."""

    permission = CHASE
    title = "催报"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        call = call_of(request, pk)
        told, left_out = reachable(self.owed(call))
        context = self.get_context_data(
            call=call, told=told, left_out=left_out, back=call.get_absolute_url()
        )
        return TemplateResponse(request, "daily/call_chase.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        call = call_of(request, pk)
        if call.state != CallState.OPEN:
            messages.warning(request, f"“{call}”已结束，不再催报。")
            return redirect(call)
        sent = services.chase_call(call, {row.pk for row in self.owed(call)}, now=timezone.now())
        if sent.mails:
            messages.success(
                request,
                f"已催报 {sent.units} 家，共 {sent.mails} 封邮件{kept_back(sent.not_before)}。",
            )
        else:
            messages.warning(request, "没有新发出：各单位已报、未留邮箱，或十分钟内刚催报过。")
        return redirect(call)

    def owed(self, call: DataCall) -> list[CallRow]:
        rows = call_rows(call, on=business_day(), user=self.request.user)
        return [row for row in rows if row.is_owed]
