"""One deployment: its facts, its days and its people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import OuterRef, QuerySet
from django.urls import reverse

from apps.core.dates import business_day
from apps.core.html import Tag
from apps.core.panels import PanelledDetailView
from apps.core.tables import Column, Event, Table
from apps.core.views import (
    Action,
    Tab,
)

from .. import services
from ..models import Assignment, Deployment, DeploymentDay
from ..signing import with_word
from ..whereabouts import with_assigned
from .common import EDIT, SAID, STATE_TONES, span
from .deployments import RECORD, VIEW, VISIT
from .withdrawing import batch_over, events_of


class DeploymentDetailView(PanelledDetailView):
    permission = VIEW
    model = Deployment
    queryset = Deployment.objects.select_related(
        "campaign", "unit", "team", "community__street__district", "task_type", "need", "leader"
    )
    facts = (
        Column("campaign__name", label="应急任务"),
        Column("unit__short_name", label="派出单位", link="units:unit_detail", link_by="unit_id"),
        Column(
            "team__name",
            label="突击队",
            link="deployments:team_detail",
            link_by="team_id",
            blank="未编队",
        ),
        Column(
            "community__name",
            label="社区",
            link="communities:community_detail",
            link_by="community_id",
        ),
        Column("community__street__district__name", label="区县"),
        Column("community__contact", label="社区联系人", blank="未登记"),
        Column("community__duty_phone", label="社区电话", kind="phone", blank="未登记"),
        Column("task_type__name", label="任务"),
        Column("nature"),
        Column(
            "leader__name",
            label="带队人",
            link="units:member_detail",
            link_by="leader_id",
            blank="未指定",
        ),
        Column("span", label="起止", value=span),
        Column("shift", blank="未登记"),
        Column("has_night_shift", kind="bool"),
        Column("rotation_days", kind="number", unit="天", blank="不轮换"),
        Column("is_local", kind="bool"),
        Column("assigned", label="现派人员", kind="number", unit="人"),
        Column(
            "need", label="对应需求", link="deployments:need_detail", link_by="need_id", blank="无"
        ),
    )
    tabs = (Tab("days", "在岗登记"), Tab("people", "人员", "deployments/_people.html"))
    template_name = "deployments/deployment_detail.html"

    def get_queryset(self) -> QuerySet[Any]:
        return with_assigned(super().get_queryset(), on=business_day())

    def get_title(self) -> str:
        return f"{self.object.unit} → {self.object.community}"

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("下沉任务", reverse("deployments:deployment_list"))]

    def get_state(self) -> Tag | None:
        return Tag(self.object.get_state_display(), STATE_TONES[self.object.state])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        batch = batch_over(self.request, self.object)
        return super().get_context_data(batch=batch, **kwargs)

    def get_timeline(self) -> Sequence[Event]:
        return events_of(self.object)

    def get_actions(self) -> Sequence[Action]:
        user, row = self.request.user, self.object
        is_open, is_reporting = row.state in services.UNDER_WAY, row.campaign.is_reporting
        found = []
        if is_reporting and user.has_perm(RECORD, row) and (is_open or row.days.exists()):
            url = reverse("deployments:deployment_day", args=[row.pk])
            found.append(Action("登记在岗", url, icon="clipboard-check", primary=is_open))
        if is_open and is_reporting and user.has_perm(VISIT, row):
            url = f"{reverse('deployments:visit_create')}?deployment={row.pk}"
            found.append(Action("登记走访", url, icon="map-pin-check"))
        if is_open and user.has_perm(EDIT, row):
            # People left there by a campaign that is over may still be brought back.
            found += [
                Action(label, reverse(f"deployments:{name}", args=[row.pk]), icon=icon)
                for label, name, icon in (
                    ("增派人员", "candidate_list", "users-plus"),
                    ("结束任务", "deployment_end", "flag"),
                    ("修改", "deployment_update", "edit"),
                )
                if is_reporting or name == "deployment_end"
            ]
        return found

    def tab_days(self) -> dict[str, Any]:
        days = DeploymentDay.objects.filter(deployment=self.object).order_by("-on")
        rows = with_word(days, deployment="deployment", on=OuterRef("on"))
        measure = self.object.task_type.get_measure_display()
        columns = (
            Column("on", label="日期", kind="day", link=self._day_url, phone="title"),
            Column("expected", label="应到", kind="number"),
            Column("present", label="实到", kind="number"),
            SAID,
            Column("night", label="其中夜班", kind="number"),
            Column("hours", label="时长（小时）", kind="number", blank="未登记", phone="hide"),
            Column("output", kind="number", unit=measure, blank="未登记"),
            Column("note", blank=""),
            Column("recorded_at", kind="moment", phone="hide"),
        )
        empty = "还没有登记过在岗情况。"
        return {"table": Table.of(DeploymentDay, columns, rows, empty=empty)}

    def _day_url(self, row: DeploymentDay) -> str:
        deployment = self.object
        may = deployment.campaign.is_reporting and self.request.user.has_perm(RECORD, deployment)
        if not may:
            return ""
        return f"{reverse('deployments:deployment_day', args=[deployment.pk])}?on={row.on}"

    def tab_people(self) -> dict[str, Any]:
        rows = Assignment.objects.filter(deployment=self.object).select_related("member", "unit")
        may_edit = self.request.user.has_perm(EDIT, self.object)
        columns = (
            Column(
                "member__name",
                label="姓名",
                link="units:member_detail",
                link_by="member_id",
                phone="title",
            ),
            Column("unit__short_name", label="派出单位", phone="hide"),
            Column("starts_on", kind="day"),
            Column("ends_on", kind="day", blank="未离岗"),
        )
        table = Table.of(
            Assignment,
            columns,
            rows.order_by("-starts_on", "id")[:300],
            row_template="deployments/_assignment_actions.html" if may_edit else "",
            empty="还没有派出人员。",
        )
        return {"table": table, "total": rows.count(), "today": business_day()}
