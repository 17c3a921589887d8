import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.core.filters import LookupFilter, PortalFilterSet, SearchFilter

from .enums import MeasureKind
from .models import AreaPart, AreaStatus, Community, District, Estate, Measure, NamedArea, Street
from .selectors import in_force, under


class CommunityFilters(PortalFilterSet):
    q = SearchFilter(fields=["name", "code", "street__name"], label="社区、街道、代码")
    district = django_filters.ModelChoiceFilter(
        queryset=District.objects.all(), field_name="street__district", label="区县"
    )
    street = LookupFilter(
        queryset=Street.objects.all(), url_name="communities:street_lookup", label="街道"
    )
    measure = django_filters.ModelChoiceFilter(
        queryset=Measure.objects.all(), method="by_measure", label="风险与管控"
    )

    class Meta:
        model = Community
        fields: list[str] = []

    def by_measure(
        self, rows: QuerySet[Community], _: str, measure: Measure
    ) -> QuerySet[Community]:
        """Communities under `measure` now, on themselves, their street or one of their estates."""
        laid = in_force(at=timezone.now()).filter(measure=measure)
        return rows.filter(
            Q(pk__in=under(Community, laid))
            | Q(street__in=under(Street, laid))
            | Q(pk__in=under(Estate, laid).values("community"))
        )


class StreetFilters(PortalFilterSet):
    """Streets have no list of their own: that of their communities answers to the same words."""

    q = SearchFilter(fields=["name"], label="街道")

    class Meta:
        model = Street
        fields: list[str] = []


class NamedAreaFilters(PortalFilterSet):
    q = SearchFilter(fields=["name", "note"], label="名称、说明")

    class Meta:
        model = NamedArea
        fields: list[str] = []


class AreaStatusFilters(PortalFilterSet):
    kind = django_filters.ChoiceFilter(choices=MeasureKind.choices, label="类别")
    measure = django_filters.ModelChoiceFilter(queryset=Measure.objects.all(), label="等级或措施")
    district = django_filters.ModelChoiceFilter(
        queryset=District.objects.all(), method="by_district", label="区县"
    )
    standing = django_filters.ChoiceFilter(
        choices=[("now", "现行有效"), ("over", "已解除")], method="by_standing", label="是否有效"
    )

    class Meta:
        model = AreaStatus
        fields: list[str] = []

    def by_district(
        self, rows: QuerySet[AreaStatus], _: str, district: District
    ) -> QuerySet[AreaStatus]:
        drawn = (
            Q(street__district=district)
            | Q(community__street__district=district)
            | Q(estate__community__street__district=district)
        )
        return rows.filter(drawn | Q(area__in=AreaPart.objects.filter(drawn).values("area")))

    def by_standing(self, rows: QuerySet[AreaStatus], _: str, value: str) -> QuerySet[AreaStatus]:
        now = timezone.now()
        if value == "over":
            return rows.filter(ends_at__lte=now)
        return rows.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now)
