from apps.units.enums import Role
from apps.units.permissions import EVERYBODY, OFFICE, STAFF, merge, stewarded

GRANTS = merge(
    {
        "campaigns.view_campaign": EVERYBODY,
        "campaigns.manage_campaign": frozenset({Role.STAFF}),
        "campaigns.view_milestone": OFFICE | {Role.LIAISON},
        "campaigns.record_milestone": STAFF,
    },
    stewarded("campaigns", "campaign policyhour ladderstep milestone unitactivation"),
    stewarded("campaigns", "milestonereset", actions="view"),
)
