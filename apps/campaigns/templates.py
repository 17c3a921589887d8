"""Templates of campaigns: the hours, the ladder and the clocks a new one starts with."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from .enums import CampaignKind
from .models import LadderStep, Milestone, PolicyHour


@dataclass(frozen=True)
class Template:
    """One file of fixtures/policies."""

    kind: CampaignKind
    label: str
    hours: dict[str, dt.time]
    ladder: list[dict[str, Any]]
    milestones: list[dict[str, Any]]

    @classmethod
    def read(cls, kind: str) -> "Template":
        """Raises KeyError when there is no template of that kind."""
        file = settings.BASE_DIR / "fixtures" / "policies" / f"{kind}.json"
        if kind not in CampaignKind.values or not file.is_file():
            raise KeyError(kind)
        data = json.loads(file.read_text())
        return cls(
            kind=CampaignKind(data["kind"]),
            label=data["label"],
            hours={hour: dt.time.fromisoformat(at) for hour, at in data["hours"].items()},
            ladder=data["ladder"],
            milestones=data["milestones"],
        )

    def policy_hours(self, campaign_id: int) -> list[PolicyHour]:
        return [
            PolicyHour(campaign_id=campaign_id, hour=hour, at=at) for hour, at in self.hours.items()
        ]

    def steps(self, campaign_id: int) -> list[LadderStep]:
        return [LadderStep(campaign_id=campaign_id, **step) for step in self.ladder]

    def clocks(
        self, campaign_id: int, *, started_at: dt.datetime, source: str = ""
    ) -> list[Milestone]:
        return [
            Milestone(
                campaign_id=campaign_id, started_at=started_at, started_source=source, **clock
            )
            for clock in self.milestones
        ]
