"""Those whom a plan or a sealing touches, by name: what its numbers open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from apps.communities.models import Community
from apps.core.dates import business_day
from apps.core.tables import Column, Row
from apps.core.views import ScopedListView
from apps.core.views.lists import among

from ..models import Assignment, Deployment, Sealing, SealingChange
from ..sealing import Move, Plan, plan_of_closures, plan_of_returns
from ..sealing_enums import ChangeKind
from ..sealing_filters import ChangeFilters, PlanFilters
from .sealing_common import BOARD, KIND_TONES, VIEW, asks_for_drill

PERSON = (
    Column(
        "deployment__unit__short_name",
        label="派出单位",
        link="units:unit_detail",
        link_by="deployment__unit_id",
    ),
    Column(
        "member__name",
        label="姓名",
        link="units:member_detail",
        link_by="member_id",
        phone="title",
    ),
)

NOWHERE = {ChangeKind.WITHDRAWN: "不再派出", ChangeKind.MOVED: "已撤销"}
"""An undoing takes the posts away that were made."""


class SealingPeopleView(ScopedListView):
    """Who was moved by one sealing, from where, to where."""

    permission = VIEW
    model = SealingChange
    filterset_class = ChangeFilters
    columns = (
        *PERSON,
        Column("kind", kind="tag", tones=KIND_TONES),
        Column(
            "deployment__community__name",
            label="原社区",
            value=lambda row: "" if _was_back(row) else row["deployment__community__name"],
            link=lambda row: "" if _was_back(row) else _deployment(row["deployment_id"]),
            blank="已撤回",
        ),
        Column(
            "target__community__name",
            label="转往社区",
            link="deployments:deployment_detail",
            link_by="target_id",
            value=lambda row: row["target__community__name"] or NOWHERE.get(row["kind"]),
        ),
        Column("since", label="自", kind="day"),
    )
    extra_fields = (
        "kind",
        "deployment_id",
        "deployment__community__name",
        "target_id",
        "target__community__name",
    )
    ordering = ("deployment__unit__sort_order", "member_id")
    measure = "人次"

    @cached_property
    def sealing(self) -> Sealing:
        rows = Sealing.objects.visible_to(self.request.user)
        found: Sealing = get_object_or_404(rows, pk=self.kwargs["pk"])
        return found

    def get_title(self) -> str:
        return "人员变动"

    def get_subtitle(self) -> str:
        return str(self.sealing)

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        board = f"{reverse('deployments:sealing_board')}?drill={int(self.sealing.is_drill)}"
        sealing = str(self.sealing.get_kind_display())
        return [(BOARD, board), (sealing, self.sealing.get_absolute_url())]

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(sealing=self.sealing)


def _was_back(row: Row) -> bool:
    """Whoever had been withdrawn goes back to the very deployment, from nowhere."""
    return bool(row["deployment_id"] == row["target_id"])


def _deployment(pk: int) -> str:
    return reverse("deployments:deployment_detail", args=[pk])


def _community(pk: int | None) -> str:
    return reverse("communities:community_detail", args=[pk]) if pk else ""


def _planned(came_from: Column, label: str, blank: str) -> tuple[Column, ...]:
    """The columns of a plan: who, from where, and to where as `label` says."""
    return (
        *PERSON,
        Column(
            "kind",
            label="变动",
            kind="tag",
            tones=KIND_TONES,
            choices=dict(ChangeKind.choices),
            value=lambda row: row["kind"],
        ),
        came_from,
        Column(
            "to",
            label=label,
            value=lambda row: row["to"],
            link=lambda row: _community(row["to_community"]),
            blank=blank,
        ),
        Column("since", label="自", kind="day", value=lambda row: row["since"]),
    )


class PlanPeopleView(ScopedListView, abstract=True):
    """Who would be moved by a plan; the plan is what it is at this moment."""

    permission = VIEW
    filterset_class = PlanFilters
    ordering = ("deployment__unit__sort_order", "member_id")
    measure = "人次"
    empty = "没有需要调整的人员。"

    def plan(self) -> Plan:
        raise NotImplementedError

    def key_of(self, move: Move) -> int | None:
        """The row of the list that stands for the move."""
        raise NotImplementedError

    @property
    def is_drill(self) -> bool:
        return asks_for_drill(self.request)

    @cached_property
    def moves(self) -> Mapping[int, Move]:
        """Those asked for, by the key of their row."""
        return {
            key: move
            for move in chosen(self.request, self.plan().moves)
            if (key := self.key_of(move)) is not None
        }

    def get_subtitle(self) -> str:
        return "演练 · 尚未办理" if self.is_drill else "尚未办理，以下为办理后的变动"

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [(BOARD, f"{reverse('deployments:sealing_board')}?drill={int(self.is_drill)}")]

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(among(list(self.moves)))

    def fetch(self, rows: Any) -> Sequence[Row]:
        found = list(super().fetch(rows))
        moves = [self.moves[row["pk"]] for row in found]
        asked = {move.to_community for move in moves if move.to_community}
        places = dict(Community.objects.filter(pk__in=asked).values_list("pk", "name"))
        for row, move in zip(found, moves, strict=True):
            row |= {
                "kind": move.kind,
                "since": move.since,
                "to_community": move.to_community,
                "to": places.get(move.to_community or 0, ""),
            }
        return found


def chosen(request: HttpRequest, moves: Iterable[Move]) -> Iterator[Move]:
    """The moves of the kind asked for, to or from the community asked for."""
    kind, asked = request.GET.get("kind", ""), request.GET.get("place", "")
    place = int(asked) if asked.isdecimal() else 0
    posts = (
        set(Deployment.objects.filter(community=place).values_list("pk", flat=True))
        if place
        else ()
    )
    for move in moves:
        touches = move.to_community == place or (
            move.kind == ChangeKind.WITHDRAWN and move.deployment in posts
        )
        if (not kind or move.kind == kind) and (not place or touches):
            yield move


class SealingPlanView(PlanPeopleView):
    """Who would serve at home or come back because of closures: each row one stay."""

    model = Assignment
    title = "待调整人员"
    columns = _planned(
        Column(
            "deployment__community__name",
            label="原社区",
            link="deployments:deployment_detail",
            link_by="deployment_id",
        ),
        "转往社区",
        "不再派出",
    )

    def plan(self) -> Plan:
        return plan_of_closures(is_drill=self.is_drill, today=business_day())

    def key_of(self, move: Move) -> int | None:
        return move.stay


class SealingReturnsView(PlanPeopleView):
    """Who would go back: each row the change that sent the person away."""

    model = SealingChange
    title = "可返回人员"
    columns = _planned(
        Column(
            "target__community__name",
            label="现在社区",
            link="deployments:deployment_detail",
            link_by="target_id",
            blank="已撤回",
        ),
        "返回社区",
        "",
    )

    def plan(self) -> Plan:
        return plan_of_returns(is_drill=self.is_drill, today=business_day())

    def key_of(self, move: Move) -> int | None:
        return move.return_of
