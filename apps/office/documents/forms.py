"""Forms of a document's page."""

from __future__ import annotations

from django import forms

from apps.core.forms import PortalForm, SignOnBehalfForm


class SignForLeaderForm(SignOnBehalfForm):
    permission = "office.sign_document"


class VoidForm(PortalForm):
    reason = forms.CharField(
        label="作废原因", max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )
