"""One leaf of a figure: what it rests on, and its correction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from apps.campaigns.current import show_day
from apps.core import formats
from apps.core.boards import FLASH, FROZEN
from apps.core.html import Tag
from apps.core.tables import Column, Event, Table
from apps.core.views import Action, ScopedDetailView, ScopedFormView
from apps.deployments.selectors import DESK_BASES, DESK_LISTS
from apps.figures.enums import CorrectionState, ScopeKind, Stage
from apps.figures.models import Correction, Figure
from apps.figures.selectors.days import stored_figures
from apps.figures.services import corrections

from ..forms.rounds import CorrectionForm
from ..models import DailyReport
from ..selectors.leaves import changed_since, entries_behind, missing_before
from ..selectors.links import figure_url
from .figures import before_word

ENTRY_COLUMNS = (
    Column(
        "deployment__community",
        "社区",
        link="deployments:deployment_detail",
        link_by="deployment_id",
        phone="title",
    ),
    Column("deployment__task_type", "任务"),
    Column("deployment__team", "突击队", blank="未编队"),
    Column("expected", "应到（人）", kind="number"),
    Column("present", "实到（人）", kind="number"),
    Column("night", "其中夜班", kind="number"),
    Column("recorded_at", "登记时间", kind="moment"),
)


def basis_of(leaf: Figure) -> dict[str, str] | None:
    """The list where the desk's own indicators are counted from; None for the day's entries."""
    code, name = leaf.indicator.code, DESK_LISTS.get(leaf.indicator.code)
    if name is None:
        return None
    asked = {
        "campaign": leaf.snapshot.campaign.code,
        "unit": leaf.unit_id,
        "on": leaf.snapshot.on.isoformat(),
    }
    words = DESK_BASES[code].format(n=leaf.reported, of=leaf.asked)
    return {"words": words, "url": f"{reverse(name)}?{urlencode(asked)}"}


class FigureDetailView(ScopedDetailView):
    """One leaf: its value then and now, the report or the ledger rows it rests on."""

    permission = "figures.view_figure"
    model = Figure
    queryset = Figure.objects.leaves().select_related(
        "snapshot__campaign", "indicator", "unit", "group"
    )
    template_name = "daily/figure_detail.html"
    facts = (
        Column("snapshot__campaign", "应急任务"),
        Column("unit", "单位", link="units:unit_detail", link_by="unit_id"),
        Column("group", "当日联络组", blank="未分组"),
        Column("category", "当日类别", value=lambda row: row.get_category_display()),
        Column("snapshot__as_of", "数据时点", kind="moment"),
        Column("snapshot__taken_at", "生成时间", kind="moment"),
        Column("coverage", "已报/应报", value=lambda row: formats.ratio(row.reported, row.asked)),
    )

    def get_title(self) -> str:
        leaf = self.object
        return f"{leaf.unit} {leaf.indicator} · {formats.day(leaf.snapshot.on)}"

    def get_state(self) -> Tag:
        snapshot = self.object.snapshot
        if snapshot.withdrawn_at is not None:
            return Tag("已作废（解锁或更新）", "grey")
        return FROZEN if snapshot.stage == Stage.LOCKED else FLASH

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        leaf = self.object
        rows = figure_url(leaf.snapshot.campaign, leaf.snapshot.on, leaf.indicator.code)
        return ((str(leaf.indicator), rows),)

    def get_actions(self) -> Sequence[Action]:
        snapshot = self.object.snapshot
        if snapshot.stage != Stage.LOCKED or snapshot.withdrawn_at is not None:
            return ()
        return (
            Action(
                "提出更正",
                reverse("daily:figure_correct", args=[self.object.pk]),
                icon="edit",
                permission="figures.propose_correction",
            ),
        )

    def get_timeline(self) -> Sequence[Event]:
        rows = self.object.corrections.visible_to(self.request.user).select_related(
            "proposed_by", "reviewed_by", "figure__indicator"
        )
        return [_event(row) for row in rows]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        leaf = self.object
        show_day(self.request, leaf.snapshot.campaign, leaf.snapshot.on)
        day = stored_figures(leaf.snapshot, user=self.request.user)
        value = day.value(leaf.indicator.code, ScopeKind.UNIT, leaf.unit_id)
        is_typed = value.asked.is_typed if value else True
        reports = DailyReport.objects.visible_to(self.request.user).filter(
            campaign=leaf.snapshot.campaign, unit=leaf.unit, on=leaf.snapshot.on
        )
        basis = basis_of(leaf)
        entries = None if is_typed or basis else entries_behind(leaf)
        before = missing_before(day, leaf.indicator.code)
        return super().get_context_data(
            value=value,
            before=before_word(value) if value and leaf.unit_id in before else "",
            measure=leaf.indicator.get_measure_display(),
            is_typed=is_typed,
            basis=basis,
            report=reports.first() if is_typed else None,
            entries=entries
            and Table(ENTRY_COLUMNS, entries, caption="在岗登记", empty="当日没有在岗登记。"),
            changed=0 if entries is None else changed_since(leaf),
            **kwargs,
        )


TONES = {
    CorrectionState.PROPOSED: "yellow",
    CorrectionState.ACCEPTED: "green",
    CorrectionState.DECLINED: "grey",
}


def _event(row: Correction) -> Event:
    measure = row.figure.indicator.get_measure_display()
    old, new = formats.figure(row.old, measure), formats.figure(row.new, measure)
    who = f"{row.proposed_by}提出"
    if row.reviewed_by:
        who += f"，{row.reviewed_by}审核"
    return Event(
        at=row.reviewed_at or row.proposed_at,
        title=f"{row.get_state_display()}：{old} → {new}",
        text=row.reason,
        by=who,
        tone=TONES[CorrectionState(row.state)],  # type: ignore[arg-type]
    )


class FigureCorrectView(ScopedFormView):
    """提出更正: by the unit, its group or the office; somebody else reviews it."""

    permission = "figures.propose_correction"
    form_class = CorrectionForm
    title = "提出更正"
    submit_label = "提交更正"
    done = "已提交，待工委审核。"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            rows = Figure.objects.leaves().visible_to(request.user)
            self.leaf = get_object_or_404(
                rows.select_related("snapshot__campaign", "indicator", "unit"), pk=kwargs["pk"]
            )
            user: Any = request.user
            if not user.has_perm(self.permission, self.leaf):
                raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_subtitle(self) -> str:
        leaf = self.leaf
        measure = leaf.indicator.get_measure_display()
        return (
            f"{formats.day(leaf.snapshot.on)} {leaf.unit} {leaf.indicator}，"
            f"核定数 {formats.figure(leaf.value, measure)}"
        )

    def perform(self, form: CorrectionForm) -> Correction:
        user: Any = self.request.user
        return corrections.propose(
            self.leaf,
            new=form.cleaned_data["new"],
            reason=form.cleaned_data["reason"],
            by=user,
            now=timezone.now(),
        )

    def get_success_url(self) -> str:
        return reverse("daily:figure_detail", args=[self.leaf.pk])

    def get_cancel_url(self) -> str:
        return self.get_success_url()
