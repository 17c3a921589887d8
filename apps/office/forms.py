"""What the office asks for."""

from __future__ import annotations

from django import forms

from apps.core.forms import PortalForm


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
