"""Whose missing reports are shown."""

from typing import Any

from django import forms

from apps.core.filters import complaints
from apps.core.forms import name_empty_choice, speak_plainly
from apps.units.enums import UnitCategory
from apps.units.models import LiaisonGroup


class NarrowForm(forms.Form):
    """The filters of 未报单位. What cannot be read is named and leaves the list as it is."""

    group = forms.ModelChoiceField(LiaisonGroup.objects.none(), label="联络组", required=False)
    category = forms.ChoiceField(
        label="类别", choices=[("", ""), *UnitCategory.choices], required=False
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = LiaisonGroup.objects.visible_to(user)  # type: ignore[attr-defined]
        for field in self.fields.values():
            name_empty_choice(field, str(field.label))
            speak_plainly(field)
            field.widget.attrs = {"class": "form-select", "aria-label": field.label}

    @property
    def chosen(self) -> dict[str, Any]:
        """What narrows the list, by field of the report."""
        return {name: value for name, value in self.cleaned_data.items() if value}

    def complaints(self) -> list[str]:
        return complaints(self)
