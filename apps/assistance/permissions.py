from apps.units.enums import Role
from apps.units.permissions import OFFICE, UNIT, merge, stewarded

CASEWORKER = frozenset({Role.CASEWORKER})
LIAISON = frozenset({Role.LIAISON})

GRANTS = merge(
    {
        "assistance.view_case": OFFICE | CASEWORKER | UNIT | LIAISON,
        "assistance.open_case": CASEWORKER | UNIT | LIAISON | {Role.STAFF},
        "assistance.assign_case": CASEWORKER | {Role.STAFF},
        "assistance.work_case": CASEWORKER | UNIT | {Role.STAFF},
        "assistance.verify_case": CASEWORKER | {Role.STAFF},
        "assistance.record_action": CASEWORKER | UNIT | LIAISON | {Role.STAFF},
        "assistance.register_beneficiary": CASEWORKER | UNIT | LIAISON | {Role.STAFF},
        "assistance.view_beneficiary": OFFICE | CASEWORKER | UNIT | LIAISON,
        "assistance.reveal_beneficiary": CASEWORKER,
        "assistance.mark_duplicate": CASEWORKER | {Role.STAFF},
    },
    stewarded(
        "assistance",
        "beneficiary beneficiaryevent assistancecase caseevent assistanceaction",
        actions="view",
    ),
)
