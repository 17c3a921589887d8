"""Nobody overwrites what they have not seen: a form of a row knows how the row stood when drawn."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.forms.models import model_to_dict
from django.http import QueryDict
from django.utils.crypto import salted_hmac
from django.utils.datastructures import MultiValueDict

from . import formats
from .errors import ConflictError, Difference

NAME = "drawn"
HAVE_THEIR_OWN = {"version", "seen"}
"""Fields by which a form's service tells itself whether the row has moved."""


def hold(row: models.Model) -> None:
    """Let nobody else write the row until the request's transaction ends."""
    rows = type(row)._default_manager.select_for_update(of=("self",), no_key=True)
    rows.filter(pk=row.pk).values_list("pk").first()


def carry_state(form: forms.ModelForm[Any]) -> None:
    """Let the form bring back how its row stood, unless it asks in its own way."""
    if not HAVE_THEIR_OWN & set(form.fields):
        state = _state(form.instance, _names(form))
        field = forms.CharField(required=False, widget=forms.HiddenInput, initial=state)
        form.fields[NAME] = field


def refuse_overwriting(form: forms.ModelForm[Any]) -> None:
    """Of a valid form over a row that is held. Raises ConflictError, with both values, when
    somebody has saved something else since it was drawn; saving what is shown then is meant."""
    if not _has_moved(form):
        return
    mine, theirs = form.instance, type(form.instance)._default_manager.get(pk=form.instance.pk)
    found = [
        Difference(str(form.fields[name].label), _shown(mine, name), _shown(theirs, name))
        for name in _names(form)
        if _value(mine, name) != _value(theirs, name)
    ]
    _refuse(form, found)


def carry_values(form: forms.Form, names: Iterable[str]) -> None:
    """As `carry_state`, of a form whose fields `names` begin with what is stored."""
    state = _seal({name: form.get_initial_for_field(form.fields[name], name) for name in names})
    field = forms.CharField(required=False, widget=forms.HiddenInput, initial=state)
    form.fields[NAME] = field


def refuse_overwriting_values(form: forms.Form, names: Iterable[str]) -> None:
    """As `refuse_overwriting`, of a form with `carry_values`; what it carries is taken off the data."""
    has_moved = _has_moved(form)
    form.cleaned_data.pop(NAME, None)
    if not has_moved:
        return
    found = []
    for name in names:
        field = form.fields[name]
        mine, theirs = form.cleaned_data[name], form.get_initial_for_field(field, name)
        if mine != theirs:
            choices = dict(getattr(field, "choices", ()))
            shown = [choices.get(value, _readable(value)) for value in (mine, theirs)]
            found.append(Difference(str(field.label), *shown))
    _refuse(form, found)


def bring_back(form: forms.BaseForm, marks: Mapping[str, object]) -> None:
    """Let a bound form, drawn once more, carry `marks` in its hidden fields."""
    again = {form.add_prefix(name): [str(mark)] for name, mark in marks.items()}
    form.data = MultiValueDict({**dict(cast("QueryDict", form.data).lists()), **again})


def _has_moved(form: forms.BaseForm) -> bool:
    given = form.cleaned_data.get(NAME)
    return bool(given) and given != form.fields[NAME].initial


def _refuse(form: forms.BaseForm, differences: Sequence[Difference]) -> None:
    if differences:
        raise ConflictError(
            "他人刚刚修改了这条记录，请核对后再保存。",
            differences=differences,
            marks={NAME: form.fields[NAME].initial},
        )


def _names(form: forms.ModelForm[Any]) -> Sequence[str]:
    known = {field.name for field in form.instance._meta.concrete_fields}
    return [name for name in form._meta.fields or () if name in known and name in form.fields]


def _state(row: models.Model, names: Sequence[str]) -> str:
    return _seal(model_to_dict(row, fields=names))


def _seal(values: Mapping[str, object]) -> str:
    """A seal rather than the values: some of them are not shown to whoever edits others."""
    text = json.dumps(values, cls=DjangoJSONEncoder, sort_keys=True)
    return salted_hmac("frontline.editing", text, algorithm="sha256").hexdigest()[:32]


def _value(row: models.Model, name: str) -> object:
    return getattr(row, row._meta.get_field(name).attname)  # type: ignore[union-attr]


def _shown(row: models.Model, name: str) -> object:
    """A number as it is, all else as people read it."""
    display = getattr(row, f"get_{name}_display", None)
    value = display() if display else getattr(row, name)
    return None if value is None and _is_number(row, name) else _readable(value)


def _readable(value: object) -> object:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dt.datetime):
        return formats.moment(value)
    if isinstance(value, dt.date):
        return formats.day_long(value)
    if isinstance(value, dt.time):
        return formats.clock(value)
    if isinstance(value, int | Decimal):
        return value
    return "" if value is None else str(value)


def _is_number(row: models.Model, name: str) -> bool:
    return isinstance(row._meta.get_field(name), models.IntegerField | models.DecimalField)
