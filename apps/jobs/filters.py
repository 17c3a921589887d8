import django_filters
from django.db.models import QuerySet
from django.utils.functional import lazy

from apps.core.filters import DayFilter, PortalFilterSet, SearchFilter

from . import registry
from .enums import OccurrenceState
from .models import Occurrence


def job_choices() -> list[tuple[str, str]]:
    return [(name, registry.label_of(name)) for name in (*registry.jobs(), registry.PLAN)]


class OccurrenceFilters(PortalFilterSet):
    q = SearchFilter(fields=["scope"], label="范围")
    job = django_filters.ChoiceFilter(choices=lazy(job_choices, list)(), label="任务")
    state = django_filters.ChoiceFilter(choices=OccurrenceState.choices, label="状态")
    on = DayFilter(label="日期")
    late = django_filters.ChoiceFilter(
        choices=[("1", "只看补跑")], method="by_late", label="是否补跑"
    )

    class Meta:
        model = Occurrence
        fields: list[str] = []

    def by_late(self, rows: QuerySet[Occurrence], _: str, __: str) -> QuerySet[Occurrence]:
        return rows.filter(is_late=True)
