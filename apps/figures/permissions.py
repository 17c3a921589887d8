from apps.units.enums import Role
from apps.units.permissions import OFFICE, UNIT, merge, stewarded

GRANTS = merge(
    {
        "figures.view_figure": OFFICE | UNIT | {Role.LIAISON},
        "figures.propose_correction": frozenset({Role.STAFF, Role.LIAISON, *UNIT}),
        "figures.review_correction": frozenset({Role.STAFF}),
        "figures.lock_day": frozenset({Role.STAFF}),
        "figures.consent_unlock": frozenset({Role.LEADER}),
    },
    stewarded("figures", "indicator indicatordefinition campaignindicator"),
    stewarded("figures", "snapshot figure correction", actions="view"),
)
