from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from typing import Any

from crispy_forms.layout import Field
from django import forms
from django.utils.datastructures import MultiValueDict

from apps.assistance.models import AssistanceCase
from apps.campaigns.models import Campaign
from apps.core.dates import business_day
from apps.core.forms import (
    AutocompleteSelect,
    CountField,
    DayInput,
    PhotosField,
    PhotosInput,
    PortalForm,
    SubmissionMixin,
)
from apps.core.layouts import Block, PairedMixin
from apps.deployments.models import Deployment
from apps.units.models import Unit

from .enums import ItemKind
from .models import Channel, ItemPhoto, PublicityItem
from .services import PhotoEdit
from .services.items import Text
from .services.photos import MOST_PHOTOS

SUBMIT = "publicity.submit_item"
CARE = "不出现门牌、封条、当事人姓名和正面近照。"
LONGEST_BODY = 20_000


def photos_field() -> PhotosField:
    return PhotosField(
        label="图片",
        required=False,
        widget=PhotosInput(
            attrs={"accept": "image/jpeg,image/png,image/webp", "class": "form-control"}
        ),
        help_text=f"JPEG、PNG 或 WebP，最多 {MOST_PHOTOS} 张，每张不超过 10 MB；"
        "存入时自动缩小并去除拍摄地点等信息。" + CARE,
    )


class TextForm(PairedMixin, PortalForm):
    """What an author types."""

    blocks: Sequence[Block] = (("", (Field("title"), "author", "kind", Field("body"), "version")),)

    title = forms.CharField(label="标题", max_length=80)
    author = forms.CharField(label="作者", max_length=60, help_text="多人以顿号分隔。")
    kind = forms.ChoiceField(label="形式", choices=ItemKind.choices, initial=ItemKind.ARTICLE)
    body = forms.CharField(
        label="正文",
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 14, "class": "write-body"}),
        help_text="每行一段，粘贴时只保留文字。" + CARE,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    @property
    def text(self) -> Text:
        data = self.cleaned_data
        return Text(
            title=data["title"],
            author=data["author"],
            kind=ItemKind(data["kind"]),
            body=data["body"],
        )


class NewItemForm(SubmissionMixin, TextForm):
    """A new item, with its first pictures. With one unit of one's own there is nothing to choose."""

    wants_user = True
    blocks = (
        ("", (Field("title"), "author", "kind", Field("unit"), Field("body"), Field("photos"))),
        ("", ("submission",)),
    )

    unit = forms.ModelChoiceField(Unit.objects.all(), label="投稿单位")
    photos = photos_field()

    def __init__(self, *args: Any, own: frozenset[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        if len(own) == 1:
            field.widget = forms.HiddenInput()
            field.initial = next(iter(own))
        else:
            field.widget = AutocompleteSelect("units:unit_lookup")
            field.widget.choices = field.choices  # type: ignore[attr-defined]

    def clean_unit(self) -> Unit:
        unit: Unit = self.cleaned_data["unit"]
        if not self.user.has_perm(SUBMIT, unit):
            raise forms.ValidationError("您不能为该单位投稿，请重新选择。")
        return unit


class PhotosForm(PortalForm):
    """The pictures of one item: caption, order, taken out or not, and new ones."""

    photos = photos_field()
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, item: PublicityItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept: list[ItemPhoto] = list(item.photos.all())
        for number, photo in enumerate(self.kept, start=1):
            self.fields[f"caption-{photo.pk}"] = forms.CharField(
                label=f"第{number}张图片说明", max_length=80, required=False, initial=photo.caption
            )
            self.fields[f"position-{photo.pk}"] = CountField(
                label=f"第{number}张的顺序",
                initial=number,
                min_value=1,
                max_value=99,
                required=False,
            )
            self.fields[f"remove-{photo.pk}"] = forms.BooleanField(
                label=f"删除第{number}张", required=False
            )

    @property
    def rows(self) -> Iterator[dict[str, Any]]:
        """Each picture with its fields, for the page."""
        for photo in self.kept:
            yield {
                "photo": photo,
                **{name: self[f"{name}-{photo.pk}"] for name in ("caption", "position", "remove")},
            }

    @property
    def edits(self) -> list[PhotoEdit]:
        """Of the pictures that were on the page; one added since is not spoken of."""
        data = self.cleaned_data
        return [
            PhotoEdit(
                pk=photo.pk,
                caption=data[f"caption-{photo.pk}"],
                position=data[f"position-{photo.pk}"] or photo.position,
                is_removed=data[f"remove-{photo.pk}"],
            )
            for photo in self.kept
            if f"position-{photo.pk}" in self.data
        ]


class ReviewForm(PortalForm):
    """A reviewer's remark: may be empty for 通过, must not for 退回修改."""

    note = forms.CharField(
        label="审稿意见",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class WithdrawForm(PortalForm):
    reason = forms.CharField(
        label="撤稿原因", max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class PlacementForm(PairedMixin, PortalForm):
    """Where and when signed items appeared. The items are ticked before."""

    blocks = (("", ("channel", "on", "place")),)

    channel = forms.ModelChoiceField(Channel.objects.filter(is_active=True), label="渠道")
    on = forms.DateField(label="刊发日期", widget=DayInput(), initial=business_day)
    place = forms.CharField(
        label="版面、期号或栏目",
        max_length=60,
        required=False,
        help_text="如：2021年第9期、抗疫专栏",
    )


class LinkForm(PairedMixin, PortalForm):
    """What the item tells of."""

    blocks = (("", ("deployment", "case")),)

    deployment = forms.ModelChoiceField(
        Deployment.objects.all(),
        label="下沉任务",
        required=False,
        widget=AutocompleteSelect("publicity:deployment_lookup"),
    )
    case = forms.ModelChoiceField(
        AssistanceCase.objects.all(),
        label="帮扶事项",
        required=False,
        widget=AutocompleteSelect("publicity:case_lookup"),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not data.get("deployment") and not data.get("case"):
            raise forms.ValidationError("请选择要关联的下沉任务或帮扶事项。")
        return data


MONTH = re.compile(r"(\d{4})-(\d{1,2})")


class MonthInput(forms.TextInput):
    """The browser's own month picker where it has one; values travel as 2021-08."""

    input_type = "month"

    def value_from_datadict(self, data: Any, files: MultiValueDict[str, Any], name: str) -> Any:
        found = super().value_from_datadict(data, files, name)
        return found.strip() if isinstance(found, str) else found


class MonthField(forms.CharField):
    """A month as the date of its first day; empty is None."""

    widget = MonthInput

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found = MONTH.fullmatch(text)
        if found is None or not 1 <= int(found[2]) <= 12 or int(found[1]) < 2000:
            raise forms.ValidationError("请写成 2021-08 的形式。")
        return dt.date(int(found[1]), int(found[2]), 1)

    def written(self, month: dt.date) -> str:
        """2021年8月, over a list that is narrowed to it."""
        return f"{month.year}年{month.month}月"


class SignAdoptionForm(PortalForm):
    """What stood on the page when 签发 was pressed."""

    campaign = forms.ModelChoiceField(Campaign.objects.none(), to_field_name="code")
    month = MonthField()
    version = forms.IntegerField(min_value=0, max_value=32_000)
    seen = forms.CharField(max_length=16)
