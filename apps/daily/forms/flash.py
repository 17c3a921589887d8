"""动态报告 as it is typed, on a phone, in a hurry."""

from typing import Any, ClassVar

from django import forms

from apps.core.forms import AutocompleteSelect, CountField, PhotosField, PortalForm, SubmissionMixin
from apps.units.models import Unit

from ..enums import FlashKind
from ..services.flash import News

CASUALTIES = "涉及人员伤亡的，请先按规定时限报告值班室和主管部门；本平台仅登记已报告时间。"


class FlashForm(SubmissionMixin, PortalForm):
    """`wants_user`: with one unit of one's own there is nothing to choose."""

    wants_user: ClassVar = True

    unit = forms.ModelChoiceField(Unit.objects.all(), label="单位")
    kind = forms.ChoiceField(label="类别", choices=FlashKind.choices)
    happened_at = forms.DateTimeField(label="发生时间")
    place = forms.CharField(
        label="地点", max_length=60, required=False, help_text="到社区、路段即可，不写门牌。"
    )
    text = forms.CharField(
        label="情况", max_length=500, widget=forms.Textarea(attrs={"rows": 5}), help_text=CASUALTIES
    )
    injured = CountField(label="下沉人员伤病（人）", required=False, max_value=32_767)
    told_duty_room_at = forms.DateTimeField(
        label="已报告值班室时间", required=False, help_text="涉及人员伤病的必填。"
    )
    photos = PhotosField(
        label="照片",
        required=False,
        help_text="JPEG 或 PNG，最多 6 张，每张不超过 10 MB，存入时去除拍摄地点；不拍人脸、门牌和印章。",
    )

    def __init__(self, *args: Any, own: frozenset[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(own) == 1:
            self.fields["unit"].widget = forms.HiddenInput()
            self.fields["unit"].initial = next(iter(own))
        else:
            self.fields["unit"].widget = AutocompleteSelect("units:unit_lookup")
            self.fields["unit"].widget.choices = self.fields["unit"].choices  # type: ignore[attr-defined]

    @property
    def news(self) -> News:
        data = self.cleaned_data
        return News(
            kind=FlashKind(data["kind"]),
            happened_at=data["happened_at"],
            text=data["text"],
            place=data["place"],
            injured=data["injured"] or 0,
            told_duty_room_at=data["told_duty_room_at"],
        )


class HandlingForm(PortalForm):
    handling = forms.CharField(
        label="处理情况", max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
