"""Form pieces of the portal: counts that accept what people type, days, long choices."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model
from django.forms.models import ModelChoiceField
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from .dates import TOO_FAR, TOO_LONG_AGO, business_day, earliest_day, latest_day
from .permissions import holders_of


def refuse_far_days(form: forms.BaseForm, *names: str, long_ago: Sequence[str] = ()) -> None:
    """Days typed more than a year ahead are refused at their fields, and those of `long_ago` in old
    times."""
    today = business_day()
    for name in (*names, *long_ago):
        day = form.cleaned_data.get(name)
        if day is None or name not in form.changed_data:
            continue
        if day > latest_day(today):
            form.add_error(name, TOO_FAR)
        elif name in long_ago and day < earliest_day(today):
            form.add_error(name, TOO_LONG_AGO)


class DayInput(forms.DateInput):
    """The browser's own calendar; values travel as 2021-08-05."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """Day and time in the browser's own picker."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class CountInput(forms.TextInput):
    """A number typed on a phone's number pad, right-aligned; full-width digits may be typed."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {"inputmode": "numeric", "autocomplete": "off", "class": "num", **(attrs or {})}
        )


def plain_digits(text: str) -> str:
    """１，２００ → 1200: full-width forms and thousands separators as people type them."""
    return unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "").strip()


class CountField(forms.IntegerField):
    """A count: whole, not negative; empty means missing (None), never zero."""

    widget = CountInput
    default_error_messages: ClassVar = {
        "invalid": "请填写整数，例如 12；没有的填 0。",
        "min_value": "不能小于 0。",
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", 0)
        kwargs.setdefault("max_value", 2_147_483_647)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> int | None:
        return super().to_python(plain_digits(value) if isinstance(value, str) else value)

    def widget_attrs(self, _widget: forms.Widget) -> dict[str, Any]:
        return {}


class QuantityField(forms.DecimalField):
    """A measured quantity with up to two places; the same habits as CountField."""

    widget = CountInput
    default_error_messages: ClassVar = {"invalid": "请填写数字，例如 12.5；没有的填 0。"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 0, "max_digits": 14, "decimal_places": 2, **kwargs})

    def to_python(self, value: Any) -> Any:
        return super().to_python(plain_digits(value) if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        """134 rather than the 134.00 of the column."""
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value

    def widget_attrs(self, _widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal"}


LOOKUP_ATTRS = {"placeholder": "输入名称查找"}


class AutocompleteSelect(forms.Select):
    """A choice among too many rows: types and fetches from an AutocompleteView.

    Only the chosen row is ever loaded into the page. Works on any ModelChoiceField.
    """

    def __init__(self, url_name: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.url_name = url_name

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:  # noqa: ARG002
        context = {
            "name": name,
            "value": "" if value in (None, "") else value,
            "text": self.text_of(value),
            "url": reverse(self.url_name),
            "list_id": f"{(attrs or {}).get('id', name)}_options",
            "attrs": {
                key: "" if given is True else given
                for key, given in {**LOOKUP_ATTRS, **self.attrs, **(attrs or {})}.items()
                if given is not False
            },
        }
        return render_to_string("includes/_autocomplete.html", context)

    def text_of(self, value: Any) -> str:
        iterator = self.choices
        rows = getattr(iterator, "queryset", None)
        if value in (None, "") or rows is None:
            return ""
        field: ModelChoiceField[Any] = iterator.field  # type: ignore[attr-defined]
        try:
            found = rows.filter(**{field.to_field_name or "pk": value}).first()
        except (ValueError, TypeError):
            return ""
        return field.label_from_instance(found) if found else ""


def name_empty_choice(field: forms.Field, label: str) -> None:
    """The empty choice of a select reads `label` instead of dashes."""
    if isinstance(field, ModelChoiceField):
        if field.empty_label is not None:
            field.empty_label = label
    elif isinstance(field.widget, forms.Select):
        choices = list(field.widget.choices)
        if choices and choices[0][0] in ("", "unknown", None):
            field.widget.choices = [(choices[0][0], label), *choices[1:]]


TOO_LONG = "最多 %(limit_value)d 字，现有 %(show_value)d 字，请删减。"
NOT_OFFERED = "所选的不在可选范围内，请重新选择。"
PLAIN_WORDS: tuple[tuple[type[forms.Field], str, str], ...] = (
    (forms.ChoiceField, "invalid_choice", NOT_OFFERED),
    (ModelChoiceField, "invalid_choice", NOT_OFFERED),
    (forms.DateField, "invalid", "请填写有效的日期，如 2021-08-05。"),
    (forms.DateTimeField, "invalid", "请填写有效的日期和时间，如 2021-08-05 08:30。"),
    (forms.TimeField, "invalid", "请填写有效的时间，如 08:30。"),
    (forms.IntegerField, "invalid", "请填写整数，例如 12。"),
    (forms.FileField, "empty", "所选的是空文件，请重新选择。"),
)
"""What the framework says in the words of its makers, said as an office would."""
LIMITS = {
    "max_length": TOO_LONG,
    "max_value": "不能大于 %(limit_value)s，请核对。",
    "min_value": "不能小于 %(limit_value)s，请核对。",
    "max_digits": "数字太长，最多 %(max)s 位，请核对。",
    "max_whole_digits": "整数部分最多 %(max)s 位，请核对。",
    "max_decimal_places": "最多 %(max)s 位小数。",
}


def speak_plainly(field: forms.Field) -> None:
    """The field's own words stay; what nobody has written for it is put plainly."""
    said = field.error_messages
    if said["required"] == forms.Field.default_error_messages["required"]:
        chosen = isinstance(field, forms.ChoiceField | ModelChoiceField)
        said["required"] = "请选择。" if chosen else "请填写。"
    for kind, code, words in PLAIN_WORDS:
        if isinstance(field, kind) and said[code] == kind.default_error_messages[code]:
            said[code] = words
    for code, words in LIMITS.items():
        said.setdefault(code, words)


