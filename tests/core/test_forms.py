import pytest
from django import forms
from django.core.exceptions import ValidationError

from apps.core.forms import CountField, PortalForm, QuantityField


@pytest.mark.parametrize(
    ("typed", "meant"), [("12", 12), ("１，２００", 1200), ("1,200", 1200), (" 0 ", 0), ("", None)]
)
def test_count_accepts_what_people_type(typed, meant):
    assert CountField(required=False).clean(typed) == meant


@pytest.mark.parametrize("typed", ["十二", "1.5", "-3", "12人", "9" * 12])
def test_count_refuses_what_is_no_count(typed):
    with pytest.raises(ValidationError):
        CountField(required=False).clean(typed)


def test_quantity_keeps_two_places():
    assert str(QuantityField().clean("８６０．５")) == "860.5"


def test_form_speaks_chinese():
    class Sample(PortalForm):
        day = forms.DateField(label="日期")
        kind = forms.ChoiceField(label="类别", choices=[("", "---------"), ("a", "甲")])

    form = Sample({})

    assert form.errors == {"day": ["请填写。"], "kind": ["请选择。"]}
    assert 'type="date"' in str(form["day"])
    assert "请选择</option>" in str(form["kind"])
