from .corrections import Correction
from .figures import Figure, Snapshot
from .indicators import VALUE, CampaignIndicator, Indicator, IndicatorDefinition

__all__ = [
    "VALUE",
    "CampaignIndicator",
    "Correction",
    "Figure",
    "Indicator",
    "IndicatorDefinition",
    "Snapshot",
]
