from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from apps.core.dates import business_day
from apps.core.forms import DayInput, MomentInput, PortalForm, PortalModelForm, refuse_far_days
from apps.core.layouts import Block, PairedMixin

from .enums import NEXT_STATES, CampaignKind, CampaignMode, CampaignState, Hour
from .milestones import NO_SOURCE, why_not_started
from .models import Campaign, LadderStep
from .selectors import Timetable


class OpeningForm(PairedMixin, PortalForm):
    """A campaign opened from a template, which brings its hours, ladder and indicators."""

    blocks = (
        ("任务", ("template", "is_drill", "name", "code", "starts_on", "event_at", "event_source")),
        ("响应级别", ("level", "level_source")),
    )

    template = forms.ChoiceField(label="类型", choices=CampaignKind.choices)
    name = forms.CharField(label="名称", max_length=60, help_text="如：2021年防汛救灾")
    code = forms.SlugField(label="代码", max_length=40, help_text="用于网址，如：flood-2021")
    starts_on = forms.DateField(label="起始日期", widget=DayInput(), initial=business_day)
    is_drill = forms.BooleanField(
        label="应急演练", required=False, help_text="演练数据单列，不计入任何汇总。"
    )
    level = forms.CharField(label="响应级别", required=False, max_length=20)
    level_source = forms.CharField(label="级别依据", required=False, max_length=80)
    event_at = forms.DateTimeField(
        label="事件发生时间",
        required=False,
        widget=MomentInput(),
        help_text="重要节点自此起算；不填则暂不起算。",
    )

    event_source = forms.CharField(
        label="起算依据", required=False, max_length=80, help_text="如：据省防指通知"
    )

    def clean_code(self) -> str:
        return self._unused("code", "该代码已被使用，请换一个。")

    def clean_name(self) -> str:
        return self._unused("name", "该名称已被使用，请换一个。")

    def _unused(self, name: str, message: str) -> str:
        value: str = self.cleaned_data[name]
        if Campaign.objects.filter(**{name: value}).exists():
            raise forms.ValidationError(message)
        return value

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("level") and not (data.get("level_source") and data.get("event_at")):
            self.add_error("level_source", "登记响应级别的，请填写依据和时间。")
        refuse_far_days(self, long_ago=["starts_on"])
        self._check_event(data.get("event_at"), data.get("starts_on"))
        return data

    def _check_event(self, at: dt.datetime | None, starts_on: dt.date | None) -> None:
        if at is None or starts_on is None:
            return
        reason = why_not_started(at, starts_on, now=timezone.now())
        if reason:
            self.add_error("event_at", reason)
        if not self.cleaned_data.get("event_source"):
            self.add_error("event_source", NO_SOURCE)


class HoursForm(PairedMixin, PortalForm):
    """Every hour of the campaign's day in one form."""

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        times = Timetable(campaign)
        for hour in Hour:
            self.fields[hour.value] = forms.TimeField(
                label=hour.label,
                initial=times.at(hour),
                widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            )

    @property
    def blocks(self) -> Sequence[Block]:  # type: ignore[override]
        return (("", tuple(self.fields)),)

    def hours(self) -> dict[str, dt.time]:
        return dict(self.cleaned_data)


class LevelForm(PortalForm):
    """The level that headquarters announced; we record it, never declare it."""

    level = forms.CharField(
        label="响应级别", required=False, max_length=20, help_text="如：防汛Ⅰ级响应；解除的留空。"
    )
    source = forms.CharField(label="级别依据", required=False, max_length=80)
    at = forms.DateTimeField(label="级别时间", required=False, widget=MomentInput())


class ModeForm(PortalForm):
    to = forms.TypedChoiceField(
        label="平急状态",
        choices=CampaignMode.choices,
        coerce=CampaignMode,
        widget=forms.RadioSelect,
    )


class StateForm(PortalForm):
    """Only what the present state may become is offered."""

    to = forms.TypedChoiceField(label="改为", coerce=CampaignState, widget=forms.RadioSelect)

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        following = NEXT_STATES[CampaignState(campaign.state)]
        choice: Any = self.fields["to"]
        choice.choices = [(s.value, s.label) for s in CampaignState if s in following]


class LadderStepForm(PortalModelForm):
    class Meta:
        model = LadderStep
        fields: ClassVar = [
            "offset_minutes",
            "to_duty_desk",
            "to_unit_leader",
            "to_group",
            "to_office",
            "needs_confirmation",
        ]
