"""到岗任务: filters of the roster and of the communities by who was on post in a campaign, and where.

Counted as 累计下沉党员 and 累计覆盖社区 count, so that a number of 任务对比 opens exactly its rows.
"""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.campaigns.current import working_day
from apps.campaigns.models import Campaign
from apps.communities.filters import CommunityFilters
from apps.core.dates import business_day
from apps.core.filters import LookupFilter
from apps.units.filters import MemberFilters
from apps.units.models import Unit

from .models import Assignment, Deployment, DeploymentDay


class CampaignFilter(django_filters.ModelChoiceFilter):
    """A campaign by its code; narrows nothing by itself."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Campaign.objects.all(), to_field_name="code", **kwargs)

    def filter(self, qs: QuerySet[Any], _: Campaign | None) -> QuerySet[Any]:
        return qs


class ServedFilter(CampaignFilter):
    """Rows on post in the campaign, or in that of the filter `widened_by` names."""

    def __init__(self, *, widened_by: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widened_by = widened_by

    def filter(self, qs: QuerySet[Any], value: Campaign | None) -> QuerySet[Any]:
        asked = (value, self.other(self.widened_by))
        served = [Q(pk__in=self.keys(campaign)) for campaign in asked if campaign]
        return qs.filter(Q(*served, _connector=Q.OR))

    def other(self, name: str) -> Any:
        return self.parent.form.cleaned_data.get(name)

    def keys(self, campaign: Campaign) -> QuerySet[Any]:
        raise NotImplementedError

    def manned(self, campaign: Campaign) -> QuerySet[Deployment]:
        """Deployments of the campaign that had somebody present so far, as one may see them."""
        until = working_day(campaign, today=business_day())
        days = DeploymentDay.objects.filter(deployment=OuterRef("pk"), on__lte=until, present__gt=0)
        rows: QuerySet[Deployment] = Deployment.objects.visible_to(self.parent.request.user)
        return rows.filter(Exists(days), campaign=campaign, starts_on__lte=until).order_by()


class PeopleServedFilter(ServedFilter):
    def keys(self, campaign: Campaign) -> QuerySet[Any]:
        stays = Assignment.objects.filter(
            deployment__in=self.manned(campaign),
            starts_on__lte=working_day(campaign, today=business_day()),
        )
        unit = self.other("sent_by")
        return (stays.filter(unit=unit) if unit else stays).order_by().values("member")


class PlacesServedFilter(ServedFilter):
    def keys(self, campaign: Campaign) -> QuerySet[Any]:
        return self.manned(campaign).values("community")


class SentByFilter(LookupFilter):
    """The unit that sent them, whatever unit they belong to now."""

    def filter(self, qs: QuerySet[Any], value: Unit | None) -> QuerySet[Any]:
        sent = Assignment.objects.visible_to(self.parent.request.user).filter(unit=value)
        return qs.filter(pk__in=sent.order_by().values("member")) if value else qs


def register_filters() -> None:
    for filters, served in (
        (MemberFilters, PeopleServedFilter),
        (CommunityFilters, PlacesServedFilter),
    ):
        filters.extend(
            served=served(label="到岗任务", widened_by="served_or"),
            served_too=served(label="同时到岗任务"),
            served_or=CampaignFilter(label="或到岗任务"),
        )
    MemberFilters.extend(
        sent_by=SentByFilter(
            queryset=Unit.objects.all(), url_name="units:unit_lookup", label="派出单位"
        )
    )
