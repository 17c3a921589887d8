"""Who may do what: one table per app, read once. A permission names roles; postings hold roles.

Each app above has a `permissions.py` with its own `GRANTS`, and `NOT_OWN_UNIT` for what nobody may
do on a unit they themselves report for. This one also speaks for the apps below, which know no
roles.
"""

from collections.abc import Mapping
from functools import cache

from django.apps import apps
from django.utils.module_loading import autodiscover_modules, import_string, module_has_submodule

from .enums import OFFICE_ROLES, Role

OFFICE = frozenset(OFFICE_ROLES)
EVERYBODY = frozenset(Role)
UNIT = frozenset({Role.REPORTER, Role.UNIT_LEADER})
STAFF = frozenset({Role.STAFF, Role.DUTY})

Grants = Mapping[str, frozenset[Role]]


def stewarded(app: str, models: str, *, actions: str = "view add change") -> Grants:
    """What Django's admin asks before it lets data stewards at `models`, named with spaces."""
    return {
        f"{app}.{action}_{model}": frozenset({Role.STEWARD})
        for model in models.split()
        for action in actions.split()
    }


def merge(*tables: Grants) -> Grants:
    """One table out of several; a permission named twice goes to the roles of both."""
    merged: dict[str, frozenset[Role]] = {}
    for table in tables:
        for name, roles in table.items():
            merged[name] = merged.get(name, frozenset()) | roles
    return merged


SECURITY = frozenset({Role.SECURITY_ADMIN})
SYSTEM = frozenset({Role.SYSTEM_ADMIN})
AUDIT = frozenset({Role.AUDITOR})

GRANTS = merge(
    {
        "accounts.enter_admin": SECURITY | SYSTEM | AUDIT | {Role.STEWARD},
        "accounts.view_user": SECURITY,
        "accounts.add_user": SECURITY,
        "accounts.change_user": SECURITY,
        "accounts.view_auditentry": AUDIT,
        "accounts.view_securityevent": AUDIT | SECURITY,
        "jobs.view_occurrence": OFFICE | SYSTEM | {Role.STEWARD},
        "jobs.retry_occurrence": STAFF | SYSTEM,
        "messaging.view_outboxmessage": STAFF | SYSTEM | {Role.LEADER},
        "messaging.resend_message": STAFF,
        "communities.view_community": EVERYBODY - SECURITY - SYSTEM - AUDIT,
        "communities.change_area_status": STAFF,
        "units.view_unit": OFFICE
        | UNIT
        | {Role.LIAISON, Role.STEWARD, Role.EDITOR, Role.CASEWORKER},
        "units.view_liaisongroup": OFFICE | UNIT | {Role.LIAISON, Role.STEWARD},
        "units.view_member": OFFICE | UNIT | {Role.LIAISON, Role.STEWARD},
        "units.change_unit_records": STAFF,
        "units.reveal_member": STAFF | UNIT | {Role.LIAISON},
        "office.take_bundle": OFFICE | UNIT | {Role.LIAISON},
        "office.import_tables": STAFF | UNIT | {Role.STEWARD, Role.LIAISON, Role.CITY},
        "office.view_exportfile": AUDIT,
        "office.import_units": STAFF | {Role.STEWARD},
        "office.import_communities": STAFF | {Role.STEWARD},
        "office.import_members": STAFF | {Role.STEWARD, Role.REPORTER},
        "office.view_document": OFFICE,
        "office.make_document": STAFF,
        "office.sign_document": frozenset({Role.LEADER}),
        "office.sign_for_leader": frozenset({Role.STAFF}),
        "office.void_document": frozenset({Role.STAFF, Role.LEADER}),
        "units.view_posting": SECURITY,
        "units.add_posting": SECURITY,
        "units.change_posting": SECURITY,
    },
    stewarded(
        "communities", "district street community estate measure areastatus namedarea areapart"
    ),
    stewarded("units", "unit liaisongroup groupmembership partybranch member membership"),
    stewarded("messaging", "outboxmessage", actions="view"),
    stewarded("office", "attachment importbatch importrow document", actions="view"),
    stewarded("office", "documentseries"),
)


@cache
def _modules() -> tuple[str, ...]:
    autodiscover_modules("permissions")
    return tuple(
        f"{config.name}.permissions"
        for config in apps.get_app_configs()
        if config.name.startswith("apps.") and module_has_submodule(config.module, "permissions")
    )


def _attribute(module: str, name: str) -> object:
    try:
        return import_string(f"{module}.{name}")
    except ImportError:
        return None


@cache
def grants() -> Grants:
    """Every permission of the portal with the roles that hold it."""
    tables = (_attribute(module, "GRANTS") for module in _modules())
    return merge(*(table for table in tables if isinstance(table, Mapping)))


@cache
def holders_by_app() -> Mapping[str, frozenset[Role]]:
    """The roles that hold any permission of an app: whether its pages are open to somebody."""
    return merge(*({name.partition(".")[0]: roles} for name, roles in grants().items()))


@cache
def not_own_unit() -> frozenset[str]:
    """Permissions that a person never has on a unit they are posted to: nobody reviews himself."""
    names = (_attribute(module, "NOT_OWN_UNIT") for module in _modules())
    return frozenset().union(*(name for name in names if isinstance(name, frozenset)))
