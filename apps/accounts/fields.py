"""The people that records name."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models


def person_field(label: str, *, is_known: bool = False, **options: Any) -> Any:
    """A person named on a record, empty until it `is_known` who; the account may not be removed
    while it is."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=not is_known,
        blank=not is_known,
        related_name="+",
        verbose_name=label,
        **options,
    )
