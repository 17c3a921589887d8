"""How much of everything: the full world of the article, and a small one of the same kinds."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings

FLOOD_STARTS = dt.date(2021, 7, 20)
EPIDEMIC_STARTS = dt.date(2021, 7, 31)


@dataclass(frozen=True)
class CampaignScale:
    """Members and communities are distinct over the campaign."""

    days: int
    members: int
    communities: int
    deployments: int
    teams: int
    items: int
    """Pieces of publicity."""
    pages: int
    """One pages (早报, 22点情况) kept, the last ones."""


@dataclass(frozen=True)
class Scale:
    name: str
    units: int
    roster: int
    communities: int
    flood: CampaignScale
    epidemic: CampaignScale
    drill: CampaignScale
    members_per_group: int
    visits: int
    """Frontline households visited in the epidemic."""
    helps: int
    """Acts of help to isolated and hardship households in it."""
    nights: int
    """Days at the end of each campaign that also have their findings and 四个一小结."""


def article() -> dict[str, Any]:
    """The figures of the article, fixtures/facts_2021.json."""
    file = settings.BASE_DIR / "fixtures" / "facts_2021.json"
    return json.loads(file.read_text())


def full() -> Scale:
    facts = article()
    campaigns = facts["campaigns"]
    teams = campaigns["both"]["teams"]["value"]
    flood_teams = teams * 2 // 3

    def size(kind: str, **other: int) -> CampaignScale:
        return CampaignScale(
            members=campaigns[kind]["members_deployed"]["value"],
            communities=campaigns[kind]["communities"]["value"],
            **other,
        )

    return Scale(
        name="full",
        units=facts["organisation"]["units"]["value"],
        roster=96_000,
        communities=2_760,
        flood=size("flood", days=32, deployments=4_050, teams=flood_teams, items=640, pages=4),
        epidemic=size(
            "epidemic",
            days=32,
            deployments=1_499,
            teams=teams - flood_teams,
            items=520,
            pages=4,
        ),
        drill=CampaignScale(
            days=10,
            members=3_600,
            communities=300,
            deployments=420,
            teams=179,
            items=120,
            pages=4,
        ),
        members_per_group=8,
        visits=facts["assistance"]["frontline_family_visits"]["value"],
        helps=facts["assistance"]["isolated_or_hardship_help"]["at_least"] + 86,
        nights=10,
    )


def small() -> Scale:
    return Scale(
        name="small",
        units=35,
        roster=1_500,
        communities=96,
        flood=CampaignScale(
            days=3, members=560, communities=60, deployments=84, teams=48, items=40, pages=0
        ),
        epidemic=CampaignScale(
            days=5, members=200, communities=34, deployments=46, teams=38, items=36, pages=0
        ),
        drill=CampaignScale(
            days=4, members=180, communities=24, deployments=40, teams=35, items=34, pages=1
        ),
        members_per_group=2,
        visits=36,
        helps=96,
        nights=1,
    )


SCALES = {"full": full, "small": small}
