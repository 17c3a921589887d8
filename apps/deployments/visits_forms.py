"""走访登记 as it is typed on the spot, on a phone: three answers an item, a problem where one is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar

from crispy_forms.layout import HTML
from django import forms

from apps.campaigns.models import Campaign
from apps.core.dates import business_day
from apps.core.forms import (
    AutocompleteSelect,
    CountField,
    DayInput,
    PhotosField,
    PortalForm,
    PortalModelForm,
    SubmissionMixin,
)
from apps.core.layouts import PairedMixin
from apps.units.models import Unit

from .models import Finding, Visit, VisitItem
from .services.visits import MOST_PHOTOS, Check
from .visits import USUAL_TERM
from .visits_enums import Verdict

MAY_RECORD = "deployments.record_visit"
FEW = 40
"""So many units are chosen from a select; more are looked up by name."""
MOST = 100_000
PRIVACY = "不写姓名、电话和门牌。"
PHOTO_HELP = (
    f"JPEG 或 PNG，最多 {MOST_PHOTOS} 张，每张不超过 10 MB；存入时去除拍摄地点。"
    "不拍人脸、门牌和印章。"
)


@dataclass(frozen=True)
class CheckRow:
    """One item as it is drawn: its answer and the problem beside it."""

    item: VisitItem
    verdict: forms.BoundField
    problem: forms.BoundField


def photos_field(label: str = "照片") -> PhotosField:
    return PhotosField(label=label, required=False, help_text=PHOTO_HELP)


def usual_due() -> dt.date:
    return business_day() + USUAL_TERM


class OfVisitForm(PairedMixin, PortalModelForm):
    """What is said of a visit itself: where, who went, how many were there."""

    expected = CountField(label="应到（人）", required=False, max_value=MOST)
    present = CountField(label="实到（人）", required=False, max_value=MOST)
    photos = photos_field()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if (data.get("expected") is None) != (data.get("present") is None):
            missing = "expected" if data.get("expected") is None else "present"
            if missing not in self.errors:
                self.add_error(missing, "应到、实到请都填写；未清点的都不填。")
        if not data.get("community") and not data.get("place") and "community" not in self.errors:
            self.add_error("place", "请选择社区，或写明地点。")
        return data


WIDGETS: dict[str, Any] = {
    "community": AutocompleteSelect("communities:community_lookup"),
    "at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    "summary": forms.Textarea(attrs={"rows": 3}),
}


class VisitForm(SubmissionMixin, OfVisitForm):
    """A visit of the campaign in hand, with one answer for each item of the dictionary."""

    wants_user: ClassVar = True
    blocks = (
        ("走访", ("unit", "community", "place", "on", "at", "visitors")),
        ("到岗清点", ("expected", "present")),
        ("检查事项", (HTML("{% include 'deployments/_visit_checks.html' %}"),)),
        ("情况和问题", ("summary", "other", "due_on", "photos", "submission")),
    )

    other = forms.CharField(
        label="其他问题",
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=f"检查事项以外、要单位整改答复的。{PRIVACY}",
    )
    due_on = forms.DateField(
        label="答复时限",
        widget=DayInput(),
        initial=usual_due,
        help_text="有问题的，单位在此前答复。",
    )

    class Meta:
        model = Visit
        fields: ClassVar = [
            "unit", "community", "place", "on", "at", "visitors", "expected", "present", "summary",
        ]  # fmt: skip
        widgets: ClassVar = WIDGETS

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.campaign = campaign
        if Unit.objects.visible_to(self.user)[: FEW + 1].count() > FEW:
            field = self.fields["unit"]
            field.widget = AutocompleteSelect("units:unit_lookup")
            field.widget.choices = field.choices  # type: ignore[attr-defined]
        self.items = list(VisitItem.objects.filter(is_active=True))
        for item in self.items:
            self.fields[f"check-{item.pk}"] = forms.ChoiceField(
                label=item.name,
                choices=Verdict.choices,
                initial=Verdict.UNCHECKED,
                widget=forms.RadioSelect,
            )
            self.fields[f"problem-{item.pk}"] = forms.CharField(
                label=f"{item.name}的问题",
                max_length=200,
                required=False,
                widget=forms.TextInput(attrs={"placeholder": "写明问题，发单位整改"}),
            )

    @property
    def check_rows(self) -> list[CheckRow]:
        return [
            CheckRow(item, self[f"check-{item.pk}"], self[f"problem-{item.pk}"])
            for item in self.items
        ]

    def clean_unit(self) -> Unit:
        unit: Unit = self.cleaned_data["unit"]
        if not self.user.has_perm(MAY_RECORD, unit):
            raise forms.ValidationError("您不能登记该单位的走访，请重新选择。")
        return unit

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for item in self.items:
            is_bad = data.get(f"check-{item.pk}") == Verdict.BAD
            problem = f"problem-{item.pk}"
            if is_bad and not data.get(problem) and problem not in self.errors:
                self.add_error(problem, "不符合的，请写明问题。")
        return data

    @property
    def checks(self) -> list[Check]:
        """A problem typed under an answer that was changed back is not meant."""
        data = self.cleaned_data
        return [
            Check(item, Verdict(data[f"check-{item.pk}"]), data[f"problem-{item.pk}"])
            for item in self.items
        ]

    def _get_validation_exclusions(self) -> set[str]:
        # The service says who of two presses was first, and the same rules in words of the form.
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded | {"submission"}


class VisitUpdateForm(OfVisitForm):
    """Unit, day, what was checked and found stay: the unit has been told."""

    blocks = (
        ("走访", ("community", "place", "at", "visitors")),
        ("到岗清点", ("expected", "present")),
        ("情况", ("summary", "photos", "version")),
    )

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Visit
        fields: ClassVar = [
            "community", "place", "at", "visitors", "expected", "present", "summary",
        ]  # fmt: skip
        widgets: ClassVar = WIDGETS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["photos"].label = "增加照片"


class FindingForm(PortalModelForm):
    """One problem more of a visit that is entered already."""

    class Meta:
        model = Finding
        fields: ClassVar = ["text", "due_on"]
        widgets: ClassVar = {"text": forms.Textarea(attrs={"rows": 3})}


class AnswerForm(PortalForm):
    answer = forms.CharField(
        label="整改答复",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=f"怎么改的、何时改好；情况不符的，请说明。{PRIVACY}",
    )
    photos = photos_field("整改照片")


class ReturnForm(PortalForm):
    reason = forms.CharField(
        label="退回原因", max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )
    due_on = forms.DateField(label="重新答复时限", widget=DayInput(), initial=usual_due)
