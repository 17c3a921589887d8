"""The switches of one's own digests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crispy_bootstrap5.bootstrap5 import Switch
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms

from apps.core import formats
from apps.core.forms import PortalForm

from ..selectors.subscriptions import OwnDigest


class DigestForm(PortalForm):
    """One switch for each digest of the person; the digests of others are no field of it."""

    def __init__(self, *args: Any, digests: Sequence[OwnDigest], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for own in digests:
            self.fields[own.offer.digest] = forms.BooleanField(
                label=own.offer.digest.label,
                help_text=f"每日 {formats.clock(own.at)}：{own.offer.contents}。",
                initial=own.is_enabled,
                required=False,
            )

    @property
    def helper(self) -> FormHelper:
        helper = super().helper
        helper.layout = Layout(*(Switch(name) for name in self.fields))
        return helper
