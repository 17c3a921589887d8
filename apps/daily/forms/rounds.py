"""Forms of the round's page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import formset_factory

from apps.accounts.models import User
from apps.core.forms import CountField, MomentInput, PortalForm, QuantityField, SignOnBehalfForm
from apps.figures.models import Indicator
from apps.units.enums import OFFICE_ROLES, Role
from apps.units.models import Posting

from ..enums import ActState, Fulfilment, TalkMethod
from ..models import RoundAct

RECEIVERS = (
    "省委办公厅值班室",
    "省委组织部",
    "省防指办公室",
    "省疫情防控指挥部办公室",
    "省委宣传部",
)
LONG_TEXT = 2000


def people(*roles: Role) -> Any:
    """Accounts posted to one of the office's roles."""
    posted = Posting.objects.filter(role__in=roles, user__is_active=True)
    return User.objects.filter(pk__in=posted.values("user")).order_by("name")


class UnlockForm(PortalForm):
    consented_by = forms.ModelChoiceField(User.objects.none(), label="同意解锁的领导")
    reason = forms.CharField(
        label="解锁原因", max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consented_by"].queryset = people(Role.LEADER)  # type: ignore[attr-defined]


class JudgmentForm(PortalForm):
    opinion = forms.CharField(
        label="研判意见", max_length=LONG_TEXT, widget=forms.Textarea(attrs={"rows": 8})
    )


class DispatchForm(PortalForm):
    content = forms.CharField(
        label="调度内容",
        max_length=LONG_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="一行一事；前三行写入次日早报的“今日安排”。",
    )


class SignForForm(SignOnBehalfForm):
    permission = "daily.sign_round"


class TalkForm(PortalForm):
    at = forms.DateTimeField(label="对接时间")
    method = forms.ChoiceField(label="方式", choices=TalkMethod.choices)
    counterpart = forms.CharField(label="对方联系人", max_length=40, required=False)


class TalkItemForm(PortalForm):
    """One thing asked for; an empty row is left out."""

    content = forms.CharField(label="市直工委提出", max_length=200, required=False)
    heads = CountField(label="人数", required=False)
    due_at = forms.DateTimeField(label="时限", required=False, widget=MomentInput)
    reply = forms.CharField(label="我方答复", max_length=200, required=False)
    fulfilment = forms.ChoiceField(
        label="落实", choices=Fulfilment.choices, initial=Fulfilment.OPEN, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            kind = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
            field.widget.attrs["class"] = f"{field.widget.attrs.get('class', '')} {kind}".strip()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("heads") or data.get("reply")) and not data.get("content"):
            self.add_error("content", "请填写市直工委提出的事项。")
        return data


TalkItemFormSet = formset_factory(TalkItemForm, extra=3, max_num=20)


class ActForm(PortalForm):
    """Who answers for an act, and whether it is excused."""

    owner = forms.ModelChoiceField(User.objects.none(), label="责任人", required=False)
    waive = forms.BooleanField(label="今日免办", required=False)
    reason = forms.CharField(label="免办原因", max_length=200, required=False)

    def __init__(self, *args: Any, act: RoundAct, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people(*(Role(role) for role in OFFICE_ROLES))  # type: ignore[attr-defined]
        if act.state != ActState.PENDING:
            del self.fields["waive"], self.fields["reason"]


class ReturnForm(PortalForm):
    """A number told upward."""

    receiver = forms.CharField(
        label="报送对象", max_length=40, widget=forms.TextInput(attrs={"list": "receivers"})
    )
    indicator = forms.ModelChoiceField(Indicator.objects.none(), label="指标")
    value = QuantityField(label="数值")
    at = forms.DateTimeField(label="报送时间")
    explanation = forms.CharField(
        label="不一致说明",
        max_length=200,
        required=False,
        help_text="数值与核定数、或与已报其他单位的数不一致时必填。",
    )


class CorrectionForm(PortalForm):
    new = QuantityField(label="更正为", required=False, help_text="留空表示改为未报。")
    reason = forms.CharField(
        label="更正原因", max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )
