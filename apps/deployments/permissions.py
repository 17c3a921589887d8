from apps.units.enums import Role
from apps.units.permissions import OFFICE, STAFF, UNIT, merge, stewarded

GRANTS = merge(
    {
        "deployments.view_team": OFFICE | UNIT | {Role.LIAISON},
        "deployments.view_deployment": OFFICE | UNIT | {Role.LIAISON, Role.CITY},
        "deployments.view_need": OFFICE | {Role.LIAISON, Role.CITY},
        "deployments.change_deployment_records": STAFF | UNIT,
        "deployments.import_assignments": STAFF | {Role.REPORTER},
        "deployments.record_day": STAFF | UNIT | {Role.LIAISON},
        "deployments.raise_need": STAFF | {Role.CITY},
    },
    stewarded("deployments", "batch batchdeployment batchstay", actions="view"),
    stewarded("deployments", "tasktype team deployment assignment deploymentday need"),
)
