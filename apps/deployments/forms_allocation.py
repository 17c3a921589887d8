"""Forms of sheets that send people."""

from __future__ import annotations

import datetime as dt
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
from apps.core.layouts import PairedMixin
from apps.office.forms import PhoneField
from apps.units.models import Member, Unit

from .models import AllocationLine, AllocationSheet, Need


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
