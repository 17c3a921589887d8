"""Every number opens its rows: the leaves that add up to a figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from apps.core import formats, html
from apps.core.tables import Column, Table
from apps.core.views import BoardView
from apps.deployments.selectors import DESK_BASES, NEEDS_COUNTED
from apps.figures.corrected import corrected_note, corrected_text
from apps.figures.enums import Rollup, ScopeKind
from apps.figures.models import IndicatorDefinition
from apps.figures.selectors.day_values import Value
from apps.units.enums import UnitCategory
from apps.units.models import LiaisonGroup

from ..selectors.days import compared_note, coverage_notes, day_figures, stage_tag
from ..selectors.leaves import Leaf, added_up, leaves
from ..selectors.links import figure_url
from .rounds import day_of


def value_cell(leaf: Leaf) -> SafeString:
    value = leaf.value
    measure = value.asked.measure
    return html.figure(value.value, measure, qualifier=value.qualifier, reason=value.blank)


def leaf_link(leaf: Leaf) -> str:
    """The stored leaf; in a preview the report itself, which is all there is."""
    if leaf.value.figure is not None:
        return reverse("daily:figure_detail", args=[leaf.value.figure])
    return reverse("daily:report_detail", args=[leaf.report]) if leaf.report else ""


def changed(leaf: Leaf) -> Any:
    """较昨日; where today or yesterday is what is missing, it says so."""
    if leaf.value.value is None:
        return html.blank(leaf.value.blank)
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
    Column("change", "较昨日", kind="change", value=changed, blank="不可比"),
    Column("entered", "已登记/应登记", value=entered, css="num"),
    Column(
        "corrections",
        "更正",
        value=lambda leaf: corrected_text(leaf.value),
        link=leaf_link,
        css="num",
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
        has_entries = not asked.is_typed and asked.code not in DESK_BASES
        columns = [c for c in COLUMNS if c.name != "entered" or has_entries]
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
            corrected=corrected_note(self.day, total),
            needs_url=self._needs(asked.code),
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

    def _needs(self, code: str) -> str:
        """The needs a number of communities is counted from; empty for what units send."""
        if code not in NEEDS_COUNTED:
            return ""
        query = {"campaign": self.campaign.code, NEEDS_COUNTED[code]: self.on.isoformat()}
        return f"{reverse('deployments:need_list')}?{urlencode(query)}"

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
