"""Deployments: who is where, day by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date

from apps.campaigns.current import current_campaign, current_day, working_day
from apps.campaigns.enums import Hour
from apps.campaigns.models import Campaign
from apps.campaigns.selectors import Timetable
from apps.core.dates import business_day
from apps.core.html import Tag
from apps.core.panels import PanelledDetailView
from apps.core.tables import Column, Event, Table
from apps.core.views import (
    Action,
    BulkAction,
    ScopedCreateView,
    ScopedUpdateView,
    Tab,
)
from apps.core.views.keyed import KeyedListView
from apps.core.views.rowforms import RowFormView

from .. import services
from ..filters import DeploymentFilters
from ..forms import DayForm, DeploymentForm, DeploymentUpdateForm, LastDayForm
from ..models import Assignment, Deployment, DeploymentDay
from ..signing import with_word
from ..whereabouts import with_assigned, with_day, without_entry
from .common import DEPLOYMENT_COLUMNS, EDIT, SAID, STATE_TONES, OfCampaignCreateMixin, span
from .withdrawing import batch_over, events_of, last_batch

VIEW = "deployments.view_deployment"
RECORD = "deployments.record_day"
VISIT = "deployments.record_visit"


class DeploymentListView(KeyedListView):
    permission = VIEW
    model = Deployment
    title = "下沉任务"
    filterset_class = DeploymentFilters
    columns = (
        Column("unit__short_name", label="派出单位", link="units:unit_detail", link_by="unit_id"),
        *DEPLOYMENT_COLUMNS,
    )
    extra_fields = ("starts_on", "ends_on")
    ordering = ("-starts_on", "unit__sort_order")
    measure = "项"
    empty = "本任务还没有派出力量。"
    template_name = "deployments/deployment_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(batch=last_batch(self.request), **kwargs)

    def get_day(self) -> dt.date:
        """The day whose figures stand in the columns: the one asked for, else the working day."""
        return parsed_day(self.request.GET.get("on", "")) or current_day(self.request)

    def get_subtitle(self) -> str:
        day = self.get_day()
        return f"{current_campaign(self.request) or ''} · 应到、实到为{day.month}月{day.day}日"

    def get_actions(self) -> Sequence[Action]:
        """A campaign that is over sends nobody."""
        campaign = current_campaign(self.request)
        if campaign is None or not campaign.is_reporting:
            return ()
        url = reverse("deployments:deployment_create")
        send = Action("派出力量", url, icon="plus", primary=True, permission=EDIT)
        return [*self._uncounted(campaign), send]

    def _uncounted(self, campaign: Campaign) -> Iterator[Action]:
        """到岗确认: from its hour on the way to the deployments nobody has counted today."""
        now = timezone.now()
        today = business_day(now)
        if self.get_day() != today or "entry" in self.request.GET:
            return
        if now < Timetable(campaign).moment(Hour.ARRIVAL, on=today):
            return
        rows = Deployment.objects.visible_to(self.request.user).filter(campaign=campaign)
        count = without_entry(rows, on=today).count()
        if count:
            yield Action(
                f"未登记到岗 {count} 个任务",
                "?entry=no",
                icon="clipboard-list",
                permission=RECORD,
            )

    def get_bulk_actions(self) -> Sequence[BulkAction]:
        campaign = current_campaign(self.request)
        if campaign is None or not campaign.is_reporting:
            return ()
        url = reverse("deployments:withdraw_many")
        question = "撤回所选任务？人员今日离岗，尚未开始的不再派出。"
        return [
            BulkAction("撤回所选", url, icon="arrow-back-up", confirm=question, permission=EDIT)
        ]

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset().filter(campaign=current_campaign(self.request))
        return with_day(rows, on=self.get_day())


def parsed_day(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


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
        is_open = row.state in services.UNDER_WAY
        found = []
        if user.has_perm(RECORD, row) and (is_open or row.days.exists()):
            url = reverse("deployments:deployment_day", args=[row.pk])
            found.append(Action("登记在岗", url, icon="clipboard-check", primary=is_open))
        if is_open and row.campaign.is_reporting and user.has_perm(VISIT, row):
            url = f"{reverse('deployments:visit_create')}?deployment={row.pk}"
            found.append(Action("登记走访", url, icon="map-pin-check"))
        if is_open and user.has_perm(EDIT, row):
            found += [
                Action(label, reverse(f"deployments:{name}", args=[row.pk]), icon=icon)
                for label, name, icon in (
                    ("增派人员", "candidate_list", "users-plus"),
                    ("结束任务", "deployment_end", "flag"),
                    ("修改", "deployment_update", "edit"),
                )
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
        if not self.request.user.has_perm(RECORD, self.object):
            return ""
        return f"{reverse('deployments:deployment_day', args=[self.object.pk])}?on={row.on}"

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


class DeploymentCreateView(OfCampaignCreateMixin, ScopedCreateView):
    permission = EDIT
    model = Deployment
    form_class = DeploymentForm
    title = "派出力量"
    done = "已登记，请继续增派人员。"
    cancel_to = "deployments:deployment_list"


class DeploymentUpdateView(ScopedUpdateView):
    permission = EDIT
    model = Deployment
    form_class = DeploymentUpdateForm


class DeploymentEndView(RowFormView):
    """The deployment ends, and everybody's stay with it."""

    permission = EDIT
    model = Deployment
    form_class = LastDayForm
    submit_label = "结束任务"
    done = "任务已结束，人员已一并离岗。"

    def get_title(self) -> str:
        return f"结束任务：{self.object}"

    def get_subtitle(self) -> str:
        return "最后一天之后不再计入在岗，人员一并离岗"

    def perform(self, form: Any) -> Deployment:
        services.end_deployment(self.object, last_day=form.cleaned_data["last_day"])
        row: Deployment = self.object
        return row


class DeploymentDayView(RowFormView):
    """One day of a deployment, new or corrected."""

    permission = RECORD
    model = Deployment
    queryset = Deployment.objects.select_related("unit", "community", "campaign", "task_type")
    form_class = DayForm
    done = "已登记。"

    def get_day(self) -> dt.date:
        asked = parsed_day(self.request.GET.get("on", ""))
        today = working_day(self.object.campaign, today=business_day())
        return asked or min(today, self.object.ends_on or today)

    def get_title(self) -> str:
        return f"登记在岗：{self.object}"

    def get_subtitle(self) -> str:
        measure = self.object.task_type.get_measure_display()
        return f"{self.object.task_type} · 工作量按“{measure}”计"

    def get_initial(self) -> dict[str, Any]:
        day = self.get_day()
        row = DeploymentDay.objects.filter(deployment=self.object, on=day).first()
        if row is None:
            sent = Assignment.objects.filter(deployment=self.object).on(day).count()
            return {"day": day, "expected": sent or None}
        names = ("expected", "present", "night", "hours", "output", "note")
        known = {name: getattr(row, name) for name in names}
        return {"day": day, "seen": row.recorded_at.isoformat(), **known}

    def perform(self, form: Any) -> Deployment:
        services.record_day(self.object, on=business_day(), **form.cleaned_data)
        row: Deployment = self.object
        return row
