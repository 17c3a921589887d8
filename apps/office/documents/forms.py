"""Forms of a document's page."""

from __future__ import annotations

from typing import Any

from django import forms

from apps.accounts.models import User
from apps.core.forms import PortalForm
from apps.core.permissions import holders_of


class SignForLeaderForm(PortalForm):
    on_behalf_of = forms.ModelChoiceField(
        User.objects.none(),
        label="授权代签的领导",
        help_text="领导口头或书面授权后，由办公室代签；经办人一并留存。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leaders = holders_of("office.sign_document").order_by("name")
        self.fields["on_behalf_of"].queryset = leaders  # type: ignore[attr-defined]


class VoidForm(PortalForm):
    reason = forms.CharField(
        label="作废原因", max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )
