from typing import ClassVar

import django_filters

from apps.campaigns.models import Campaign
from apps.core.filters import DayFilter, LookupFilter, PortalFilterSet
from apps.units.models import Unit

from .enums import CorrectionState
from .models import Correction


class CorrectionFilter(PortalFilterSet):
    """更正 by state, campaign, day and unit."""

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

    class Meta:
        model = Correction
        fields: ClassVar[list[str]] = []
