from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from apps.core.forms import AutocompleteSelect, PortalModelForm
from apps.core.layouts import PairedMixin

from .models import AreaStatus, Community


class AreaStatusForm(PairedMixin, PortalModelForm):
    """A measure laid on exactly one place, with the notice it rests on."""

    blocks = (
        ("地点（三项只选一项）", ("community", "street", "estate")),
        ("等级或措施", ("measure", "basis", "starts_at", "ends_at", "is_drill")),
    )

    class Meta:
        model = AreaStatus
        fields: ClassVar = [
            "measure",
            "street",
            "community",
            "estate",
            "starts_at",
            "ends_at",
            "basis",
            "is_drill",
        ]
        widgets: ClassVar = {
            "street": AutocompleteSelect("communities:street_lookup"),
            "community": AutocompleteSelect("communities:community_lookup"),
            "estate": AutocompleteSelect("communities:estate_lookup"),
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        measure, starts_at = data.get("measure"), data.get("starts_at")
        _refuse_end_before_start(self, starts_at, data.get("ends_at"))
        if measure is None:
            return data
        self.instance.kind = measure.kind
        if starts_at and not _is_valid_on(measure, starts_at.date()):
            self.add_error("measure", "该等级或措施在起始时间不在启用期内，请核对。")
        return data

    def _get_validation_exclusions(self) -> set[str]:
        # `kind` follows from the measure; without it the overlap rules would not be asked. While
        # the measure itself is refused there is no kind, and no field of the form to blame for it.
        known: set[str] = set() if self.instance.kind is None else {"kind"}
        return super()._get_validation_exclusions() - known  # type: ignore[misc]


def _refuse_end_before_start(form: Any, starts_at: Any, ends_at: Any) -> None:
    if starts_at and ends_at and ends_at <= starts_at:
        form.add_error("ends_at", "解除时间应晚于起始时间，请核对。")


def _is_valid_on(measure: Any, day: Any) -> bool:
    return measure.valid_from <= day and (measure.valid_to is None or day <= measure.valid_to)


class AreaStatusEndForm(PortalModelForm):
    """When a measure was lifted, and by which notice."""

    class Meta:
        model = AreaStatus
        fields: ClassVar = ["ends_at", "basis"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_at"].required = True

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        _refuse_end_before_start(self, self.instance.starts_at, data.get("ends_at"))
        return data


class CommunityContactForm(PortalModelForm):
    """What the office keeps up to date about a community."""

    class Meta:
        model = Community
        fields: ClassVar = ["contact", "duty_phone", "households"]
        widgets: ClassVar = {"duty_phone": forms.TextInput(attrs={"inputmode": "tel"})}
