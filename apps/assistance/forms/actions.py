"""One act of help, for one beneficiary or for many at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from apps.core.dates import business_day
from apps.core.forms import AutocompleteSelect, DayInput, PortalForm, SubmissionMixin
from apps.core.layouts import Block, PairedMixin
from apps.units.models import Unit

from ..enums import Mode, ServiceType
from ..models import AssistanceCase, Beneficiary
from ..services import Act
from .common import FreeText, OfUnitMixin


class ActForm(OfUnitMixin, PairedMixin, SubmissionMixin, PortalForm):
    """The act itself; whom it was done for is added below or ticked before."""

    wants_user = True
    unit_permission = "assistance.record_action"
    blocks: Sequence[Block] = (("", ("unit", "on", "service_type", "mode", "note", "submission")),)

    unit = forms.ModelChoiceField(Unit.objects.filter(is_active=True), label="帮扶单位")
    on = forms.DateField(label="日期", widget=DayInput(), initial=business_day)
    service_type = forms.ChoiceField(
        label="服务类型", choices=[("", "请选择"), *ServiceType.choices]
    )
    mode = forms.ChoiceField(label="方式", choices=Mode.choices, initial=Mode.ONSITE)
    note = FreeText(
        label="内容",
        max_length=200,
        required=False,
        widget=forms.TextInput(),
        help_text="如送米面油各一份；不写姓名、电话、门牌和病情。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.settle_unit()

    @property
    def act(self) -> Act:
        data = self.cleaned_data
        return Act(
            unit=data["unit"],
            service_type=ServiceType(data["service_type"]),
            mode=Mode(data["mode"]),
            on=data["on"],
            note=data["note"],
        )


class ActionForm(ActForm):
    """One act for one beneficiary, on a case where it belongs to one."""

    field_order = ("beneficiary", "unit")
    blocks = (
        ("", ("beneficiary", "unit", "on", "service_type", "mode", "note", "case", "submission")),
    )

    beneficiary = forms.ModelChoiceField(
        Beneficiary.objects.select_related("community"),
        label="帮扶对象",
        widget=AutocompleteSelect("assistance:beneficiary_lookup"),
        help_text="按社区名称或编号查找。",
    )
    case = forms.ModelChoiceField(
        AssistanceCase.objects.all(),
        label="帮扶事项",
        required=False,
        widget=AutocompleteSelect("assistance:case_lookup"),
        help_text="属于某个事项的才填。",
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        case, who = data.get("case"), data.get("beneficiary")
        if case and who and case.beneficiary_id not in {who.pk, who.duplicate_of_id}:
            self.add_error("case", "该事项不是所选对象的。")
        return data


class ManyActionsForm(ActForm):
    """The same act for all that were ticked; their keys travel along."""

    pk = forms.ModelMultipleChoiceField(
        Beneficiary.objects.select_related("community"), widget=forms.MultipleHiddenInput
    )
    blocks = (("", ("unit", "on", "service_type", "mode", "note", "submission", "pk")),)
