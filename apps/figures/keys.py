"""The indicators every board, digest and brief speaks of, by the kind of emergency."""

from dataclasses import dataclass

from apps.campaigns.enums import CampaignKind


@dataclass(frozen=True, slots=True)
class KeyIndicators:
    """Codes of `fixtures/indicators.csv`; None where that kind of emergency has no such figure."""

    on_post: str
    ever_on_post: str
    communities: str
    ever_communities: str
    teams: str | None = None
    local: str | None = None
    gap: str | None = None
    injured: str | None = None
    confined: str | None = None
    helped: str | None = None
    visited: str | None = None


KEYS = {
    CampaignKind.FLOOD: KeyIndicators(
        on_post="F01",
        ever_on_post="F02",
        communities="F05",
        ever_communities="F06",
        teams="F04",
        gap="F13",
        injured="F14",
    ),
    CampaignKind.EPIDEMIC: KeyIndicators(
        on_post="E01",
        ever_on_post="E02",
        communities="E04",
        ever_communities="E05",
        local="E03",
        confined="E14",
        helped="E12",
        visited="E13",
    ),
}


def keys_of(kind: str) -> KeyIndicators:
    return KEYS[CampaignKind(kind)]
