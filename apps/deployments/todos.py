"""What the ledger has waiting: 到岗确认, the day's entries that should be there by now."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from apps.campaigns.enums import DEFAULT_HOURS, Hour
from apps.campaigns.models import PolicyHour
from apps.campaigns.selectors import running_campaigns
from apps.core import formats
from apps.core.boards import Todo
from apps.core.dates import business_day, moment_on

from .models import Deployment
from .whereabouts import without_entry


def arrivals(request: HttpRequest) -> Iterator[Todo]:
    """Deployments in scope that nobody has counted today, once it is time; three queries."""
    now = timezone.now()
    today = business_day(now)
    campaigns = running_campaigns(on=today)
    hours = PolicyHour.objects.filter(campaign__in=campaigns, hour=Hour.ARRIVAL)
    own = dict(hours.values_list("campaign", "at"))
    rows = Deployment.objects.visible_to(request.user).filter(campaign__in=campaigns)
    counts = without_entry(rows, on=today).order_by().values("campaign").annotate(n=Count("pk"))
    missing = dict(counts.values_list("campaign", "n"))
    for campaign in campaigns:
        due = moment_on(today, own.get(campaign.pk, DEFAULT_HOURS[Hour.ARRIVAL]))
        if now >= due and campaign.pk in missing:
            # One campaign needs no name; of two the line says which.
            name = str(campaign) if len(campaigns) > 1 else ""
            query = urlencode({"campaign": campaign.code, "entry": "no"})
            yield Todo(
                label="到岗",
                tone="yellow",
                text=f"{name}未登记到岗 {missing[campaign.pk]} 个任务",
                url=f"{reverse('deployments:deployment_list')}?{query}",
                when=f"{formats.clock(due)}到岗确认",
            )
