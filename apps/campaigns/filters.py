import django_filters

from apps.core.filters import PortalFilterSet, SearchFilter

from .enums import CampaignKind, CampaignState
from .models import Campaign


class CampaignFilters(PortalFilterSet):
    q = SearchFilter(fields=["name", "code"], label="任务名称")
    kind = django_filters.ChoiceFilter(choices=CampaignKind.choices, label="类型")
    state = django_filters.ChoiceFilter(choices=CampaignState.choices, label="状态")
    drill = django_filters.ChoiceFilter(
        field_name="is_drill", choices=[("True", "演练"), ("False", "应急任务")], label="任务或演练"
    )

    class Meta:
        model = Campaign
        fields: list[str] = []
