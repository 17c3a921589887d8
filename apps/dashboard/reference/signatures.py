"""到岗确认单 of the drill's last days: most are signed, some differ, a few nobody has signed."""

import datetime as dt
from typing import Any

from django.db import connection

from apps.accounts.models import User
from apps.campaigns.models import Campaign
from apps.deployments.services.signing import make_sheets

from .clock import moment_on
from .world import World

DAYS = 3
MADE, MADE_TODAY = dt.time(9, 30), dt.time(8, 30)

# The same at each load because it hangs on the numbers alone. Today half have spoken.
SIGN = """
UPDATE deployments_signingsheet s
   SET confirmed_at = %(since)s::timestamptz
           + (%(until)s::timestamptz - %(since)s::timestamptz) * ((s.id %% 25) / 25.0),
       confirmed_by = coalesce(nullif(c.contact, ''), '社区值班员'),
       confirmed_title = (ARRAY['社区书记', '社区副主任', '网格长'])[s.id %% 3 + 1],
       remark = CASE WHEN s.id %% 23 = 0 THEN '下午有雨，部分人员提前返回' ELSE '' END
  FROM communities_community c
 WHERE c.id = s.community_id AND s.campaign_id = %(campaign)s AND s."on" = %(on)s
   AND CASE WHEN %(is_today)s THEN s.id %% 2 = 0 ELSE s.id %% 11 <> 0 END
"""
COUNT = """
UPDATE deployments_signingline l
   SET shown_heads = y.present, shown_hours = y.hours,
       heads = CASE WHEN y.present IS NULL THEN (
                        SELECT count(*) FROM deployments_assignment a
                         WHERE a.deployment_id = l.deployment_id AND a.starts_on <= s."on"
                           AND coalesce(a.ends_on, 'infinity') >= s."on")
                    WHEN l.id %% 13 = 0 THEN greatest(y.present - 1 - l.id %% 4, 0)
                    ELSE y.present END,
       hours = y.hours
  FROM deployments_signingline x
  JOIN deployments_signingsheet s ON s.id = x.sheet_id
  LEFT JOIN deployments_deploymentday y ON y.deployment_id = x.deployment_id AND y."on" = s."on"
 WHERE x.id = l.id AND s.confirmed_at IS NOT NULL AND s.campaign_id = %(campaign)s
   AND s."on" = %(on)s
"""
# What is older than yesterday has been settled, for the unit: the books of those days are locked.
SETTLE = """
UPDATE deployments_signingline l
   SET settled_side = 'unit', settled_heads = l.shown_heads, settled_by_id = %(by)s,
       settled_at = %(since)s::timestamptz + interval '150 minutes',
       settled_reason = '已与社区电话核实，清点时部分人员在另一小区'
  FROM deployments_signingsheet s
 WHERE s.id = l.sheet_id AND s.campaign_id = %(campaign)s AND s."on" = %(on)s
   AND l.heads <> l.shown_heads
"""


def sign_drill(world: World) -> None:
    """Sheets by the portal's own service, what communities said by three statements a day."""
    staff = User.objects.values_list("pk", flat=True).get(username="staff")
    for campaign in Campaign.objects.filter(is_drill=True).order_by("pk"):
        for back in range(DAYS - 1, -1, -1):
            on = world.today - dt.timedelta(days=back)
            if on >= campaign.starts_on:
                _sign_day(campaign, on, world.today, staff)


def _sign_day(campaign: Campaign, on: dt.date, today: dt.date, staff: int) -> None:
    is_today = on == today
    made = moment_on(on, MADE_TODAY if is_today else MADE)
    make_sheets(campaign, on=on, today=today, now=made)
    values: dict[str, Any] = {
        "campaign": campaign.pk,
        "on": on,
        "is_today": is_today,
        "since": moment_on(on, dt.time(8, 34) if is_today else dt.time(17, 30)),
        "until": moment_on(on, dt.time(8, 59) if is_today else dt.time(17, 55)),
        "by": staff,
    }
    with connection.cursor() as cursor:
        cursor.execute(SIGN, values)
        cursor.execute(COUNT, values)
        if on < today - dt.timedelta(days=1):
            cursor.execute(SETTLE, values)
