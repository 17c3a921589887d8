"""A form is one act, however often it is pressed: its key is kept with the row it made."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models

NAME = "submission"


def submission_field() -> Any:
    """A model's memory of the form a row came from; NULL for what came by another door."""
    return models.UUIDField("提交标识", null=True, blank=True, unique=True, editable=False)


def remembers(model: type[models.Model]) -> bool:
    """Whether rows of `model` know their form."""
    try:
        model._meta.get_field(NAME)
    except FieldDoesNotExist:
        return False
    return True


def carry_key(form: forms.BaseForm) -> None:
    """Give the form a key of its own, unless it brings one."""
    field = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid.uuid4)
    form.fields.setdefault(NAME, field)


def made_before(model: type[models.Model], given: str) -> models.Model | None:
    """The row an earlier press of this form made; one that is under way is waited for.

    Who presses at the same moment waits until the request's transaction ends.
    """
    try:
        key = uuid.UUID(given)
    except ValueError:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key.int >> 65])
    return model._default_manager.filter(**{NAME: key}).first()
