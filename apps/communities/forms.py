from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import Q

from apps.core.formats import moment
from apps.core.forms import AutocompleteSelect, PortalModelForm
from apps.core.layouts import PairedMixin
from apps.office.forms import PhoneField

from .drawing import draw, read_places
from .models import PLACES, AreaStatus, Community, NamedArea


class AreaStatusForm(PairedMixin, PortalModelForm):
    """A measure laid on exactly one place, with the notice it rests on."""

    blocks = (
        ("地点（四项只选一项）", ("community", "street", "estate", "area")),
        ("等级或措施", ("measure", "basis", "starts_at", "ends_at", "is_drill")),
    )

    class Meta:
        model = AreaStatus
        fields: ClassVar = [
            "measure",
            "street",
            "community",
            "estate",
            "area",
            "starts_at",
            "ends_at",
            "basis",
            "is_drill",
        ]
        widgets: ClassVar = {
            "street": AutocompleteSelect("communities:street_lookup"),
            "community": AutocompleteSelect("communities:community_lookup"),
            "estate": AutocompleteSelect("communities:estate_lookup"),
            "area": AutocompleteSelect("communities:named_area_lookup"),
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        measure, starts_at = data.get("measure"), data.get("starts_at")
        _refuse_end_before_start(self, starts_at, data.get("ends_at"))
        self._refuse_several_places(data)
        if measure is None:
            return data
        self.instance.kind = measure.kind
        if starts_at and not _is_valid_on(measure, starts_at.date()):
            self.add_error("measure", "该等级或措施在起始时间不在启用期内，请核对。")
        if not self.errors:
            self._refuse_overlap(data)
        return data

    def _refuse_several_places(self, data: dict[str, Any]) -> None:
        if set(PLACES) & self.errors.keys():
            return
        chosen = [place for place in PLACES if data.get(place)]
        if len(chosen) != 1:
            for place in chosen or ["community"]:
                self.add_error(place, "请在街道、社区、小区、自定范围中只选一项。")

    def _refuse_overlap(self, data: dict[str, Any]) -> None:
        start, end = data["starts_at"], data["ends_at"]
        meets = Q(ends_at=None) | Q(ends_at__gt=start)
        if end is not None:
            meets &= Q(starts_at__lt=end)
        here = {place: data[place] for place in PLACES}
        same = {"kind": data["measure"].kind, "is_drill": data["is_drill"]}
        rows = AreaStatus.objects.filter(meets, **here, **same).exclude(pk=self.instance.pk)
        standing = rows.with_places().first()
        if standing is not None:
            since = moment(standing.starts_at)
            self.add_error(
                "starts_at",
                f"该处自{since}起已有{standing.measure}（{standing.basis}），"
                "请先填写这一条的解除时间，或核对时间。",
            )

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
        field_classes: ClassVar = {"duty_phone": PhoneField}


class NamedAreaForm(PortalModelForm):
    """A named area and the places it takes in, pasted as the notice lists them."""

    wants_user = True
    places = forms.CharField(
        label="所含地点",
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="一行一处：街道、社区（村）或小区，可从通告中粘贴；同名的在前面写上区县和街道。",
    )

    class Meta:
        model = NamedArea
        fields: ClassVar = ["name", "note"]

    def clean_places(self) -> list[int]:
        """The numbers of the places. Raises ValidationError with a sentence for each wrong line."""
        drawn = read_places(self.cleaned_data["places"], self.user)
        if drawn.problems:
            raise forms.ValidationError(drawn.problems)
        return drawn.places

    def save(self, commit: bool = True) -> NamedArea:  # noqa: ARG002
        """Saves the area with its parts, whole or not at all: requests are transactions."""
        draw(self.instance, self.cleaned_data["places"])
        area: NamedArea = self.instance
        return area
