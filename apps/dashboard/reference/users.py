"""The demonstration accounts and their postings."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from apps.accounts.models import User
from apps.core.dates import moment_on
from apps.units.enums import Role
from apps.units.models import Posting

from .chance import person_name
from .copying import Copier, Row
from .units import BELONGS_SINCE
from .world import World

# The committee's own desk; one person of each role, and a second one where work is handed over.
OFFICE: tuple[tuple[str, Role], ...] = (
    ("leader", Role.LEADER),
    ("leader2", Role.LEADER),
    ("staff", Role.STAFF),
    ("staff2", Role.STAFF),
    ("duty", Role.DUTY),
    ("duty2", Role.DUTY),
    ("caseworker", Role.CASEWORKER),
    ("editor", Role.EDITOR),
    ("steward", Role.STEWARD),
    ("city", Role.CITY),
    ("auditor", Role.AUDITOR),
    ("security", Role.SECURITY_ADMIN),
    ("system", Role.SYSTEM_ADMIN),
)
MADE_AT = moment_on(dt.date(2021, 1, 4), dt.time(9))


@dataclass(frozen=True)
class Account:
    username: str
    role: Role
    unit: int | None = None
    group: int | None = None


def _accounts(world: World) -> Iterator[Account]:
    for username, role in OFFICE:
        yield Account(username, role)
    for group in sorted({unit.group for unit in world.units}):
        yield Account(f"group{group:02d}", Role.LIAISON, group=group)
        for number in range(1, world.scale.members_per_group + 1):
            yield Account(f"group{group:02d}-{number}", Role.LIAISON, group=group)
    for unit in world.units:
        yield Account(f"unit{unit.code}", Role.REPORTER, unit=unit.id)
        yield Account(f"unitleader{unit.code}", Role.UNIT_LEADER, unit=unit.id)


def write_users(world: World, copier: Copier, password: str) -> None:
    """Every account has the same password, so it is hashed once: argon2 is slow by design."""
    accounts = list(_accounts(world))
    rng = world.chance("accounts")
    hashed = make_password(password)
    users: list[Row] = []
    for account in accounts:
        key = world.next_id("user")
        name = person_name(rng)
        world.users[account.username], world.names[key] = key, name
        email = f"{account.username}@example.invalid"
        users.append((key, account.username, name, email, hashed, MADE_AT))
    copier.load(User, "id username name email password created_at", users)
    postings = [
        (number, world.users[one.username], one.role, one.unit, _group(world, one), BELONGS_SINCE)
        for number, one in enumerate(accounts, start=1)
    ]
    copier.load(Posting, "id user role unit group starts_on", postings)


def _group(world: World, account: Account) -> int | None:
    return None if account.group is None else world.groups[account.group]
