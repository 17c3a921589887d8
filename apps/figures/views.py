"""更正: the list, and the review of one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString

from apps.core import formats, html
from apps.core.html import Tone
from apps.core.tables import Column
from apps.core.views import ScopedListView, portal_action

from .enums import CorrectionState, Measure
from .filters import CorrectionFilter
from .models import Correction
from .services import corrections

TONES: dict[str, Tone] = {
    CorrectionState.PROPOSED: "yellow",
    CorrectionState.ACCEPTED: "green",
    CorrectionState.DECLINED: "grey",
}


def _figure(name: str) -> Any:
    def cell(row: dict[str, Any]) -> SafeString:
        return html.figure(row[name], str(Measure(row["figure__indicator__measure"]).label))

    return cell


def _unlocked(row: dict[str, Any]) -> html.Tag | str:
    """Of a lock that was taken back since, when."""
    taken_back = row["figure__snapshot__withdrawn_at"]
    return html.Tag(f"{formats.moment(taken_back)} 已解锁") if taken_back else ""


class CorrectionListView(ScopedListView):
    """What changed locked figures, and what waits to be reviewed."""

    permission = "figures.view_figure"
    model = Correction
    filterset_class = CorrectionFilter
    ordering = ("-proposed_at", "-pk")
    row_template = "figures/_correction_buttons.html"
    measure = "项"
    empty = "没有更正。锁定后的数据有误时，在该数值的页面上提出更正。"
    columns = (
        Column("figure__snapshot__on", "数据日期", kind="day", css="nowrap"),
        Column(
            "figure__unit__short_name",
            "单位",
            link="daily:figure_detail",
            link_by="figure_id",
            phone="title",
            css="place",
        ),
        Column("figure__indicator__name", "指标", css="place"),
        Column(
            "old",
            "原值",
            kind="number",
            value=_figure("old"),
            link="daily:figure_detail",
            link_by="figure_id",
        ),
        Column(
            "new",
            "更正为",
            kind="number",
            value=_figure("new"),
            link="daily:figure_detail",
            link_by="figure_id",
        ),
        Column("reason", "原因", css="wide"),
        Column("proposed_by__name", "提出人", css="nowrap"),
        Column("proposed_at", kind="moment", css="by-word"),
        Column("state", kind="tag", tones=TONES),
        Column(
            "figure__snapshot__taken_at", "锁定时间", kind="moment", note=_unlocked, css="by-word"
        ),
        Column("reviewed_by__name", "审核人", blank=""),
    )
    extra_fields = (
        "old",
        "new",
        "figure__indicator__measure",
        "proposed_by_id",
        "figure__snapshot__withdrawn_at",
    )

    def get_title(self) -> str:
        return "更正"

    def get_queryset(self) -> QuerySet[Correction]:
        rows: Any = super().get_queryset()
        return rows.on_record()

    def fetch(self, rows: Any) -> Any:
        """Buttons stand where this user may press them: nobody reviews their own."""
        user: Any = self.request.user
        may = user.has_perm("figures.review_correction")
        return [
            {
                **row,
                "may_review": may
                and row["state"] == CorrectionState.PROPOSED
                and row["proposed_by_id"] != user.pk,
                "back": self.request.get_full_path(),
            }
            for row in super().fetch(rows)
        ]


@portal_action("figures.review_correction")
def accept_correction(request: HttpRequest, pk: int) -> HttpResponseBase:
    user: Any = request.user
    corrections.accept(_correction(request, pk), by=user, now=timezone.now())
    messages.success(request, "已更正。")
    return _back(request)


@portal_action("figures.review_correction")
def decline_correction(request: HttpRequest, pk: int) -> HttpResponseBase:
    user: Any = request.user
    corrections.decline(_correction(request, pk), by=user, now=timezone.now())
    messages.success(request, "未采纳，核定数不变。")
    return _back(request)


def _correction(request: HttpRequest, pk: int) -> Correction:
    rows = Correction.objects.visible_to(request.user).select_related("figure__snapshot")
    return get_object_or_404(rows, pk=pk)


def _back(request: HttpRequest) -> HttpResponseBase:
    """To the list as it was filtered."""
    back = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        return redirect(back)
    return redirect("figures:correction_list")
