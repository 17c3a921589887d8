from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.dateparse import parse_datetime

from apps.campaigns.models import Campaign
from apps.core.dates import business_day
from apps.core.forms import (
    AgainMixin,
    AutocompleteSelect,
    CountField,
    DayInput,
    PortalForm,
    PortalModelForm,
    QuantityField,
    refuse_far_days,
)
from apps.core.layouts import Block, PairedMixin
from apps.units.models import Membership, Unit

from .enums import DeploymentState
from .models import Deployment, Team
from .services.allocation.checking import why_sealed_off
from .services.crossing import why_not_there

MAY_WRITE = "deployments.change_deployment_records"


class OfCampaignForm(PortalModelForm):
    """A row of one campaign and one unit the user may write for.

    The campaign is that of the row, for a new one the campaign in hand.
    """

    wants_user = True

    def __init__(self, *args: Any, campaign: Campaign | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if campaign is not None:
            self.instance.campaign = campaign

    def clean_unit(self) -> Unit:
        unit: Unit = self.cleaned_data["unit"]
        if not self.user.has_perm(MAY_WRITE, unit):
            raise forms.ValidationError("您不能为该单位登记，请重新选择。")
        return unit

    def refuse_before_start(self, name: str, day: dt.date | None) -> None:
        campaign = self.instance.campaign
        if day is not None and day < campaign.starts_on:
            self.add_error(name, f"不得早于任务开始的{campaign.starts_on:%Y年%-m月%-d日}。")

    def refuse_stranger(self, name: str, day: dt.date | None) -> None:
        """The person named in `name` belongs to the unit on `day`."""
        member, unit = self.cleaned_data.get(name), self.cleaned_data.get("unit")
        if member is None or unit is None or day is None:
            return
        if not Membership.objects.filter(member=member, unit=unit).on(day).exists():
            self.add_error(name, f"{member}不属于{unit}，请重新选择。")

    def _get_validation_exclusions(self) -> set[str]:
        # The campaign is not a field of the form, yet what must be unique is unique within it.
        return super()._get_validation_exclusions() - {"campaign"}  # type: ignore[misc]


class TeamForm(PairedMixin, OfCampaignForm):
    blocks = (
        ("", ("unit", "name", "captain", "formed_on")),
        ("组织", ("oath_on", "temporary_branch")),
    )

    class Meta:
        model = Team
        fields: ClassVar = ["unit", "name", "captain", "formed_on", "oath_on", "temporary_branch"]
        widgets: ClassVar = {
            "unit": AutocompleteSelect("units:unit_lookup"),
            "captain": AutocompleteSelect("units:member_lookup"),
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        formed, oath = data.get("formed_on"), data.get("oath_on")
        self.refuse_before_start("formed_on", formed)
        self.refuse_stranger("captain", formed)
        if formed and oath and oath < formed:
            self.add_error("oath_on", "重温入党誓词日期不得早于组建日期。")
        refuse_far_days(self, "formed_on", "oath_on")
        return data


class DeploymentForm(AgainMixin, PairedMixin, OfCampaignForm):
    blocks: Sequence[Block] = (
        ("派出单位和地点", ("unit", "team", "community", "need")),
        ("任务", ("task_type", "leader", "nature", "is_local")),
        ("时间", ("starts_on", "ends_on", "shift", "rotation_days", "has_night_shift")),
    )

    class Meta:
        model = Deployment
        fields: ClassVar = [
            "unit",
            "team",
            "community",
            "task_type",
            "need",
            "leader",
            "nature",
            "starts_on",
            "ends_on",
            "shift",
            "has_night_shift",
            "rotation_days",
            "is_local",
        ]
        widgets: ClassVar = {
            "unit": AutocompleteSelect("units:unit_lookup"),
            "team": AutocompleteSelect("deployments:team_lookup"),
            "community": AutocompleteSelect("communities:community_lookup"),
            "need": AutocompleteSelect("deployments:need_lookup"),
            "leader": AutocompleteSelect("units:member_lookup"),
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        self.instance.is_drill = self.instance.campaign.is_drill
        self.refuse_before_start("starts_on", data.get("starts_on"))
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", "截止日期不得早于起始日期，请核对。")
        refuse_far_days(self, "starts_on", "ends_on")
        self.refuse_stranger("leader", starts)
        self._refuse_foreign_team(data)
        self._refuse_foreign_need(data)
        self._refuse_sealed_off(data)
        if not self.errors:
            self.ask_again(self._same(data))
        return data

    def _same(self, data: dict[str, Any]) -> Deployment | None:
        """The same sent before and not over."""
        names = ("unit", "team", "community", "task_type", "starts_on", "shift")
        rows = Deployment.objects.filter(
            campaign=self.instance.campaign,
            state__in=[DeploymentState.PLANNED, DeploymentState.ACTIVE],
        )
        return rows.filter(**{name: data.get(name) for name in names}).first()

    def _refuse_sealed_off(self, data: dict[str, Any]) -> None:
        """Into a sealed community only a unit sends that has people inside."""
        unit, community, starts_on = (data.get(name) for name in ("unit", "community", "starts_on"))
        if unit is None or community is None or starts_on is None:
            return
        reason = why_sealed_off(
            unit,
            community,
            starts_on=starts_on,
            ends_on=data.get("ends_on"),
            is_drill=self.instance.campaign.is_drill,
            today=business_day(),
        )
        if reason:
            self.add_error("community", reason)

    def _refuse_foreign_team(self, data: dict[str, Any]) -> None:
        team, unit = data.get("team"), data.get("unit")
        if team is None or unit is None:
            return
        if team.unit_id != unit.pk or team.campaign_id != self.instance.campaign_id:
            self.add_error("team", "该突击队不属于所选单位或不在本任务中。")

    def _refuse_foreign_need(self, data: dict[str, Any]) -> None:
        need, community = data.get("need"), data.get("community")
        if need is None or community is None:
            return
        if need.community_id != community.pk or need.campaign_id != self.instance.campaign_id:
            self.add_error("need", "该需求不是所选社区在本任务中提出的。")


class DeploymentUpdateForm(DeploymentForm):
    """A deployment stays with its unit and its first day: people are already counted there."""

    blocks = (
        ("地点", ("team", "community", "need")),
        ("任务", ("task_type", "leader", "nature", "is_local")),
        ("时间", ("shift", "rotation_days", "has_night_shift")),
    )

    class Meta(DeploymentForm.Meta):
        fields: ClassVar = [
            name
            for name in DeploymentForm.Meta.fields
            if name not in {"unit", "starts_on", "ends_on"}
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        whole = {**data, "unit": self.instance.unit}
        self._refuse_foreign_team(whole)
        self._refuse_foreign_need(whole)
        leader = data.get("leader")
        day = self.instance.starts_on
        if (
            leader
            and not Membership.objects.filter(member=leader, unit=self.instance.unit_id)
            .on(max(day, min(business_day(), self.instance.ends_on or business_day())))
            .exists()
        ):
            self.add_error("leader", f"{leader}不属于{self.instance.unit}，请重新选择。")
        self._refuse_moving_across(data)
        return data

    def _refuse_moving_across(self, data: dict[str, Any]) -> None:
        """The people move with the deployment: no closed boundary may lie between."""
        community, row = data.get("community"), self.instance
        if community is None or "community" not in self.changed_data:
            return
        reason = why_not_there(row, community.pk, today=business_day())
        if reason:
            self.add_error("community", reason)
            return
        days = {"starts_on": row.starts_on, "ends_on": row.ends_on}
        self._refuse_sealed_off({"unit": row.unit, "community": community, **days})


class LastDayForm(PortalForm):
    """The last day of a stay or of a deployment."""

    last_day = forms.DateField(label="最后一天", widget=DayInput(), initial=business_day)

    def clean(self) -> dict[str, Any]:
        refuse_far_days(self, "last_day")
        return self.cleaned_data


class HoursField(QuantityField):
    """Hours of one day, to the half: 7.5."""

    def __init__(self, **kwargs: Any) -> None:
        too_long = "一天不超过 24 小时。"
        messages = {
            "max_value": too_long,
            "max_digits": too_long,
            "max_whole_digits": too_long,
            "max_decimal_places": "最多一位小数，例如 7.5。",
        }
        super().__init__(
            max_value=24, max_digits=4, decimal_places=1, error_messages=messages, **kwargs
        )


class DayForm(PairedMixin, PortalForm):
    """One day of a deployment. `seen` is when the entry shown was saved, so none is overwritten."""

    blocks = (("", ("day", "expected", "present", "night", "hours", "output", "note", "seen")),)

    day = forms.DateField(label="日期", widget=DayInput())
    expected = CountField(label="应到（人）")
    present = CountField(label="实到（人）")
    night = CountField(label="其中夜班（人）", help_text="没有夜班的填 0。")
    hours = HoursField(
        label="服务时长（小时）", required=False, help_text="每人当日在岗的小时数，与社区确认核对。"
    )
    output = QuantityField(label="工作量", required=False, help_text="没有统计的不填，不以零计。")
    note = forms.CharField(label="备注", required=False, max_length=200)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_seen(self) -> dt.datetime | None:
        return parse_datetime(self.cleaned_data["seen"]) if self.cleaned_data["seen"] else None
