"""Campaigns: the list, the record with its rules, and the forms that change them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from apps.core.dates import business_day
from apps.core.html import Tag, Tone
from apps.core.links import reachable
from apps.core.panels import PanelledDetailView
from apps.core.tables import Column, Row, Table
from apps.core.views import Action, ScopedFormView, ScopedListView, ScopedUpdateView, Tab
from apps.core.views.rowforms import RowFormView, StoredFormView

from . import services
from .current import badge, tone
from .enums import NEXT_STATES, CampaignState, Hour
from .filters import CampaignFilters
from .forms import (
    HoursForm,
    LadderStepForm,
    LevelForm,
    ModeForm,
    OpeningForm,
    StateForm,
)
from .milestones_services import MANAGE, RECORD
from .milestones_views import COLUMNS as MILESTONE_COLUMNS
from .models import Campaign, LadderStep, Milestone, UnitActivation
from .selectors import Timetable

VIEW = "campaigns.view_campaign"
BADGE_TONES: dict[str, Tone] = {"urgent": "red", "drill": "blue", "normal": "grey"}


def badge_tag(campaign: Campaign) -> Tag:
    return Tag(badge(campaign), BADGE_TONES[tone(campaign)])


class CampaignListView(ScopedListView):
    permission = VIEW
    model = Campaign
    title = "应急任务"
    filterset_class = CampaignFilters
    as_objects = True
    columns = (
        Column("name", link="campaigns:campaign_detail", link_by="code", phone="title"),
        Column("badge", label="状态", value=badge_tag),
        Column("kind"),
        Column("level", blank="未登记"),
        Column("starts_on", kind="day", sort=True),
        Column("ends_on", kind="day", blank="未结束"),
        Column("counterpart", phone="hide"),
    )
    measure = "项"

    def get_actions(self) -> Sequence[Action]:
        url = reverse("campaigns:campaign_open")
        return [Action("启动任务", url, icon="plus", primary=True, permission=MANAGE)]


def receivers(row: Row) -> str:
    names = (
        (row.to_duty_desk, "单位值班室、联络员"),
        (row.to_unit_leader, "机关党委专职副书记"),
        (row.to_group, "联络服务小组"),
        (row.to_office, "工委办公室"),
    )
    return "、".join(name for is_told, name in names if is_told)


def offset(row: LadderStep) -> str:
    if not row.offset_minutes:
        return "截报时"
    when = "前" if row.offset_minutes < 0 else "后"
    return f"截报{when}{abs(row.offset_minutes)}分钟"


class CampaignDetailView(PanelledDetailView):
    permission = VIEW
    model = Campaign
    slug_field = slug_url_kwarg = "code"
    facts = (
        Column("code"),
        Column("kind"),
        Column("state", label="状态"),
        Column("mode"),
        Column("level", blank="未登记"),
        Column("level_source", blank="未登记"),
        Column("level_at", kind="moment", blank="未登记"),
        Column("starts_on", kind="day"),
        Column("ends_on", kind="day", blank="未结束"),
        Column("counterpart"),
    )
    tabs = (
        Tab("hours", "时间安排"),
        Tab("ladder", "催报安排"),
        Tab("milestones", "重要节点"),
        Tab("units", "参与单位"),
    )

    def get_subtitle(self) -> str:
        return "应急演练" if self.object.is_drill else self.object.get_kind_display()

    def get_state(self) -> Tag | None:
        return badge_tag(self.object)

    def get_breadcrumbs(self) -> Sequence[tuple[str, str]]:
        return [("应急任务", reverse("campaigns:campaign_list"))]

    def get_actions(self) -> Sequence[Action]:
        code = self.object.code
        named = [
            ("时间安排", "campaign_hours", "clock-edit"),
            ("响应级别", "campaign_level", "alert-triangle"),
            ("平急转换", "campaign_mode", "arrows-exchange"),
        ]
        if NEXT_STATES[CampaignState(self.object.state)]:
            named.append(("改变状态", "campaign_state", "flag"))
        return [
            Action(label, reverse(f"campaigns:{name}", args=[code]), icon=icon, permission=MANAGE)
            for label, name, icon in named
        ]

    def tab_hours(self) -> dict[str, Any]:
        times = Timetable(self.object)
        rows = sorted(({"hour": hour.label, "at": times.at(hour)} for hour in Hour), key=_at)
        columns = (
            Column("at", label="时间", value=lambda row: f"{row['at']:%H:%M}"),
            Column("hour", label="环节", phone="title"),
        )
        return {"table": Table(columns, rows, caption="时间安排")}

    def tab_ladder(self) -> dict[str, Any]:
        may = self.request.user.has_perm(MANAGE)
        columns = (
            Column("rung", phone="title"),
            Column("when", label="时间", value=offset),
            Column("receivers", label="发给", value=receivers),
            Column("needs_confirmation", label="人工确认", kind="bool"),
        )
        rows = LadderStep.objects.filter(campaign=self.object).order_by("offset_minutes")
        table = Table.of(
            LadderStep,
            columns,
            rows,
            row_template="campaigns/_ladder_actions.html" if may else "",
            empty="尚未登记催报安排，到点不发提醒。",
        )
        return {"table": table}

    def tab_milestones(self) -> dict[str, Any]:
        rows = Milestone.objects.filter(campaign=self.object).with_resets()
        table = Table.of(
            Milestone,
            reachable(MILESTONE_COLUMNS, self.request.user),
            rows.select_related("campaign", "district"),
            row_template="campaigns/_milestone_actions.html",
            empty="没有登记重要节点。",
        )
        return {"table": table, "may_record": self.request.user.has_perm(RECORD)}

    def tab_units(self) -> dict[str, Any]:
        rows = UnitActivation.objects.filter(campaign=self.object).visible_to(self.request.user)
        columns = (
            Column("unit__short_name", label="单位", link="units:unit_detail", link_by="unit_id"),
            Column("unit__category", label="类别"),
            Column("starts_on", kind="day"),
            Column("ends_on", kind="day", blank="未退出"),
        )
        found = rows.select_related("unit").order_by("unit__sort_order")
        return {"table": Table.of(UnitActivation, columns, found, empty="没有您可查看的参与单位。")}


def _at(row: dict[str, Any]) -> Any:
    return row["at"]


class CampaignOpenView(ScopedFormView):
    """A new campaign from a template: every unit in the list takes part from its first day."""

    permission = MANAGE
    form_class = OpeningForm
    makes = Campaign
    title = "启动任务"
    subtitle = "按模板生成时间安排、催报安排、指标和参与单位"
    submit_label = "启动"
    done = "任务已启动，各单位自起始日期起报送。"

    def perform(self, form: Any) -> Campaign:
        return services.open_campaign(**form.cleaned_data)

    def get_success_url(self) -> str:
        return self.object.get_absolute_url()

    def get_cancel_url(self) -> str:
        return reverse("campaigns:campaign_list")


class CampaignFormView(RowFormView, abstract=True):
    permission = MANAGE
    model = Campaign
    slug_field = slug_url_kwarg = "code"

    def get_title(self) -> str:
        return f"{self.title}：{self.object}"


class CampaignHoursView(CampaignFormView, StoredFormView):
    form_class = HoursForm
    stored = tuple(Hour)
    permission = MANAGE
    title = "时间安排"
    subtitle = "改动自保存时起生效"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "campaign": self.object}

    def perform(self, form: Any) -> Campaign:
        services.change_hours(self.object, hours=form.hours())
        campaign: Campaign = self.object
        return campaign


class CampaignLevelView(CampaignFormView, StoredFormView):
    form_class = LevelForm
    stored = ("level", "source", "at")
    permission = MANAGE
    title = "响应级别"
    subtitle = "本平台只登记，不宣布响应级别"

    def get_initial(self) -> dict[str, Any]:
        row: Campaign = self.object
        return {"level": row.level, "source": row.level_source, "at": row.level_at}

    def perform(self, form: Any) -> Campaign:
        return services.record_level(self.object, **form.cleaned_data)


class CampaignModeView(CampaignFormView, StoredFormView):
    form_class = ModeForm
    stored = ("to",)
    permission = MANAGE
    title = "平急转换"
    submit_label = "转换"

    def get_initial(self) -> dict[str, Any]:
        return {"to": self.object.mode}

    def perform(self, form: Any) -> Campaign:
        return services.change_mode(self.object, to=form.cleaned_data["to"])


class CampaignStateView(CampaignFormView):
    form_class = StateForm
    permission = MANAGE
    title = "改变状态"
    submit_label = "确定"

    def get_subtitle(self) -> str:
        return f"现为“{self.object.get_state_display()}”；结束后各单位不再报送"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "campaign": self.object}

    def perform(self, form: Any) -> Campaign:
        return services.change_state(self.object, to=form.cleaned_data["to"], on=business_day())


class RuleUpdateView(ScopedUpdateView, abstract=True):
    """A row of a campaign's rules; its record is the campaign's."""

    tab: str

    def get_success_url(self) -> str:
        return f"{self.object.campaign.get_absolute_url()}?tab={self.tab}"

    def get_cancel_url(self) -> str:
        return self.get_success_url()


class LadderStepUpdateView(RuleUpdateView):
    permission = MANAGE
    model = LadderStep
    queryset = LadderStep.objects.select_related("campaign")
    form_class = LadderStepForm
    tab = "ladder"

    def get_title(self) -> str:
        return f"催报安排：{self.object.get_rung_display()}"
