from apps.units.enums import Role
from apps.units.permissions import OFFICE, STAFF, UNIT, merge, stewarded

GRANTS = merge(
    {
        "deployments.view_team": OFFICE | UNIT | {Role.LIAISON},
        "deployments.view_deployment": OFFICE | UNIT | {Role.LIAISON, Role.CITY},
        "deployments.view_need": OFFICE | {Role.LIAISON, Role.CITY},
        "deployments.change_deployment_records": STAFF | UNIT,
        "deployments.import_assignments": STAFF | UNIT,
        "deployments.import_teams": STAFF | {Role.STEWARD, Role.REPORTER},
        "deployments.record_day": STAFF | UNIT | {Role.LIAISON},
        "deployments.raise_need": STAFF | {Role.CITY},
        "deployments.view_dispatch_list": OFFICE | {Role.CITY},
        "deployments.view_allocation": OFFICE | UNIT | {Role.LIAISON},
        "deployments.edit_allocation": STAFF,
        "deployments.sign_allocation": frozenset({Role.LEADER}),
        "deployments.sign_allocation_for": frozenset({Role.STAFF}),
        "deployments.acknowledge_allocation": STAFF | UNIT,
    },
    stewarded("deployments", "allocationsheet allocationline needconfirmation", actions="view"),
    {
        "deployments.view_registration": OFFICE | UNIT | {Role.LIAISON},
        "deployments.register_members": STAFF | UNIT,
        "deployments.view_sealing": OFFICE | UNIT | {Role.LIAISON},
        "deployments.apply_sealing": STAFF,
    },
    {
        "deployments.view_visit": OFFICE | UNIT | {Role.LIAISON},
        "deployments.record_visit": STAFF | {Role.LIAISON},
        "deployments.answer_finding": UNIT,
        "deployments.verify_finding": STAFF | {Role.LIAISON},
    },
    stewarded("deployments", "visit visitresult finding findingstep", actions="view"),
    stewarded("deployments", "visititem"),
    {
        "deployments.view_signing": OFFICE | UNIT | {Role.LIAISON, Role.CITY},
        "deployments.make_signing": STAFF,
        # Who brings the link to the community; never a unit: it would sign for the other side.
        "deployments.print_signing": STAFF | {Role.LIAISON, Role.CITY},
        "deployments.renew_signing": STAFF | {Role.LIAISON},
        "deployments.enter_signing": STAFF,
        "deployments.settle_signing": STAFF | {Role.LIAISON},
    },
    stewarded("deployments", "signingsheet signingline", actions="view"),
    stewarded("deployments", "localpost sealing sealingchange sealingdeployment", actions="view"),
    stewarded("deployments", "unitregistration memberregistration"),
    stewarded("deployments", "batch batchdeployment batchstay", actions="view"),
    {"deployments.view_forecast": OFFICE | {Role.LIAISON, Role.CITY}},
    stewarded("deployments", "needforecast", actions="view"),
    stewarded("deployments", "tasktype team deployment assignment deploymentday need"),
)

# Nobody visits, or says it is done, where they themselves report.
NOT_OWN_UNIT = frozenset(
    {"deployments.record_visit", "deployments.verify_finding", "deployments.settle_signing"}
)
