"""What the ledger adds to the records and lists of units, people, places and needs."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Exists, IntegerField, OuterRef, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import reverse

from apps.campaigns.current import current_campaign, current_day, visible_campaigns
from apps.core.boards import Kpi
from apps.core.html import blank
from apps.core.panels import (
    Card,
    ExtraColumns,
    Panel,
    register_card,
    register_columns,
    register_panel,
)
from apps.core.tables import Column, Row, Table

from .models import Assignment, Deployment, Need, Team
from .served import register_filters
from .signing import with_word
from .views.common import DEPLOYMENT_COLUMNS, NEED_TONES, SAID, span
from .whereabouts import OPEN_NEEDS, active_on, served_communities, with_day, with_gap, with_present

MOST = 100
"""Needs shown in a tab; the list has them all."""
# Both sides of the day, the community's beside the unit's.
SIGNED_COLUMNS = tuple(
    column
    for one in DEPLOYMENT_COLUMNS
    for column in ((one, SAID) if one.name == "present" else (one,))
)
PLACE = ("community__street__district", "task_type", "leader", "unit")


def _active(request: HttpRequest) -> QuerySet[Deployment]:
    """Visible deployments of the campaign in hand that cover the working day, with its figures."""
    day = current_day(request)
    rows = Deployment.objects.visible_to(request.user).filter(campaign=current_campaign(request))
    counted = with_day(active_on(rows, day), on=day)
    return with_word(counted, deployment="pk", on=day).select_related(*PLACE)


def deployments_of_unit(request: HttpRequest, unit: Any) -> dict[str, Any]:
    rows = _active(request).filter(unit=unit)
    empty = "该单位当日没有下沉任务。"
    return {"table": Table.of(Deployment, SIGNED_COLUMNS, rows, empty=empty)}


def communities_of_unit(request: HttpRequest, unit: Any) -> dict[str, Any]:
    """派往社区: where the unit's people have been in the campaign in hand, the most people first."""
    campaign = current_campaign(request)
    if campaign is None:
        return {"table": Table((), (), empty="没有应急任务。")}
    rows = served_communities(campaign, unit, on=current_day(request))

    def deployments(row: Row) -> str:
        query = urlencode({"campaign": campaign.code, "unit": unit.pk, "community": row["pk"]})
        return f"{reverse('deployments:deployment_list')}?{query}"

    columns = (
        Column("name", "社区", link="communities:community_detail", phone="title"),
        Column("district", "区县"),
        Column("tasks", "任务", kind="number", unit="项", link=deployments),
        Column("people", "派出", kind="number", unit="人", link=deployments, help="按人去重。"),
        Column("present", "在岗", kind="number", unit="人日", link=deployments, blank="未登记"),
        Column("first_on", "首次派往", kind="day", phone="hide"),
        Column("last_on", "最近在岗", kind="day", blank="未登记"),
    )
    empty = "本任务中该单位没有派出过人员。"
    return {"table": Table(columns, rows, caption="派往社区", empty=empty)}


def teams_of_unit(request: HttpRequest, unit: Any) -> dict[str, Any]:
    rows = Team.objects.filter(unit=unit, campaign=current_campaign(request))
    columns = (
        Column("name", link="deployments:team_detail", phone="title"),
        Column("captain__name", label="队长", blank="未指定"),
        Column("formed_on", kind="day"),
        Column("oath_on", kind="day", blank="未登记"),
        Column("temporary_branch", blank="未成立"),
    )
    found = rows.select_related("captain")
    return {"table": Table.of(Team, columns, found, empty="该单位在本任务中没有突击队。")}


def deployments_at_community(request: HttpRequest, community: Any) -> dict[str, Any]:
    unit = Column(
        "unit__short_name", label="派出单位", link="deployments:deployment_detail", phone="title"
    )
    columns = (unit, *SIGNED_COLUMNS[2:])
    rows = _active(request).filter(community=community)
    return {"table": Table.of(Deployment, columns, rows, empty="当日没有派往该社区的力量。")}


def day_at_community(request: HttpRequest, community: Any) -> dict[str, Any] | None:
    """Who serves there on the working day, as far as one may see: units, people, what is lacking."""
    campaign = current_campaign(request)
    if campaign is None:
        return None
    rows: list[Any] = list(_active(request).filter(community=community))
    known = [row.present for row in rows if row.present is not None]
    expected = [row.expected for row in rows if row.expected is not None]
    needs = Need.objects.visible_to(request.user).filter(community=community, campaign=campaign)
    counted: list[Any] = list(with_gap(needs, on=current_day(request)))
    gaps = [need.gap for need in counted if need.gap is not None]
    entered = f"{len(known)}/{len(rows)} 项任务已登记"
    kpis = [
        Kpi("派出单位", len({row.unit_id for row in rows}), "家", url="?tab=deployments"),
        Kpi(
            "在岗",
            sum(known) if known or not rows else None,
            "人",
            url="?tab=deployments",
            notes=(f"应到 {sum(expected)} 人", entered) if rows else (),
        ),
    ]
    if request.user.has_perm("deployments.view_need"):
        note = f"{len(gaps)} 项在列" if gaps else "没有在列的需求"
        kpis.append(Kpi("需求缺口", sum(gaps), "人", url="?tab=needs", notes=(note,)))
    return {"kpis": kpis}


