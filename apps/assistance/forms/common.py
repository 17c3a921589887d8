"""What the desk's forms share: the acting unit, and free text that names nobody."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.core.forms import AutocompleteSelect
from apps.units.models import Unit

# Phones, identity numbers, doors: what free text beside a household may not hold.
TELLING = re.compile(r"\d{7}|\d{3,4}-\d{4,}|\d+\s*(?:号楼|栋|单元|室\b|门牌)|身份证")


def refuse_personal_data(text: str) -> None:
    """Free text is read in lists, boards and exports."""
    if TELLING.search(text):
        raise ValidationError("这里会被他人看到，请勿写电话、门牌号和证件号。")


class FreeText(forms.CharField):
    """Words about what is done; never who or where exactly."""

    default_validators = [refuse_personal_data]

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        kwargs.setdefault("help_text", "不写姓名、电话、门牌和病情。")
        super().__init__(**kwargs)


class OfUnitMixin:
    """A form with a `unit` over which the user must hold `unit_permission`.

    Whoever sees one unit alone has nothing to choose.
    """

    unit_permission: str = ""
    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]
    user: Any

    def settle_unit(self) -> None:
        """Call it at the end of `__init__`."""
        field: Any = self.fields["unit"]
        seen = list(Unit.objects.visible_to(self.user).order_by().values_list("pk", flat=True)[:2])
        if len(seen) == 1:
            field.initial = seen[0]
            field.widget = forms.HiddenInput()
            return
        field.widget = AutocompleteSelect("units:unit_lookup")
        field.widget.choices = field.choices

    def clean_unit(self) -> Unit:
        unit: Unit = self.cleaned_data["unit"]
        if not self.user.has_perm(self.unit_permission, unit):
            raise ValidationError("您不能为该单位登记，请重新选择。")
        return unit
