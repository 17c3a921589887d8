"""Input about clocks: what is set up, what a notice says, why something is taken back."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from apps.communities.models import District
from apps.core.filters import PortalFilterSet, SearchFilter
from apps.core.forms import MomentInput, PortalForm, PortalModelForm
from apps.core.layouts import PairedMixin

from .enums import MilestoneClock
from .milestones import NO_SOURCE, why_not_started
from .models import Campaign, Milestone

CLAIM = ("reached_at", "source", "source_at", "source_number")


class MilestoneFilters(PortalFilterSet):
    q = SearchFilter(fields=["name", "area", "source"], label="节点、区域、来源")
    district = django_filters.ModelChoiceFilter(queryset=District.objects.all(), label="区县")
    clock = django_filters.ChoiceFilter(choices=MilestoneClock.choices, label="计时方式")
    claimed = django_filters.ChoiceFilter(
        choices=[("no", "未登记实现"), ("yes", "已登记实现")], method="by_claim", label="登记情况"
    )

    class Meta:
        model = Milestone
        fields: ClassVar[list[str]] = []

    def by_claim(self, rows: QuerySet[Milestone], _: str, value: str) -> QuerySet[Milestone]:
        return rows.filter(reached_at__isnull=value == "no")


class ClockForm(PairedMixin, PortalModelForm):
    """What is to be reached, where, and by when."""

    blocks = (
        ("节点", ("name", "clock", "district", "area")),
        ("计时", ("started_at", "started_source", "limit_hours", "alarm_hours")),
    )

    class Meta:
        model = Milestone
        fields: ClassVar = [
            "name",
            "clock",
            "district",
            "area",
            "started_at",
            "started_source",
            "limit_hours",
            "alarm_hours",
        ]

    def __init__(self, *args: Any, campaign: Campaign | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if campaign is not None:
            self.instance.campaign = campaign
        source = self.fields["started_source"]
        source.required = True
        source.error_messages["required"] = NO_SOURCE

    def clean_started_at(self) -> dt.datetime:
        at: dt.datetime = self.cleaned_data["started_at"]
        reason = why_not_started(at, self.instance.campaign.starts_on, now=timezone.now())
        if reason and "started_at" in self.changed_data:
            raise forms.ValidationError(reason)
        return at

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        limit, alarm = data.get("limit_hours"), data.get("alarm_hours")
        if limit == 0:
            self.add_error("limit_hours", "时限应大于 0 小时。")
        elif limit is not None and alarm is not None and alarm >= limit:
            self.add_error("alarm_hours", "提前提醒的小时数应小于时限。")
        if limit and limit % 24 and data.get("clock") == MilestoneClock.CLEAR_DAYS:
            self.add_error("limit_hours", "连续无新增按整天计，请填 24 的倍数。")
        return data


class ReachedForm(PairedMixin, PortalForm):
    """A milestone is reached by somebody's notice, which is named."""

    blocks = (("", CLAIM),)

    reached_at = forms.DateTimeField(label="实现时间", widget=MomentInput())
    source = forms.CharField(
        label="来源",
        max_length=80,
        help_text="如：据省电力公司通报",
        error_messages={"required": "请填写来源，如：据省电力公司通报。"},
    )
    source_at = forms.DateTimeField(label="通报时间", required=False, widget=MomentInput())
    source_number = forms.CharField(
        label="通报文号",
        max_length=60,
        required=False,
        help_text="时间和文号至少填一项，否则为证据不全，各类材料中不引用。",
    )


class ResetForm(PortalForm):
    """A notice of a new case; how many there were is not recorded here."""

    at = forms.DateTimeField(label="新增通报时间", widget=MomentInput())
    source = forms.CharField(label="来源", max_length=80, help_text="如：据卫健部门通报")
    source_number = forms.CharField(label="通报文号", max_length=60, required=False)


class WithdrawForm(PortalForm):
    reason = forms.CharField(
        label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2, "maxlength": 200})
    )