def needs_of_community(request: HttpRequest, community: Any) -> dict[str, Any]:
    """Needs of all campaigns one may see, those of the one in hand first, the open before others."""
    rows = Need.objects.visible_to(request.user).filter(
        community=community, campaign__in=visible_campaigns(request)
    )
    campaign = current_campaign(request)
    columns = (
        Column("task_type__name", label="任务", link="deployments:need_detail", phone="title"),
        Column("campaign__name", label="应急任务"),
        Column("heads", label="需求", kind="number", unit="人"),
        Column("arrived", label="到岗", kind="number", unit="人"),
        Column("gap", label="缺口", kind="number", unit="人", blank="不计"),
        Column("span", label="起止", value=span),
        Column("state", kind="tag", tones=NEED_TONES),
    )
    found = with_gap(rows, on=current_day(request)).select_related("task_type", "campaign")
    ordered = found.order_by(
        Case(When(campaign=campaign, then=0), default=1),
        Case(When(state__in=OPEN_NEEDS, then=0), default=1),
        "-raised_at",
        "pk",
    )
    return {"table": Table.of(Need, columns, ordered[:MOST], empty="该社区没有提出过需求。")}


def assignments_of_member(request: HttpRequest, member: Any) -> dict[str, Any]:
    rows = Assignment.objects.visible_to(request.user).filter(member=member)
    columns = (
        Column(
            "deployment__community__name",
            label="社区",
            link="deployments:deployment_detail",
            link_by="deployment_id",
            phone="title",
        ),
        Column("deployment__campaign__name", label="应急任务"),
        Column("deployment__task_type__name", label="任务"),
        Column("unit__short_name", label="派出单位"),
        Column("starts_on", kind="day"),
        Column("ends_on", kind="day", blank="未离岗"),
    )
    found = rows.select_related(
        "deployment__community", "deployment__campaign", "deployment__task_type", "unit"
    ).order_by("-starts_on", "-id")
    return {"table": Table.of(Assignment, columns, found, empty="还没有派出过。")}


def _present_by(name: str) -> Any:
    def annotate(rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        campaign = current_campaign(request)
        if campaign is None:
            nobody = Value(None, output_field=IntegerField())
            return rows.annotate(on_duty=nobody, has_sent=Value(False))
        day = current_day(request)
        sent = active_on(
            Deployment.objects.filter(campaign=campaign, **{name: OuterRef("pk")}), day
        )
        present = with_present(rows, by=name, campaign=campaign, on=day)
        return present.annotate(has_sent=Exists(sent))

    return annotate


def on_duty(row: Row) -> Any:
    """People present; who sent nobody is told apart from who has not entered the day."""
    if row["on_duty"] is None and not row["has_sent"]:
        return blank("无派出")
    return row["on_duty"]


ON_DUTY = (
    Column(
        "on_duty",
        label="在岗",
        kind="number",
        unit="人",
        value=on_duty,
        sort=True,
        blank="未登记",
        help="本任务当日登记的实到人数；未登记的不以零计。",
    ),
)


FIELDS = ("on_duty", "has_sent")


def register_all() -> None:
    register_filters()
    register_card(
        Card(
            "communities.community",
            day_at_community,
            "deployments.view_deployment",
            "communities/_day.html",
            order=10,
        )
    )
    view, team, need = (f"deployments.view_{name}" for name in ("deployment", "team", "need"))
    register_panel(
        Panel("units.unit", "deployments", "当日在岗", deployments_of_unit, view, order=10),
        Panel("units.unit", "served", "派往社区", communities_of_unit, view, order=15),
        Panel("units.unit", "teams", "突击队", teams_of_unit, team, order=20),
        Panel(
            "communities.community",
            "deployments",
            "当日在岗",
            deployments_at_community,
            view,
            order=10,
        ),
        Panel("communities.community", "needs", "需求", needs_of_community, need, order=20),
        Panel("units.member", "assignments", "派出经历", assignments_of_member, view, order=10),
    )
    register_columns(
        ExtraColumns("units.unit", ON_DUTY, _present_by("unit"), view, FIELDS),
        ExtraColumns("communities.community", ON_DUTY, _present_by("community"), view, FIELDS),
    )
