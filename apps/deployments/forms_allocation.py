"""Forms of needs and of sheets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms

from apps.campaigns.models import Campaign
from apps.core.dates import business_day
from apps.core.forms import (
    AutocompleteSelect,
    CountField,
    DayInput,
    PortalForm,
    PortalModelForm,
    SignOnBehalfForm,
    refuse_far_days,
)
from apps.core.layouts import Block, PairedMixin
from apps.office.forms import PhoneField
from apps.units.models import Member, Unit

from .allocating import MOST_HEADS, NO_HOURS, TOO_MANY, NeedSource, Urgency, are_hours
from .models import AllocationLine, AllocationSheet, Need


class NeedForm(PairedMixin, PortalModelForm):
    """What a community asks for: hands or goods. The city speaks for itself, the office says who
    told it."""

    wants_user = True
    blocks: Sequence[Block] = (
        ("社区和紧急程度", ("community", "urgency")),
        ("需要人员", ("task_type", "heads")),
        ("需要物资", ("goods", "quantity")),
        ("时间", ("starts_on", "ends_on", "shift")),
        ("来源", ("source", "told_by", "note")),
    )
    heads = CountField(
        label="需求（人）",
        required=False,
        max_value=MOST_HEADS,
        error_messages={"max_value": TOO_MANY},
        help_text="只要物资的不填。",
    )

    class Meta:
        model = Need
        fields: ClassVar = [
            "community",
            "urgency",
            "task_type",
            "heads",
            "goods",
            "quantity",
            "starts_on",
            "ends_on",
            "shift",
            "source",
            "told_by",
            "note",
        ]
        widgets: ClassVar = {"community": AutocompleteSelect("communities:community_lookup")}

    def __init__(self, *args: Any, campaign: Campaign | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if campaign is not None:
            self.instance.campaign = campaign
        self.fields["urgency"].required = False
        self.fields["shift"].help_text = "如：08:00–20:00"
        if not self.user.has_perm("deployments.edit_allocation"):
            self._speak_for_itself()

    def _speak_for_itself(self) -> None:
        """The city's own account: where the need comes from is known."""
        for name in ("source", "told_by"):
            del self.fields[name]
        self.blocks = (*self.blocks[:-1], ("", ("note",)))

    def clean_heads(self) -> int:
        return self.cleaned_data.get("heads") or 0

    def clean_shift(self) -> str:
        shift: str = self.cleaned_data["shift"]
        if not are_hours(shift):
            raise forms.ValidationError(NO_HOURS)
        return shift

    def clean_urgency(self) -> int:
        return self.cleaned_data.get("urgency") or Urgency.NORMAL

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        self._refuse_nothing(data)
        self._refuse_days(data)
        if data.get("source") in (NeedSource.PHONE, NeedSource.LIST) and not data.get("told_by"):
            self.add_error("told_by", "请填写电话或清单来自谁。")
        return data

    def _refuse_nothing(self, data: dict[str, Any]) -> None:
        heads, task = data.get("heads") or 0, data.get("task_type")
        goods = (data.get("goods") or "").strip()
        if "heads" in self.errors:
            return
        if not task and not heads and not goods:
            self.add_error("heads", "请填写需要的人数和任务类型，或填写所需物资。")
        elif heads and not task:
            self.add_error("task_type", "请选择任务类型。")
        elif task and not heads:
            self.add_error("heads", "请填写大于 0 的人数。")
        if goods and not (data.get("quantity") or "").strip():
            self.add_error("quantity", "请填写数量和单位，如：200 件。")

    def _refuse_days(self, data: dict[str, Any]) -> None:
        starts, ends = data.get("starts_on"), data.get("ends_on")
        campaign = self.instance.campaign
        if starts and starts < campaign.starts_on:
            self.add_error("starts_on", f"不得早于任务开始的{campaign.starts_on:%Y年%-m月%-d日}。")
        if starts and ends and ends < starts:
            self.add_error("ends_on", "截止日期不得早于需要日期，请核对。")
        refuse_far_days(self, "starts_on", "ends_on")


class ConfirmNeedForm(PortalForm):
    """社区确认 of a day."""

    on = forms.DateField(label="日期", widget=DayInput())
    heads = CountField(label="社区确认到岗（人）")
    source = forms.ChoiceField(label="来源", choices=NeedSource.choices)


