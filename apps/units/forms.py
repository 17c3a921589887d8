from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from crispy_forms.bootstrap import InlineCheckboxes
from django import forms

from apps.core.dates import business_day
from apps.core.forms import AutocompleteSelect, DayInput, PortalForm, PortalModelForm
from apps.core.layouts import PairedMixin
from apps.office.forms import PhoneField

from .enums import FunctionLine
from .models import LiaisonGroup, Member, PartyBranch, Posting, Unit


class UnitForm(PairedMixin, PortalModelForm):
    """What the office keeps up to date about a unit; its group changes by a dated form."""

    blocks = (
        ("值班与驻地", ("duty_phone", "duty_email", "office_community", "is_leader_contact")),
        ("职能线", (InlineCheckboxes("function_lines"),)),
    )

    function_lines = forms.MultipleChoiceField(
        label="可承担的职能",
        choices=FunctionLine.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Unit
        fields: ClassVar = [
            "duty_phone",
            "duty_email",
            "office_community",
            "function_lines",
            "is_leader_contact",
        ]
        widgets: ClassVar = {
            "office_community": AutocompleteSelect("communities:community_lookup"),
        }
        field_classes: ClassVar = {"duty_phone": PhoneField}


class SinceField(forms.DateField):
    """The first day of a new belonging; the former one ends the day before."""

    def __init__(self, **kwargs: Any) -> None:
        given = {
            "label": "自某日起",
            "widget": DayInput(),
            "initial": business_day,
            "help_text": "自这一天起生效，此前各日的归属和数据不变。",
        }
        super().__init__(**{**given, **kwargs})


def tomorrow() -> dt.date:
    return business_day() + dt.timedelta(days=1)


class GroupChangeForm(PortalForm):
    group = forms.ModelChoiceField(LiaisonGroup.objects.all(), label="改由哪个组联络")
    since = SinceField(
        initial=tomorrow,
        help_text="自这一天起生效，此前各日的归属和数据不变；今天的日报已生成的，最早自明天起。",
    )


class TransferForm(PortalForm):
    unit = forms.ModelChoiceField(
        Unit.objects.all(), label="转入单位", widget=AutocompleteSelect("units:unit_lookup")
    )
    branch = forms.ModelChoiceField(
        PartyBranch.objects.all(),
        label="党支部",
        required=False,
        widget=AutocompleteSelect("units:branch_lookup"),
        help_text="可不填。",
    )
    since = SinceField()


class MemberForm(PortalModelForm):
    """Home and exemption; the phone is replaced, never shown."""

    class Meta:
        model = Member
        fields: ClassVar = ["kind", "home_community", "home_estate", "is_exempt"]
        widgets: ClassVar = {
            "home_community": AutocompleteSelect("communities:community_lookup"),
            "home_estate": AutocompleteSelect("communities:estate_lookup"),
        }

    new_phone = PhoneField(
        label="更换手机",
        required=False,
        help_text="不填则保持原号码。号码加密保存，列表中只显示后四位。",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        estate, community = data.get("home_estate"), data.get("home_community")
        if estate is not None and estate.community_id != getattr(community, "pk", None):
            self.add_error("home_estate", "该小区不在所填的居住社区，请核对。")
        return data

    def save(self, commit: bool = True) -> Member:
        if self.cleaned_data.get("new_phone"):
            self.instance.phone = self.cleaned_data["new_phone"]
        saved: Member = super().save(commit)
        return saved


class GroupLeaderForm(PortalModelForm):
    """The leader is one of the people posted to the group today."""

    class Meta:
        model = LiaisonGroup
        fields: ClassVar = ["leader"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posted = Posting.objects.filter(group=self.instance).on(business_day())
        leader: Any = self.fields["leader"]
        leader.queryset = leader.queryset.filter(pk__in=posted.values("user"))
        leader.help_text = "只能从今天在任的组员中选。"
