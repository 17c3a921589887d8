"""Rows that hold for a span of days."""

import datetime as dt
from typing import Self

from django.db.models import Q

from apps.core.scope import ScopedQuerySet


class DatedQuerySet(ScopedQuerySet):
    """Rows that hold from `starts_on` to `ends_on`, both days included."""

    def on(self, day: dt.date) -> Self:
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)
