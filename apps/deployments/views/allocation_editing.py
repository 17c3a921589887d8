"""A draft as a table to edit, one line of it in full, and who comes where (派出清单)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from apps.campaigns.current import current_campaign, current_day
from apps.core import formats
from apps.core.dates import parsed_day
from apps.core.days import asked_day
from apps.core.errors import ConflictError
from apps.core.tables import Column
from apps.core.views import Action, BoardView, ScopedListView, ScopedUpdateView
from apps.core.views.rowforms import RowFormView

from ..allocating import EDITABLE
from ..filters_allocation import DispatchFilters
from ..forms_allocation import HeadsForm, LineForm, SheetForm
from ..models import AllocationLine, AllocationSheet, Deployment
from ..needs import sent_for
from ..selectors import departures
from ..services import allocation as services
from .allocations import EDIT
from .common import STATE_TONES

DISPATCH = "deployments.view_dispatch_list"
DAY = dt.timedelta(days=1)


class EditView(RowFormView):
    """The draft's lines in one table; a line set to 0 is left out and stays beside the proposal."""

    permission = EDIT
    model = AllocationSheet
    queryset = AllocationSheet.objects.select_related("campaign", "document")
    form_class = SheetForm
    template_name = "deployments/allocation_edit.html"
    done = "已保存。"

    def get_title(self) -> str:
        return f"修改：{self.object}"

    def get_subtitle(self) -> str:
        return "人数填 0 的不派；改动与建议方案的差别一并留存"

    def get_cancel_url(self) -> str:
        return str(self.object.get_absolute_url())

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "sheet": self.object}

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.object.version, "note": self.object.note}

    def rows(self) -> list[HeadsForm]:
        if not hasattr(self, "_rows"):
            lines = AllocationLine.objects.filter(sheet=self.object).select_related(
                "unit", "community__street__district", "task_type", "need"
            )
            posted = self.request.POST if self.request.method == "POST" else None
            self._rows = [
                HeadsForm(
                    posted,
                    line=line,
                    prefix=f"line-{line.pk}",
                    initial={
                        "heads": line.heads,
                        "shift": line.shift,
                        "meeting_place": line.meeting_place,
                    },
                )
                for line in lines.order_by("unit__sort_order", "community__sort_key", "pk")
            ]
        return self._rows

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        form = self.get_form()
        # Not `all(…)` over a generator: every row shows its own mistakes.
        sound = [row.is_valid() for row in self.rows()]
        if form.is_valid() and all(sound):
            return self.form_valid(form)
        return self.form_invalid(form)

    def perform(self, form: SheetForm) -> AllocationSheet:
        data = form.cleaned_data
        added = None
        if data["unit"] is not None:
            added = services.NewLine(data["unit"], data["need"], data["heads"])
        try:
            return services.save_lines(
                self.object,
                changes={row.line.pk: row.changes for row in self.rows() if row.changes},
                note=data["note"],
                version=data["version"],
                added=added,
            )
        except services.CapacityError as error:
            for row in self.rows():
                if row.line.pk in error.lines:
                    row.add_error("heads", error.lines[row.line.pk])
            if added is not None and not any(row.line.pk in error.lines for row in self.rows()):
                form.add_error("heads", next(iter(error.lines.values())))
            raise

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(rows=self.rows(), **kwargs)


