"""Closed areas: what would change, applying it, who returns, taking it back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from apps.campaigns.current import current_campaign
from apps.communities.models import AreaStatus
from apps.communities.selectors import in_force
from apps.core.boards import Kpi
from apps.core.dates import business_day
from apps.core.formats import listing, number
from apps.core.html import Tag
from apps.core.scope import scope_of
from apps.core.tables import Column, Event, Table
from apps.core.views import Action, BoardView, ScopedDetailView, Tab, portal_action

from .. import services
from ..models import Sealing, SealingChange
from ..sealing import (
    Plan,
    by_place,
    by_unit,
    closures_of,
    count,
    described,
    plan_of_closures,
    plan_of_returns,
)
from ..sealing_enums import ChangeKind
from ..services.sealing_telling import community_texts

VIEW = "deployments.view_sealing"
APPLY = "deployments.apply_sealing"
SHOWN = 12
MOST = 300
KIND_TONES: dict[Any, Any] = {
    ChangeKind.MOVED: "blue",
    ChangeKind.WITHDRAWN: "yellow",
    ChangeKind.RETURNED: "green",
}


class SealingBoardView(BoardView):
    """What is to change because of closures, before it is applied; and who may return."""

    permission = VIEW
    title = "封闭区域人员调整"
    template_name = "deployments/sealing_board.html"

    @property
    def is_drill(self) -> bool:
        """The world asked for, else that of the campaign in hand."""
        asked = self.request.GET.get("drill", "")
        if asked:
            return asked == "1"
        campaign = current_campaign(self.request)
        return campaign is not None and campaign.is_drill

    def get_subtitle(self) -> str:
        return (
            "演练"
            if self.is_drill
            else "应用前请核对：住在封闭区域内的就地下沉，不住在区域内的撤回"
        )

    def get_actions(self) -> Sequence[Action]:
        board = reverse("deployments:sealing_board")
        label, drill = ("看实际", 0) if self.is_drill else ("看演练", 1)
        other = Action(label, f"{board}?drill={drill}")
        statuses = reverse("communities:area_status_list")
        return [other, Action("风险与管控", statuses, icon="alert-triangle")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today, drill = business_day(), self.is_drill
        plan = plan_of_closures(is_drill=drill, today=today)
        back = plan_of_returns(is_drill=drill, today=today)
        units = _units_of(self.request)
        recent = Sealing.objects.visible_to(self.request.user).filter(is_drill=drill)
        return super().get_context_data(
            **kwargs,
            is_drill=drill,
            may_apply=self.request.user.has_perm(APPLY),
            sealed_now=_closures(self.is_drill),
            plan=_shown(plan, units, whole=self.request.user.has_perm(APPLY)),
            back=_shown(back, units, whole=self.request.user.has_perm(APPLY)),
            recent=recent.select_related("by", "undone_by")[:5],
            today=today,
        )


def _units_of(request: HttpRequest) -> Collection[int] | None:
    scope = scope_of(request.user)
    return None if scope.everything else scope.units


def _closures(is_drill: bool) -> list[AreaStatus]:
    rows = in_force(at=timezone.now()).filter(measure__is_sealed=True, is_drill=is_drill)
    return list(rows.select_related("measure", "street", "community", "estate"))


def _shown(plan: Plan, units: Collection[int] | None, *, whole: bool) -> dict[str, Any]:
    """A plan as the page draws it; `whole` people see the places besides and may carry it out."""
    mine = [move for move in plan.moves if units is None or move.unit in units]
    parts = by_unit(mine)
    counts = count(mine)
    return {
        "seal": plan.seal,
        "total": len(mine),
        "kpis": _kpis(counts, len(parts)),
        "units": _unit_table(parts),
        "places": _place_table(mine) if whole and counts[ChangeKind.RETURNED] == 0 else None,
        "first": min((move.since for move in mine), default=None),
        "reasons": [described(status) for status in closures_of(mine)[:6]],
        "question": f"办理后共调整 {number(len(mine))} 人，涉及 {len(parts)} 家单位，"
        "将告知各单位。确定办理吗？",
    }


def _kpis(counts: dict[str, int], units: int) -> list[Kpi]:
    shown = [
        Kpi(ChangeKind(kind).label, counts[kind], "人", good="")
        for kind in ChangeKind.values
        if counts[kind]
    ]
    return [*shown, Kpi("涉及单位", units, "家", good="")]


def _unit_table(parts: Sequence[Any]) -> Table:
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
            label=kind.label,
            kind="number",
            unit="人",
            value=lambda part: part.counts[kind],
        )

    kinds = [k for k in ChangeKind if any(part.counts[k] for part in parts)]
    columns = (
        Column("unit", label="单位", phone="title"),
        *(column for kind in kinds for column in (heads(kind), names(kind))),
    )
    return Table(columns, parts, caption="按单位", empty="没有需要调整的人员。")


def _place_table(moves: Sequence[Any]) -> Table:
    columns = (
        Column("community", label="社区", phone="title"),
        Column("district", label="区县", value=lambda row: str(row.community.street.district)),
        Column("moved", label="就地下沉", kind="number", unit="人"),
        Column("withdrawn", label="撤回", kind="number", unit="人"),
        Column("contact", label="社区联系人", value=lambda r: r.community.contact, blank="未登记"),
        Column(
            "duty_phone",
            label="值班电话",
            kind="phone",
            value=lambda row: row.community.duty_phone,
            blank="未登记",
        ),
    )
    rows = by_place(moves)
    return Table(columns, rows[:MOST], caption="按社区", empty="没有涉及的社区。")


@portal_action(APPLY)
def apply_closures(request: HttpRequest) -> HttpResponse:
    """应用调整: the plan that was shown, whole or not at all."""
    return _pressed(request, services.apply_closures)


@portal_action(APPLY)
def return_people(request: HttpRequest) -> HttpResponse:
    """办理返回: those shown go back to their earlier posts."""
    return _pressed(request, services.return_people)


def _pressed(request: HttpRequest, carry_out: Callable[..., Sealing]) -> HttpResponse:
    sealing = carry_out(
        seal=request.POST.get("seal", ""),
        is_drill=request.POST.get("drill") == "1",
        by=_actor(request),
        now=timezone.now(),
    )
    messages.success(request, _done(sealing))
    return redirect(sealing)


def _done(sealing: Sealing) -> str:
    total = sealing.changes.count()
    return f"已调整 {number(total)} 人，已告知各单位；请逐一告知社区联系人。"


@portal_action(APPLY)
def undo_sealing(request: HttpRequest, pk: int) -> HttpResponse:
    """撤销: everything as it stood before."""
    sealing = get_object_or_404(Sealing.objects.visible_to(request.user), pk=pk)
    if not request.user.has_perm(APPLY):
        raise PermissionDenied
    if services.undo_sealing(sealing, by=_actor(request), now=timezone.now()):
        messages.success(request, "已撤销，人员和任务恢复到办理之前。")
    else:
        messages.info(request, "此前已撤销，未作改动。")
    return redirect("deployments:sealing_board")


class SealingDetailView(ScopedDetailView):
    """One press: who was moved, and what to tell the communities."""

    permission = VIEW
    model = Sealing
    queryset = Sealing.objects.select_related("by", "undone_by")
    facts = (
        Column("kind"),
        Column("at", kind="moment"),
        Column("by__name", label="办理人"),
        Column("is_drill", kind="bool"),
    )

    def get_title(self) -> str:
        return str(self.object.get_kind_display())

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("封闭区域人员调整", reverse("deployments:sealing_board"))]

    def get_state(self) -> Tag | None:
        return Tag("已撤销") if self.object.undone_at else Tag("已办理", "green")

    def get_tabs(self) -> Sequence[Tab]:
        people = Tab("people", "人员变动", "deployments/_sealing_people.html")
        if not self.request.user.has_perm(APPLY):
            return [people]
        return [people, Tab("places", "告知社区", "deployments/_sealing_places.html")]

    def get_timeline(self) -> Sequence[Event]:
        row = self.object
        events = [Event(row.at, row.get_kind_display(), by=str(row.by))]
        if row.undone_at is not None:
            events.insert(0, Event(row.undone_at, "撤销", by=str(row.undone_by), tone="blue"))
        return events

    def get_actions(self) -> Sequence[Action]:
        row = self.object
        open_for = Sealing.objects.filter(pk=row.pk).undoable(now=timezone.now())
        if not self.request.user.has_perm(APPLY) or not open_for.exists():
            return []
        url = reverse("deployments:sealing_undo", args=[row.pk])
        return [
            Action(
                "撤销",
                url,
                icon="arrow-back-up",
                method="post",
                confirm="撤销这次调整？人员和任务恢复到办理之前；已发出的告知请另行说明。",
            )
        ]

    def tab_people(self) -> dict[str, Any]:
        rows = SealingChange.objects.visible_to(self.request.user).filter(sealing=self.object)
        columns = (
            Column("unit__short_name", label="派出单位", phone="hide"),
            Column(
                "member__name",
                label="姓名",
                link="units:member_detail",
                link_by="member_id",
                phone="title",
            ),
            Column("kind", kind="tag", tones=KIND_TONES),
            Column("deployment__community__name", label="原社区"),
            Column("target__community__name", label="转往社区", blank="撤回"),
            Column("since", kind="day"),
        )
        found = rows.select_related(
            "unit", "member", "deployment__community", "target__community"
        ).order_by("unit__sort_order", "pk")
        empty = "没有您范围内的人员。"
        return {
            "table": Table.of(SealingChange, columns, found[:MOST], empty=empty),
            "total": rows.count(),
            "most": MOST,
        }

    def tab_places(self) -> dict[str, Any]:
        return {"texts": community_texts(self.object)[:MOST]}


def _actor(request: HttpRequest) -> Any:
    return request.user


def sealing_to_decide(request: HttpRequest, status: AreaStatus) -> str:
    """After a measure was laid or lifted: the board, when it leaves something to decide."""
    if not request.user.has_perm(APPLY) or not status.measure.is_sealed:
        return ""
    drill, today = status.is_drill, business_day()
    crossing = plan_of_closures(is_drill=drill, today=today).moves
    if not crossing and not plan_of_returns(is_drill=drill, today=today).moves:
        return ""
    return f"{reverse('deployments:sealing_board')}?drill={int(status.is_drill)}"
