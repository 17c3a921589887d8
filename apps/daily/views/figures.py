"""Every number opens its rows: the leaves of a figure, one leaf, and its correction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from apps.campaigns.current import show_day
from apps.core import formats, html
from apps.core.boards import FLASH, FROZEN
from apps.core.html import Tag
from apps.core.tables import Column, Event, Table
from apps.core.views import Action, BoardView, ScopedDetailView, ScopedFormView
from apps.figures.enums import CorrectionState, Rollup, ScopeKind, Stage
from apps.figures.models import Correction, Figure, IndicatorDefinition
from apps.figures.selectors.days import Value, stored_figures
from apps.figures.services import corrections
from apps.units.enums import UnitCategory
from apps.units.models import LiaisonGroup

from ..forms.rounds import CorrectionForm
from ..models import DailyReport
from ..selectors.days import compared_note, coverage_notes, day_figures, stage_tag
from ..selectors.leaves import Leaf, added_up, changed_since, entries_behind, leaves, missing_before
from ..selectors.links import figure_url
from .rounds import day_of


def value_cell(leaf: Leaf) -> SafeString:
    value = leaf.value
    return html.figure(value.value, value.asked.measure, qualifier=value.qualifier)


def leaf_link(leaf: Leaf) -> str:
    """The stored leaf; in a preview the report itself, which is all there is."""
    if leaf.value.figure is not None:
        return reverse("daily:figure_detail", args=[leaf.value.figure])
    return reverse("daily:report_detail", args=[leaf.report]) if leaf.report else ""


def changed(leaf: Leaf) -> Any:
    """较昨日; where yesterday is what is missing, it says so."""
    if leaf.value.change is None and leaf.value.number is not None and leaf.was_missing:
        return html.blank(before_word(leaf.value))
    return leaf.value.change


def before_word(value: Value) -> str:
    return "昨日未报" if value.asked.is_typed else "昨日未登记"


def entered(leaf: Leaf) -> str:
    return formats.ratio(leaf.value.reported, leaf.value.of)


COLUMNS = (
    Column("unit", "单位", link=leaf_link, phone="title"),
    Column("group", "联络组", blank="未分组"),
    Column("category", "类别", value=lambda leaf: UnitCategory(leaf.value.category).label),
    Column("value", "数值", kind="number", value=value_cell),
    Column("change", "较昨日", kind="change", value=changed),
    Column("entered", "已登记/应登记", value=entered, css="num"),
    Column(
        "corrections",
        "更正",
        value=lambda leaf: Tag("已更正", "blue") if leaf.value.corrections else "",
        blank="",
    ),
)


class FigureRowsView(BoardView):
    """The leaves that add up to one number of a day."""

    permission = "figures.view_figure"
    template_name = "daily/figure_rows.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.campaign, self.on = day_of(request, kwargs.pop("code"), kwargs.pop("on"))
        self.day = day_figures(self.campaign, on=self.on, user=request.user)
        self.asked = self.day.asked.get(kwargs.pop("indicator"))
        if self.asked is None:
            raise Http404
        return super().get(request, *args, **kwargs)

    def get_title(self) -> str:
        return f"{self.asked.name} · {formats.day(self.on)}" if self.asked else ""

    def get_subtitle(self) -> str:
        return f"{self.campaign} · {self.asked.kind.label}" if self.asked else ""

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        user: Any = self.request.user
        if not user.has_perm("daily.view_dailyround"):
            return ()
        round_ = reverse("daily:round_detail", args=[self.campaign.code, self.on.isoformat()])
        return ((f"四个一 · {formats.day(self.on)}", round_),)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.asked
        if asked is None:
            raise Http404
        group, category = self._chosen()
        rows = leaves(self.day, asked.code, group=group, category=category)
        total = self._total(group, category)
        columns = [c for c in COLUMNS if c.name != "entered" or not asked.is_typed]
        definition = IndicatorDefinition.objects.filter(indicator=asked.id).on(self.on).first()
        return super().get_context_data(
            asked=asked,
            campaign=self.campaign,
            on=self.on,
            table=Table(
                columns,
                rows,
                caption=asked.name,
                empty="没有可以展开的单位数据。",
            ),
            total=total,
            total_notes=[*coverage_notes(total), compared_note(total)] if total else (),
            leaves_sum=added_up(rows, asked.rollup),
            adds=asked.rollup == Rollup.SUM,
            missing=sum(leaf.value.value is None for leaf in rows),
            stage=stage_tag(self.day),
            snapshot=self.day.snapshot,
            definition=definition,
            groups=LiaisonGroup.objects.visible_to(self.request.user),
            group=group,
            categories=UnitCategory.choices,
            category=category,
            siblings=[
                (row.name, figure_url(self.campaign, self.on, row.code), row.code == asked.code)
                for row in self.day.asked.values()
            ],
            **kwargs,
        )

    def _chosen(self) -> tuple[int | None, str]:
        group = self.request.GET.get("group", "")
        category = self.request.GET.get("category", "")
        return (
            int(group) if group.isdecimal() else None,
            category if category in UnitCategory.values else "",
        )

    def _total(self, group: int | None, category: str) -> Value | None:
        code = self.asked.code if self.asked else None
        if group is not None and category:
            return None
        if group is not None:
            return self.day.value(code, ScopeKind.GROUP, group)
        if category:
            return self.day.value(code, ScopeKind.CATEGORY, category)
        return self.day.value(code, ScopeKind.TOTAL)


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
        entries = None if is_typed else entries_behind(leaf)
        before = missing_before(day, leaf.indicator.code)
        return super().get_context_data(
            value=value,
            before=before_word(value) if value and leaf.unit_id in before else "",
            measure=leaf.indicator.get_measure_display(),
            is_typed=is_typed,
            report=reports.first() if is_typed else None,
            entries=entries
            and Table(ENTRY_COLUMNS, entries, caption="在岗登记", empty="当日没有在岗登记。"),
            changed=0 if is_typed else changed_since(leaf),
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
