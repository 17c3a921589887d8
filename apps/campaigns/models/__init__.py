from .campaigns import (
    Campaign,
    CampaignQuerySet,
    LadderStep,
    PolicyHour,
    RuleQuerySet,
    UnitActivation,
)
from .milestones import Milestone, MilestoneReset

__all__ = [
    "Campaign",
    "CampaignQuerySet",
    "LadderStep",
    "Milestone",
    "MilestoneReset",
    "PolicyHour",
    "RuleQuerySet",
    "UnitActivation",
]