class PortalFormMixin:
    """Crispy without a form tag of its own (the page has it); day pickers instead of text boxes.

    A form that needs the acting user sets `wants_user = True` and takes `user=`.
    """

    fields: dict[str, forms.Field]
    wants_user: ClassVar[bool] = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if self.wants_user:
            self.user = kwargs.pop("user")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if type(field.widget) is forms.DateInput:
                field.widget = DayInput(field.widget.attrs)
            elif type(field.widget) is forms.DateTimeInput:
                field.widget = MomentInput(field.widget.attrs)
            name_empty_choice(field, "请选择")

    def full_clean(self) -> None:
        """Here, for a form may have made fields of its own after they were dressed."""
        for field in self.fields.values():
            speak_plainly(field)
        super().full_clean()  # type: ignore[misc]

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.form_show_errors = True
        helper.render_hidden_fields = True
        return helper


class PortalForm(PortalFormMixin, forms.Form):
    """A form that is not one row."""


class PortalModelForm(PortalFormMixin, forms.ModelForm[Any]):
    """Plain create or edit of one row."""


class PhotosInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several pictures; each is examined by its bytes when stored."""

    widget = PhotosInput(attrs={"accept": "image/jpeg,image/png"})

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        many = data if isinstance(data, (list, tuple)) else [data]
        found = [super(PhotosField, self).clean(one, initial) for one in many if one]
        if self.required and not found:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return found


class SubmissionMixin(forms.Form):
    """Carries `submission`, made when the form is drawn: the service that stores it as a unique
    value can answer the second press of the same form with the first one's result."""

    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class AgainMixin(forms.Form):
    """Asks whether something is meant once more where the same stands already."""

    blocks: Sequence[Any]

    def ask_again(self, same: Model | None) -> None:
        """From `clean`: shows `same` and wants a tick, unless there is none or the form is wrong."""
        if same is None or self.errors:
            return
        link = '已有：<a class="text-decoration-underline" href="{}" target="_blank" rel="noopener">{}</a>'
        self.fields["again"] = forms.BooleanField(
            label="不是重复，仍要登记",
            required=False,
            help_text=format_html(link, same.get_absolute_url(), same),  # type: ignore[attr-defined]
        )
        self.blocks = (("疑似重复", ("again",)), *self.blocks)
        if not self.data.get("again"):
            self.add_error("again", "同样的已登记过一次，请核对；确不是重复的，请勾选后再保存。")


class SignOnBehalfForm(PortalForm):
    """代签: which leader gave leave. `permission` is the signature that leader could give."""

    permission: ClassVar[str]
    on_behalf_of: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None,
        label="授权代签的领导",
        help_text="领导口头或书面授权后，由办公室代签；经办人一并留存。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leaders = holders_of(self.permission).order_by("name")
        self.fields["on_behalf_of"].queryset = leaders  # type: ignore[attr-defined]
