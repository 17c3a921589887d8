"""How the day stands, group by group."""

import datetime as dt

from apps.campaigns.models import Campaign
from apps.core.boards import GroupTile
from apps.core.statements import fetched
from apps.daily.enums import OWED
from apps.daily.selectors.links import missing_url


def group_tiles(campaign: Campaign, *, on: dt.date, now: dt.datetime) -> list[GroupTile]:
    """Every group that is asked for reports on `on`, by number; one query."""
    rows = fetched(
        PROGRESS,
        campaign=campaign.pk,
        on=on,
        now=now,
        owed=[state.value for state in OWED],
    )
    return [
        GroupTile(
            label=f"第{number}组",
            leader=leader or "",
            filed=expected - missing,
            expected=expected,
            url=missing_url(campaign, on, group=group),
            # One late unit is everyday life; a group where three are late needs somebody's call.
            overdue=overdue >= 3,
            late=late,
        )
        for group, number, leader, expected, missing, overdue, late in rows
    ]


PROGRESS = """
SELECT g.id, g.number, p.name, COUNT(*), COUNT(*) FILTER (WHERE r.state = ANY(%(owed)s)),
       COUNT(*) FILTER (WHERE r.state = ANY(%(owed)s) AND r.due_at < %(now)s),
       COUNT(*) FILTER (WHERE r.state = 'late')
  FROM daily_dailyreport r
  JOIN units_liaisongroup g ON g.id = r.group_id
  LEFT JOIN accounts_user p ON p.id = g.leader_id
 WHERE r.campaign_id = %(campaign)s AND r."on" = %(on)s AND r.state <> 'exempt'
 GROUP BY g.id, p.id
 ORDER BY g.number
"""
