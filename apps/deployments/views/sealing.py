"""Closed areas: what would change, before it is applied; and who may return."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from apps.communities.models import AreaStatus
from apps.communities.selectors import in_force
from apps.core.dates import business_day
from apps.core.formats import listing, number
from apps.core.html import Tag
from apps.core.scope import scope_of
from apps.core.tables import Column, Table
from apps.core.views import Action, BoardView

from ..models import Sealing
from ..sealing import (
    PlacePart,
    Plan,
    UnitPart,
    Unnamed,
    by_place,
    by_unit,
    closures_of,
    count,
    described_together,
    plan_of_closures,
    plan_of_returns,
    unnamed_inside,
)
from ..sealing_enums import ChangeKind
from .sealing_common import APPLY, BOARD, STATE_TONES, VIEW, asks_for_drill, kpis, people

SHOWN = 12
NAMED = 30
MOST = 300
REASONS = 6


class SealingBoardView(BoardView):
    """What is to change because of closures, before it is applied; and who may return."""

    permission = VIEW
    title = BOARD
    template_name = "deployments/sealing_board.html"

    @property
    def is_drill(self) -> bool:
        return asks_for_drill(self.request)

    def get_subtitle(self) -> str:
        return (
            "演练"
            if self.is_drill
            else "应用前请核对：住在封闭区域内的就地下沉，不住在区域内的和免派的撤回"
        )

    def get_actions(self) -> Sequence[Action]:
        board = reverse("deployments:sealing_board")
        label, drill = ("看实际", 0) if self.is_drill else ("看演练", 1)
        other = Action(label, f"{board}?drill={drill}")
        statuses = reverse("communities:area_status_list")
        return [other, Action("风险与管控", statuses, icon="alert-triangle")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today, drill, user = business_day(), self.is_drill, self.request.user
        may_apply = user.has_perm(APPLY)
        shown = Shown(units_of(self.request), is_drill=drill, whole=may_apply)
        recent = Sealing.objects.visible_to(user).filter(is_drill=drill)
        unnamed = [
            row
            for row in unnamed_inside(is_drill=drill, today=today)
            if shown.units is None or row.unit_id in shown.units
        ]
        return super().get_context_data(
            **kwargs,
            is_drill=drill,
            may_apply=may_apply,
            at_work=recent.at_work().first() if may_apply else None,
            sealed_now=described_together(_closures(drill), most=NAMED),
            plan=shown.of(plan_of_closures(is_drill=drill, today=today), "sealing_plan"),
            back=shown.of(plan_of_returns(is_drill=drill, today=today), "sealing_returns"),
            unnamed=_unnamed_table(unnamed[:MOST]) if unnamed else None,
            unnamed_left=max(len(unnamed) - MOST, 0),
            recent=_recent_table(list(recent.select_related("by")[:5])),
            today=today,
        )


def units_of(request: HttpRequest) -> Collection[int] | None:
    scope = scope_of(request.user)
    return None if scope.everything else scope.units


def _closures(is_drill: bool) -> list[AreaStatus]:
    rows = in_force(at=timezone.now()).filter(measure__is_sealed=True, is_drill=is_drill)
    return list(rows.with_places())


class Shown:
    """Draws plans as the page shows them; `whole` people see the places besides."""

    def __init__(self, units: Collection[int] | None, *, is_drill: bool, whole: bool) -> None:
        self.units, self.is_drill, self.whole = units, is_drill, whole

    def of(self, plan: Plan, page: str) -> dict[str, Any]:
        """`page`: the name of the list of those the plan touches."""
        mine = [move for move in plan.moves if self.units is None or move.unit in self.units]
        parts, counts = by_unit(mine), count(mine)
        reasons = described_together(closures_of(mine), most=SHOWN)
        places = by_place(mine) if self.whole and not counts[ChangeKind.RETURNED] else []
        return {
            "seal": plan.seal,
            "total": len(mine),
            "kpis": kpis(counts, len(parts), page, is_drill=self.is_drill),
            "people": people(page, is_drill=self.is_drill),
            "units": unit_table(parts, self._opening(page)),
            "places": _place_table(places[:MOST], self._opening(page)) if places else None,
            "places_left": max(len(places) - MOST, 0),
            "first": min((move.since for move in mine), default=None),
            "reasons": reasons[:REASONS],
            "reasons_left": max(len(reasons) - REASONS, 0),
            "question": f"办理后共调整 {number(len(mine))} 人，涉及 {len(parts)} 家单位，"
            "将告知各单位。确定办理吗？",
        }

    def _opening(self, page: str) -> Opening:
        return lambda **chosen: people(page, is_drill=self.is_drill, **chosen)


Opening = Callable[..., str]
"""The address of the list a number opens, narrowed."""


def unit_table(parts: Sequence[UnitPart], opening: Opening, *, named: bool = True) -> Table:
    """Unit by unit: how many of each kind and, `named`, who."""

    def names(kind: ChangeKind) -> Column:
        return Column(
            f"names_{kind}",
            label=f"{kind.label}名单",
            value=lambda part: listing(part.names.get(kind, []), most=SHOWN, measure="人"),
            blank="无",
        )

    def heads(kind: ChangeKind) -> Column:
        return Column(
            f"count_{kind}",
            label=str(kind.label),
            kind="number",
            unit="人",
            value=lambda part: part.counts[kind],
            link=lambda part: opening(unit=part.unit.pk, kind=kind) if part.counts[kind] else "",
        )

    kinds = [k for k in ChangeKind if any(part.counts[k] for part in parts)]
    columns = (
        Column("unit", label="单位", link="units:unit_detail", link_by="unit__pk", phone="title"),
        *(
            column
            for kind in kinds
            for column in ((heads(kind), names(kind)) if named else (heads(kind),))
        ),
    )
    return Table(columns, parts, caption="按单位", empty="没有需要调整的人员。")


def _area(row: PlacePart) -> str:
    street = row.community.street
    return f"{street.district.short_name} {street}"


def _place_table(places: Sequence[PlacePart], opening: Opening) -> Table:
    def heads(name: str, label: str, kind: ChangeKind) -> Column:
        return Column(
            name,
            label=label,
            kind="number",
            unit="人",
            link=lambda row: (
                opening(place=row.community.pk, kind=kind) if getattr(row, name) else ""
            ),
        )

    columns = (
        Column(
            "community",
            label="社区",
            link="communities:community_detail",
            link_by="community__pk",
            phone="title",
        ),
        Column("area", label="区县、街道", value=_area),
        heads("moved", "就地下沉", ChangeKind.MOVED),
        heads("withdrawn", "撤回", ChangeKind.WITHDRAWN),
        Column("contact", label="社区联系人", value=lambda r: r.community.contact, blank="未登记"),
        Column(
            "duty_phone",
            label="值班电话",
            kind="phone",
            value=lambda row: row.community.duty_phone,
            blank="未登记",
        ),
    )
    return Table(columns, places, caption="按社区", empty="没有涉及的社区。")


def _unnamed_table(rows: Sequence[Unnamed]) -> Table:
    columns = (
        Column("unit", label="派出单位", link="units:unit_detail", link_by="unit_id"),
        Column("community", label="社区", link="deployments:deployment_detail", phone="title"),
        Column("task_type", label="任务"),
        Column("heads", label="派出人数", kind="number", unit="人", blank="未登记"),
        Column("since", label="调整起始日", kind="day"),
    )
    return Table(columns, rows, caption="尚未确定人员的任务")


def _recent_table(rows: Sequence[Sealing]) -> Table:
    columns = (
        Column("kind", label="事项", link="deployments:sealing_detail", phone="title"),
        Column("at", label="时间", kind="moment"),
        Column("by__name", label="办理人"),
        Column("state", label="状态", kind="tag", tones=STATE_TONES),
    )
    return Table.of(Sealing, columns, rows, empty="还没有办理过。", is_compact=True)


def state_tag(sealing: Sealing) -> Tag:
    return Tag(sealing.get_state_display(), STATE_TONES[sealing.state])


def sealing_to_decide(request: HttpRequest, status: AreaStatus) -> str:
    """After a measure was laid or lifted: the board, when it leaves something to decide."""
    if not request.user.has_perm(APPLY) or not status.measure.is_sealed:
        return ""
    drill, today = status.is_drill, business_day()
    crossing = plan_of_closures(is_drill=drill, today=today).moves
    if (
        not crossing
        and not unnamed_inside(is_drill=drill, today=today)
        and not plan_of_returns(is_drill=drill, today=today).moves
    ):
        return ""
    return f"{reverse('deployments:sealing_board')}?drill={int(status.is_drill)}"
