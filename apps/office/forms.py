"""What the office asks for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms

from apps.core.forms import PortalForm

from .services.bundles import MOST_DAYS
from .workbooks.cells import NO_PHONE, read_phone


class PhoneField(forms.CharField):
    """A phone as a file's is read, kept in its one form. What is masked is nothing to dial."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "tel"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        text: str = super().to_python(value) or ""
        read = read_phone(text)
        if read.problem or "*" in text:
            raise forms.ValidationError(read.problem or NO_PHONE, code="invalid")
        return read.value or ""


class UploadForm(PortalForm):
    """One table. `again` is asked for only when the very same file is known."""

    file = forms.FileField(
        label="表格文件",
        help_text=".xlsx、.xls 或 .csv，20 MB 以内。先核对、后导入：上传后不会马上改动任何数据。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={
            "required": "请选择要上传的表格。",
            "empty": "所选的是空文件，请重新选择。",
        },
    )
    again = forms.BooleanField(
        label="同一份文件上传过，仍再核对一次", required=False, widget=forms.HiddenInput()
    )

    def offer_again(self) -> None:
        """Show the box that takes a known file all the same."""
        self.fields["again"].widget = forms.CheckboxInput()


class BundleForm(PortalForm):
    """A campaign, its days, and what goes in; the choices are those of whoever asks."""

    campaign = forms.ChoiceField(label="应急任务")
    first = forms.DateField(label="起始日期")
    last = forms.DateField(
        label="截止日期", help_text=f"一次最多 {MOST_DAYS} 天；只要一天的，两个日期相同。"
    )
    parts = forms.MultipleChoiceField(
        label="内容",
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
        error_messages={"required": "请至少选择一项内容。"},
    )

    def __init__(
        self,
        *args: Any,
        campaigns: Sequence[tuple[str, str]],
        parts: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("campaign", campaigns), ("parts", parts)):
            field: Any = self.fields[name]
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", "截止日期不得早于起始日期。")
        elif first and last and last - first >= dt.timedelta(days=MOST_DAYS):
            self.add_error("last", f"一次最多 {MOST_DAYS} 天，请分几次制作。")
        return data
