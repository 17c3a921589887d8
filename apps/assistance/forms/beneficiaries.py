"""Registering whoever is helped. What identifies them is sealed and never shown again here."""

from __future__ import annotations

from typing import Any, ClassVar

from crispy_forms.layout import Column, Field, Row
from django import forms

from apps.core.forms import AutocompleteSelect, PortalForm, PortalModelForm, SubmissionMixin
from apps.core.layouts import Block, PairedMixin
from apps.office.forms import PhoneField

from ..enums import KINDS, BeneficiaryKind, Circumstance
from ..models import Beneficiary
from ..personal import SEALED, plain_name, plain_phone
from ..selectors.caseload import same_person
from .common import OfUnitMixin

SEALED_BLOCK: Block = ("个人信息（加密保存，各页不显示）", tuple(SEALED))
NEW = "new"


class SealedFields(forms.Form):
    name = forms.CharField(label="姓名或名称", max_length=40, strip=True)
    phone = PhoneField(
        label="电话",
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    address = forms.CharField(
        label="住址",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    remark = forms.CharField(
        label="具体情况",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class OfBeneficiaryForm(PairedMixin, PortalModelForm):
    """Kind and circumstance go together: only 其他群众 leaves a choice of kind."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.required = False
        kind.widget.choices = [("", "按情形确定"), *BeneficiaryKind.choices]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "circumstance" in data and "kind" not in self.errors:
            circumstance = Circumstance(data["circumstance"])
            data["kind"] = self._fitting(circumstance, data.get("kind") or "")
        return data

    def _fitting(self, circumstance: Circumstance, chosen: str) -> str:
        fitting = [kind for kind in BeneficiaryKind if kind in KINDS[circumstance]]
        words = "或".join(f"“{kind.label}”" for kind in fitting)
        if not chosen and len(fitting) > 1:
            self.add_error("kind", f"请选择{words}。")
        elif chosen and chosen not in fitting:
            self.add_error("kind", f"“{circumstance.label}”的对象类型应为{words}。")
        return chosen or fitting[0]

    def seal(self) -> None:
        """Put what was typed on the row, sealed; what was left empty stays as it was."""
        plain = {"name": plain_name, "phone": plain_phone}
        for name in SEALED:
            typed = plain.get(name, str)(self.cleaned_data.get(name) or "")
            if typed:
                setattr(self.instance, name, typed)


class BeneficiaryForm(OfUnitMixin, SubmissionMixin, SealedFields, OfBeneficiaryForm):
    """A new beneficiary; when the name or phone is known already, it asks which of the two it is."""

    wants_user = True
    unit_permission = "assistance.register_beneficiary"

    class Meta:
        model = Beneficiary
        fields: ClassVar = ["unit", "community", "circumstance", "kind", "people"]
        widgets: ClassVar = {"community": AutocompleteSelect("communities:community_lookup")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.settle_unit()
        self.likely: list[Beneficiary] = []

    @property
    def blocks(self) -> list[Block]:  # type: ignore[override]
        found: list[Block] = [
            ("", ("unit", "community", "circumstance", "kind", "people")),
            SEALED_BLOCK,
        ]
        if "verdict" in self.fields:
            found.insert(0, ("疑似重复", (Field("verdict"),)))
        return [*found, ("", ("submission",))]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors:
            self._ask_about_duplicates(data)
        return data

    def _ask_about_duplicates(self, data: dict[str, Any]) -> None:
        """Only those the user may see are named; the others wait for the caseworkers."""
        found = same_person(
            name=data["name"], phone=data.get("phone") or "", community=data["community"].pk
        )
        self.likely = list(found.visible_to(self.user).exclude(ref=data["submission"])[:10])  # type: ignore[attr-defined]
        if not self.likely:
            return
        choices = [
            *(
                (str(row.pk), f"与 {row.number}（{row.label}，{row.unit}登记）是同一对象")
                for row in self.likely
            ),
            (NEW, "都不是，照常登记"),
        ]
        self.fields["verdict"] = forms.ChoiceField(
            label="是不是同一对象",
            choices=choices,
            widget=forms.RadioSelect,
            help_text="同一对象只登记一次即可；仍要登记的，标为重复，不另计户。",
        )
        said = self.data.get("verdict", "")
        if said not in dict(choices):
            self.add_error(
                "verdict", f"疑似重复：已有 {len(self.likely)} 个登记的姓名或电话与此相同，请选择。"
            )
        data["verdict"] = said

    @property
    def duplicate_of(self) -> Beneficiary | None:
        said = self.cleaned_data.get("verdict", NEW)
        return next((row for row in self.likely if str(row.pk) == said), None)

    def filled(self) -> Beneficiary:
        """The new row, sealed under its `ref`."""
        row: Beneficiary = self.instance
        row.ref = self.cleaned_data["submission"]
        self.seal()
        return row


class BeneficiaryChangeForm(SealedFields, OfBeneficiaryForm):
    """The unit that registered stays; sealed fields are replaced, emptied or left alone, never shown.

    What is left empty stays as it was; to empty it takes a tick of its own.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Beneficiary
        fields: ClassVar = ["community", "circumstance", "kind", "people"]
        widgets: ClassVar = {"community": AutocompleteSelect("communities:community_lookup")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in SEALED.items():
            self.fields[name].required = False
            if getattr(self.instance, f"{name}_sealed"):
                self.fields[name].help_text = "不填则保持原内容。"
                self.fields[f"clear_{name}"] = forms.BooleanField(
                    label=f"清除已登记的{label}", required=False
                )
            else:
                self.fields[name].help_text = "未登记。"

    @property
    def blocks(self) -> list[Block]:  # type: ignore[override]
        heading, names = SEALED_BLOCK
        pairs = [[one for one in (name, f"clear_{name}") if one in self.fields] for name in names]
        sealed = Row(*(Column(*pair, css_class="col-md-6 sealed-pair") for pair in pairs))
        plain = ("community", "circumstance", "kind", "people", "version")
        return [("", plain), (heading, (sealed,))]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for name in SEALED:
            if data.get(f"clear_{name}") and data.get(name):
                self.add_error(name, "已勾选清除的不能同时填写，请二选一。")
        return data

    def seal(self) -> None:
        super().seal()
        for name in SEALED:
            if self.cleaned_data.get(f"clear_{name}"):
                setattr(self.instance, name, "")


class DuplicateForm(PortalForm):
    of = forms.ModelChoiceField(
        Beneficiary.objects.all(),
        label="与哪个对象是同一对象",
        widget=AutocompleteSelect("assistance:beneficiary_lookup"),
        help_text="按社区名称或编号查找。此后本登记不另计户，帮扶记录并入对方。",
    )


class FindForm(PortalForm):
    """Looks a person up by what is sealed: whole and exact, or not at all."""

    name = forms.CharField(label="姓名或名称", max_length=40, required=False)
    phone = forms.CharField(label="电话", max_length=20, required=False)
    reason = forms.CharField(
        label="查找事由",
        min_length=2,
        max_length=60,
        error_messages={"required": "请填写查找事由。", "min_length": "请把查找事由写清楚。"},
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not plain_name(data.get("name", "")) and not plain_phone(data.get("phone", "")):
            raise forms.ValidationError("请填写完整的姓名或电话。")
        return data
