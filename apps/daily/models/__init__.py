from .calls import DataCall, DataCallItem, DataCallReply, DataCallValue
from .documents import CampaignDocument
from .flash import FlashReport
from .onepages import OnePage
from .reports import ContactNote, DailyReport, Exemption, ReportRevision, ReportValue
from .rounds import (
    CityTalk,
    CityTalkItem,
    DailyRound,
    DigestSubscription,
    DispatchNote,
    Judgment,
    RoundAct,
    UpwardReturn,
)

__all__ = [
    "CampaignDocument",
    "CityTalk",
    "CityTalkItem",
    "ContactNote",
    "DailyReport",
    "DailyRound",
    "DataCall",
    "DataCallItem",
    "DataCallReply",
    "DataCallValue",
    "DigestSubscription",
    "DispatchNote",
    "Exemption",
    "FlashReport",
    "Judgment",
    "OnePage",
    "ReportRevision",
    "ReportValue",
    "RoundAct",
    "UpwardReturn",
]
