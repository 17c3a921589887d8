"""Opening a case, and the small forms of its steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar

from crispy_forms.layout import Field
from django import forms

from apps.accounts.models import User
from apps.campaigns.models import Campaign
from apps.core.dates import business_day
from apps.core.forms import (
    AutocompleteSelect,
    DayInput,
    PhotosField,
    PortalForm,
    PortalModelForm,
    SubmissionMixin,
)
from apps.core.layouts import Block, PairedMixin

from ..enums import CaseState
from ..models import AssistanceCase
from .common import FreeText, OfUnitMixin, refuse_personal_data

USUAL_TERM = dt.timedelta(days=3)


class OfCaseForm(OfUnitMixin, PairedMixin, PortalModelForm):
    """What is said of a case itself."""

    wants_user = True
    unit_permission = "assistance.open_case"

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"]
        refuse_personal_data(title)
        return title


class CaseForm(SubmissionMixin, OfCaseForm):
    """A new case of the campaign in hand."""

    blocks = (
        ("", ("beneficiary", "unit", "title", "service_type", "source", "due_on", "submission")),
    )

    class Meta:
        model = AssistanceCase
        fields: ClassVar = ["beneficiary", "unit", "title", "service_type", "source", "due_on"]
        widgets: ClassVar = {"beneficiary": AutocompleteSelect("assistance:beneficiary_lookup")}

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.campaign = campaign
        self.instance.opened_on = business_day()
        self.fields["due_on"].initial = business_day() + USUAL_TERM
        self.settle_unit()

    def clean_due_on(self) -> dt.date:
        due: dt.date = self.cleaned_data["due_on"]
        if due < self.instance.opened_on:
            raise forms.ValidationError("办结时限不得早于今天。")
        return due

    def clean_beneficiary(self) -> Any:
        """A case of what was registered twice is one of the first registration."""
        row = self.cleaned_data["beneficiary"]
        return row.duplicate_of or row

    def filled(self) -> AssistanceCase:
        case: AssistanceCase = self.instance
        case.submission = self.cleaned_data["submission"]
        return case


class CaseChangeForm(OfCaseForm):
    """The unit is a choice only while nobody is in charge: an owner is one of the unit's own."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = AssistanceCase
        fields: ClassVar = ["title", "unit", "service_type", "source"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.state == CaseState.OPEN:
            self.settle_unit()
        else:
            del self.fields["unit"]

    @property
    def blocks(self) -> Sequence[Block]:  # type: ignore[override]
        return [("", [Field("title"), *(name for name in self.fields if name != "title")])]


class AssignForm(PortalForm):
    """`owners` is who may be given it; a user of another unit is no choice."""

    def __init__(self, *args: Any, owners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A plain list of choices: visible_to would leave caseworkers only themselves.
        people = list(owners)
        self.by_key: dict[str, User] = {str(person.pk): person for person in people}
        choice: Any = self.fields["owner"]
        choice.choices = [("", "请选择"), *((k, _titled(p)) for k, p in self.by_key.items())]

    owner = forms.ChoiceField(label="责任人")
    due_on = forms.DateField(label="办结时限", widget=DayInput())

    def clean_owner(self) -> User:
        return self.by_key[self.cleaned_data["owner"]]


def _titled(person: User) -> str:
    return f"{person.name}（{person.username}）"


class DueForm(PortalForm):
    due_on = forms.DateField(label="新的办结时限", widget=DayInput())
    reason = FreeText(label="调整原因", max_length=200)


class ResultForm(PortalForm):
    result = FreeText(label="办理结果", max_length=300, rows=4)


class ReasonForm(PortalForm):
    reason = FreeText(label="原因", max_length=200)


class NoteForm(PortalForm):
    text = FreeText(label="进展", max_length=300, rows=2)


class CasePhotosForm(PortalForm):
    photos = PhotosField(
        label="照片",
        error_messages={"required": "请选择照片。"},
        help_text="最多 6 张；不拍人脸、门牌和印章。拍摄地点等信息上传后自动去除。",
    )
