"""One FilterSet per list; this base gives them scope, look and the chips above the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

from .forms import AutocompleteSelect, DayInput, name_empty_choice, speak_plainly


class SearchFilter(django_filters.CharFilter):
    """One box over several columns: SearchFilter(fields=["short_name", "code"], label="…").

    Words are all required, each in any of the columns. % and _ mean themselves.
    """

    def __init__(self, *args: Any, fields: Sequence[str], **kwargs: Any) -> None:
        kwargs.setdefault("label", "搜索")
        super().__init__(*args, **kwargs)
        self.paths = tuple(fields)
        self.extra["widget"] = forms.TextInput(
            attrs={"type": "search", "placeholder": self.label, "autocomplete": "off"}
        )

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        for word in str(value or "").replace("　", " ").split():
            match = Q()
            for path in self.paths:
                match |= Q(**{f"{path}__icontains": word})
            qs = qs.filter(match)
        return qs


class DayFilter(django_filters.DateFilter):
    """One day, chosen from the browser's calendar."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("widget", DayInput())
        super().__init__(*args, **kwargs)


class LookupFilter(django_filters.ModelChoiceFilter):
    """A foreign key with too many rows for a select: LookupFilter(url_name="units:unit_lookup").

    `queryset` is limited to the user's rows like every other choice.
    """

    def __init__(self, *args: Any, url_name: str, **kwargs: Any) -> None:
        kwargs["widget"] = AutocompleteSelect(url_name)
        super().__init__(*args, **kwargs)


TYPED = ("text", "number")
"""Inputs that say in grey what they are for."""


@dataclass(frozen=True)
class Chip:
    """An active filter and the address without it."""

    label: str
    value: str
    url: str


class PortalFilterSet(django_filters.FilterSet):
    """Declare filters; those named in `folded` stay behind 更多筛选 until one is used."""

    folded: ClassVar[Sequence[str]] = ()

    @classmethod
    def extend(cls, **filters: django_filters.Filter) -> None:
        """What upper apps add, folded, to the list of a lower one; call it in `AppConfig.ready`."""
        cls.base_filters.update(filters)
        cls.folded = tuple(dict.fromkeys([*cls.folded, *filters]))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = getattr(self.request, "user", None)
        for name, field in self.form.fields.items():
            rows = getattr(field, "queryset", None)
            if isinstance(rows, QuerySet) and hasattr(rows, "visible_to"):
                field.queryset = rows.visible_to(user)
            self._dress(name, field)
            for part in (field, *getattr(field, "fields", ())):
                speak_plainly(part)

    def _dress(self, name: str, field: forms.Field) -> None:
        """The row of filters has no labels but over calendars: each empty control shows its name."""
        label, widget = str(field.label or name), field.widget
        widget.attrs.setdefault("aria-label", label)
        if isinstance(widget, AutocompleteSelect) or widget.input_type in TYPED:
            widget.attrs.setdefault("placeholder", label)
        else:
            name_empty_choice(field, label)
        plain = isinstance(widget, AutocompleteSelect) or not isinstance(widget, forms.Select)
        widget.attrs.setdefault("class", "form-control" if plain else "form-select")

    @property
    def shown(self) -> list[forms.BoundField]:
        """The fields of the row, the search box first."""
        names = [name for name in self.form.fields if name not in self.folded]
        names.sort(key=lambda name: not isinstance(self.filters.get(name), SearchFilter))
        return [self.form[name] for name in names]

    @property
    def folded_fields(self) -> list[forms.BoundField]:
        return [self.form[name] for name in self.form.fields if name in self.folded]

    @property
    def folded_open(self) -> bool:
        return any(self.data.get(name) for name in self.folded)

    def chips(self) -> list[Chip]:
        """The filters now in force, each with its way out. Invalid input is not in force."""
        if not self.is_bound:
            return []
        self.form.is_valid()
        found = self.form.cleaned_data
        return [
            Chip(str(bound.label), written(bound, found[bound.name]), self._without(bound.name))
            for bound in (*self.shown, *self.folded_fields)
            if in_force(found.get(bound.name))
        ]

    def complaints(self) -> list[str]:
        """What of the address could not be read, by the filter's name; it is not in force."""
        return complaints(self.form)

    def _without(self, name: str) -> str:
        left: QueryDict = self.data.copy()
        for key in (name, f"{name}_min", f"{name}_max", f"{name}_after", f"{name}_before", "page"):
            left.pop(key, None)
        return f"?{left.urlencode()}"


def complaints(form: forms.BaseForm) -> list[str]:
    """What is wrong with the filters of the address, each by its name; it is not in force."""
    return [
        f"筛选“{form.fields[name].label}”没有起作用：{''.join(map(str, sentences))}"
        for name, sentences in form.errors.items()
    ]


def in_force(value: Any) -> bool:
    """Whether a filter's value narrows anything."""
    if isinstance(value, QuerySet):
        return value.exists()
    return value not in (None, "", [], ())


def written(bound: forms.BoundField, value: Any) -> str:
    """A filter's value in the words of its choices, or of a field that has its own way of writing."""
    if hasattr(bound.field, "written"):
        return str(bound.field.written(value))
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, slice):
        return "—".join(str(end) for end in (value.start, value.stop) if end is not None)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (list, tuple, QuerySet)):
        return "、".join(written(bound, one) for one in value)
    choices = dict(getattr(bound.field, "choices", ()) or ())
    return str(choices.get(value, choices.get(str(value), value)))
