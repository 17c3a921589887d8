"""Forms of needs: what is asked for, what the community says, how one is settled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms

from apps.campaigns.models import Campaign
from apps.core.forms import (
    AgainMixin,
    AutocompleteSelect,
    CountField,
    DayInput,
    PortalForm,
    PortalModelForm,
    refuse_far_days,
)
from apps.core.layouts import Block, PairedMixin

from .allocating import MOST_HEADS, NO_HOURS, TOO_MANY, NeedSource, Urgency, are_hours
from .models import Need


class NeedForm(AgainMixin, PairedMixin, PortalModelForm):
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
        if self.instance.pk is None and not self.errors:
            self.ask_again(self._same(data))
        return data

    def _same(self, data: dict[str, Any]) -> Need | None:
        """The same asked for before and still open."""
        names = ("community", "task_type", "heads", "goods", "quantity", "starts_on", "ends_on")
        rows = Need.objects.filter(campaign=self.instance.campaign).open()
        return rows.filter(**{name: data.get(name) for name in names}).first()

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
