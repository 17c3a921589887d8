from typing import ClassVar

import django_filters

from apps.campaigns.models import Campaign
from apps.core.filters import DayFilter, LookupFilter, PortalFilterSet
from apps.units.enums import UnitCategory
from apps.units.models import LiaisonGroup, Unit

from .enums import CorrectionState
from .models import Correction, Indicator


class CorrectionFilter(PortalFilterSet):
    """更正 by state, campaign, day and unit, and by what else a figure is known."""

    state = django_filters.ChoiceFilter(choices=CorrectionState.choices, label="状态")
    campaign = django_filters.ModelChoiceFilter(
        field_name="figure__snapshot__campaign",
        to_field_name="code",
        queryset=Campaign.objects.all(),
        label="应急任务",
    )
    day = DayFilter(field_name="figure__snapshot__on", label="数据日期")
    unit = LookupFilter(
        field_name="figure__unit",
        queryset=Unit.objects.all(),
        url_name="units:unit_lookup",
        label="单位",
    )

    indicator = django_filters.ModelChoiceFilter(
        field_name="figure__indicator",
        to_field_name="code",
        queryset=Indicator.objects.all(),
        label="指标",
    )
    group = django_filters.ModelChoiceFilter(
        field_name="figure__group", queryset=LiaisonGroup.objects.all(), label="联络组"
    )
    category = django_filters.ChoiceFilter(
        field_name="figure__category", choices=UnitCategory.choices, label="类别"
    )

    folded: ClassVar = ("indicator", "group", "category")

    class Meta:
        model = Correction
        fields: ClassVar[list[str]] = []
