"""Filter of the list of documents."""

from typing import ClassVar

import django_filters

from apps.core.filters import DayFilter, PortalFilterSet, SearchFilter

from ..models import Document, DocumentSeries
from .enums import DocumentKind, DocumentState


class DocumentFilter(PortalFilterSet):
    """公文 by words of the title, kind, state, series, day of the figures."""

    q = SearchFilter(fields=["title"], label="标题")
    kind = django_filters.ChoiceFilter(choices=DocumentKind.choices, label="文种")
    state = django_filters.ChoiceFilter(choices=DocumentState.choices, label="状态")
    series = django_filters.ModelChoiceFilter(queryset=DocumentSeries.objects.all(), label="系列")
    day = DayFilter(field_name="about_on", label="数据日期")

    folded: ClassVar = ("day",)

    class Meta:
        model = Document
        fields: ClassVar[list[str]] = []