class SettleNeedForm(PortalForm):
    """Whether a reason is asked for, the need itself decides."""

    reason = forms.CharField(
        label="说明",
        max_length=200,
        required=False,
        help_text="关闭的，或人数未足即办结的，必须说明，如：社区已自行解决。",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DraftForm(PortalForm):
    """For which days a dispatch is proposed."""

    on = forms.DateField(label="到岗日期", widget=DayInput())
    ends_on = forms.DateField(
        label="截止日期",
        required=False,
        widget=DayInput(),
        help_text="不填的，派出至另行通知。",
    )
    need = forms.ModelChoiceField(
        Need.objects.none(),
        label="只为这一项需求",
        required=False,
        widget=AutocompleteSelect("deployments:need_lookup"),
        help_text="不选的，为当日全部未落实的人员需求生成。",
    )

    def __init__(self, *args: Any, campaign: Campaign | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Need.objects.filter(campaign=campaign, heads__gt=0).open()
        self.fields["need"].queryset = rows.select_related("community", "task_type")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        on, ends, need = data.get("on"), data.get("ends_on"), data.get("need")
        if on and ends and ends < on:
            self.add_error("ends_on", "截止日期不得早于到岗日期。")
        if on and on < business_day():
            self.add_error("on", "不能为过去的日子调配，请选今天或以后。")
        refuse_far_days(self, "on", "ends_on")
        if on and need and not _covers(need, on):
            self.add_error("need", "该需求不含到岗日期当天，请核对日期。")
        return data


def _covers(need: Need, on: dt.date) -> bool:
    return need.starts_on <= on and (need.ends_on is None or need.ends_on >= on)


class HeadsForm(forms.Form):
    """One row of the table in which a draft is edited."""

    heads = CountField(label="人数")
    shift = forms.CharField(label="时段", max_length=40, required=False)
    meeting_place = forms.CharField(label="集合地点", max_length=60, required=False)

    def __init__(self, *args: Any, line: AllocationLine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line
        names = f"{line.unit}派往{line.community}"
        for field in self.fields.values():
            field.widget.attrs |= {
                "class": "form-control",
                "aria-label": f"{names}：{field.label}",
            }

    @property
    def changes(self) -> dict[str, Any]:
        return {
            name: self.cleaned_data[name]
            for name in ("heads", "shift", "meeting_place")
            if self.cleaned_data[name] != getattr(self.line, name)
        }


class SheetForm(PortalForm):
    """What is said of the sheet as a whole, and one line more where wanted."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(label="工作要求", max_length=200, required=False)
    unit = forms.ModelChoiceField(
        Unit.objects.filter(is_active=True),
        label="增加：派出单位",
        required=False,
        widget=AutocompleteSelect("units:unit_lookup"),
    )
    need = forms.ModelChoiceField(
        Need.objects.none(),
        label="对应需求",
        required=False,
        widget=AutocompleteSelect("deployments:need_lookup"),
    )
    heads = CountField(label="人数", required=False)

    def __init__(self, *args: Any, sheet: AllocationSheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Need.objects.filter(campaign=sheet.campaign_id, heads__gt=0).open()
        self.fields["need"].queryset = rows.select_related(  # type: ignore[attr-defined]
            "community__street", "task_type", "campaign"
        )
        self.fields["unit"].queryset = Unit.objects.filter(is_active=True).select_related(  # type: ignore[attr-defined]
            "office_community__street"
        )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if any(data.get(name) for name in ("unit", "need", "heads")):
            for name, word in (("unit", "派出单位"), ("need", "对应需求"), ("heads", "人数")):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, f"增加一条的，请填写{word}。")
        return data


class LineForm(PairedMixin, PortalModelForm):
    """All of one line of a draft."""

    blocks = (
        ("人员", ("heads", "nature", "leader", "leader_phone")),
        ("到岗", ("shift", "rotation_days", "meeting_place", "contact")),
        ("保障", ("protection", "version")),
    )

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = AllocationLine
        fields: ClassVar = [
            "heads",
            "nature",
            "leader",
            "leader_phone",
            "shift",
            "rotation_days",
            "meeting_place",
            "contact",
            "protection",
        ]
        field_classes: ClassVar = {"heads": CountField, "leader_phone": PhoneField}
        widgets: ClassVar = {"leader": AutocompleteSelect("units:member_lookup")}

    @property
    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.changed_data if name != "version"}


class AcknowledgeForm(PortalForm):
    """接单: who leads, and whom to ring."""

    leader = forms.ModelChoiceField(
        Member.objects.all(), label="带队人", widget=AutocompleteSelect("units:member_lookup")
    )
    phone = PhoneField(
        label="联系电话", max_length=30, help_text="单位值班或办公电话，列入派出清单。"
    )


class ReasonForm(PortalForm):
    reason = forms.CharField(label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class SignForForm(SignOnBehalfForm):
    permission = "deployments.sign_allocation"