class LineEditView(ScopedUpdateView):
    """All of one line of a draft: who leads, where they meet, protection, shifts."""

    permission = EDIT
    model = AllocationLine
    queryset = AllocationLine.objects.select_related("sheet", "unit", "community")
    form_class = LineForm

    def get_title(self) -> str:
        return f"修改明细：{self.object}"

    def get_subtitle(self) -> str:
        return f"建议 {self.object.proposed} 人 · {self.object.reason}"

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "version": self.object.sheet.version}

    def perform(self, form: LineForm) -> AllocationLine:
        line: AllocationLine = self.object
        sheet = AllocationSheet.objects.select_related("campaign").get(pk=line.sheet_id)
        if sheet.state not in EDITABLE:
            raise ConflictError(f"该调配单现为“{sheet.get_state_display()}”，不能再改。")
        leader = form.cleaned_data.get("leader")
        if leader is not None:
            services.refuse_leader(line, leader)
        try:
            services.save_lines(
                sheet,
                changes={line.pk: form.changes},
                note=sheet.note,
                version=form.cleaned_data["version"],
            )
        except services.CapacityError as error:
            if line.pk in error.lines:
                raise services.AllocationRefusedError(
                    error.lines[line.pk], field="heads"
                ) from error
            raise
        return line

    def get_success_url(self) -> str:
        return reverse("deployments:allocation_edit", args=[self.object.sheet_id])

    def get_cancel_url(self) -> str:
        return self.get_success_url()


def dispatch_day(request: HttpRequest, asked: dt.date | None) -> dt.date:
    """The day asked for, else tomorrow of the working day."""
    return asked or current_day(request) + DAY


class DispatchListView(ScopedListView):
    """派出清单 for the city's committee: who comes where, led by whom, whom to ring."""

    permission = DISPATCH
    model = Deployment
    title = "派出清单"
    filterset_class = DispatchFilters
    as_objects = True
    columns = (
        Column("unit", "派出单位", phone="title"),
        Column("community", "社区"),
        Column(
            "area",
            "区县、街道",
            value=lambda row: (
                f"{row.community.street.district.short_name} {row.community.street.name}"
            ),
        ),
        Column("task_type", "任务"),
        Column("people", "人数", kind="number", unit="人"),
        Column("leader", "带队人", value=lambda row: str(row.leader or ""), blank="未指定"),
        Column("phone", "联系电话", kind="phone", blank="未登记"),
        Column(
            "arrival",
            "到岗时间",
            value=lambda row: f"{formats.day(row.starts_on)} {row.shift}".strip(),
        ),
        Column("contact", "社区联系人", value=lambda row: row.community.contact, blank="未登记"),
        Column(
            "contact_phone",
            "社区电话",
            kind="phone",
            value=lambda row: row.community.duty_phone,
            blank="未登记",
            phone="hide",
        ),
        Column("state", kind="tag", tones=STATE_TONES),
    )
    ordering = ("-starts_on", "unit__sort_order")
    measure = "支"
    empty = "还没有为社区需求派出力量。"

    def get_subtitle(self) -> str:
        return f"{current_campaign(self.request) or ''} · 为社区需求派出的力量"

    def get_actions(self) -> Sequence[Action]:
        # What no day can be read from its filter names; on paper there is no other day instead.
        day = dispatch_day(self.request, parsed_day(self.request.GET.get("on", "")))
        url = f"{reverse('deployments:dispatch_print')}?on={day.isoformat()}"
        return [Action(f"打印{formats.day(day)}清单", url, icon="printer", new_tab=True)]

    def get_queryset(self) -> QuerySet[Any]:
        rows: Any = departures(current_campaign(self.request), on=None)  # type: ignore[arg-type]
        return rows.visible_to(self.request.user).filter(need__isnull=False)


class DispatchPrintView(BoardView):
    """The list of one day on paper, as it is sent to the city."""

    permission = DISPATCH
    template_name = "deployments/allocation_dispatch.html"

    def get_title(self) -> str:
        return f"{formats.day(self.day)}派出清单"

    @cached_property
    def day(self) -> dt.date:
        return dispatch_day(self.request, asked_day(self.request))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        campaign, day = current_campaign(self.request), self.day
        rows = Deployment.objects.visible_to(self.request.user).filter(
            campaign=campaign, starts_on=day, need__isnull=False
        )
        return super().get_context_data(
            campaign=campaign,
            day=day,
            sent=sent_for(rows, on=day, campaign=campaign),
            **kwargs,
        )
